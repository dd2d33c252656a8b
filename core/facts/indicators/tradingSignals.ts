/** What we use of trading-signals, which enters here: what of it gives 0 / 0 a number has one of ours instead. */
export {
	Aroon,
	DonchianChannels,
	getAverage,
	pushUpdate,
	ROC,
	SMA,
	SuperTrend,
	WMA,
	WSMA,
} from 'trading-signals';
