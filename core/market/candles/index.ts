/** Candles from trades, prices and shorter candles. */
export {
	CandleSeries,
	signedVolume,
	splitBar,
	startOf,
	type Bar,
	type SeriesListener,
	type SeriesState,
	type Tick,
} from './CandleSeries';
