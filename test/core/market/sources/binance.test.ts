import { SharedConnections, createBinance, type BinanceSettings } from '../../../../core/market';
import { wsSocketFactory } from '../../../../core/ports/system';
import { describeLiveSource, type LiveServer, type LiveSetup } from '../../../contracts/liveSource';
import { BinanceServer, type AggTrade } from '../../../fakes/BinanceServer';
import { FastClock } from '../../../fakes/FastClock';
import { fixedRandom } from '../../../fakes/fixedRandom';
import { loopbackHttp } from '../../../fakes/loopbackHttp';
import { silentLog } from '../../../fakes/silentLog';

export type Setup = LiveSetup & { readonly binance: BinanceServer };

const settingsFor = (server: BinanceServer): BinanceSettings => ({
	symbols: ['BTC/USDT'],
	receive: 'trades',
	interval: '1m',
	delivery: 'stream',
	pollEveryMs: 15_000,
	silentAfterMs: 20_000,
	streamBaseUrl: `ws://${server.host}`,
	restBaseUrl: `http://${server.host}`,
	weightPerMinute: 6_000,
});

async function setUp(more: Partial<BinanceSettings> = {}): Promise<Setup> {
	const clock = new FastClock();
	const binance = await BinanceServer.open(clock.realMs(20_000));
	const shared = new SharedConnections();
	const trades: AggTrade[] = [];
	binance.trades.set('BTCUSDT', trades);
	const next = (): AggTrade => {
		const a = 1_000 + trades.length;
		const trade = {
			a,
			p: (50_000 + (a % 7)).toFixed(8),
			q: '0.01000000',
			f: a * 2,
			l: a * 2 + 1,
			T: clock.now(),
			m: a % 2 === 0,
			M: true,
		};
		trades.push(trade);
		return trade;
	};
	const tell = (trade: AggTrade) =>
		binance.emit('btcusdt@aggTrade', { e: 'aggTrade', E: clock.now(), s: 'BTCUSDT', ...trade });
	const server: LiveServer = {
		tell: (count) => {
			for (let told = 0; told < count; told += 1) tell(next());
		},
		happen: (count) => {
			for (let happened = 0; happened < count; happened += 1) next();
		},
		repeat: () => tell(trades.at(-1) ?? next()),
		sendAll: (text) => (typeof text === 'string' ? binance.sendAll(text) : binance.raw(text)),
		dribble: () => binance.dribble(),
		cut: (code, reason) => binance.cut(code, reason),
		ignoreNext: (count) => {
			for (let one = 0; one < count; one += 1) binance.refusals.push('silence');
		},
		refuseNext: (count, status, headers, body) => {
			for (let one = 0; one < count; one += 1) {
				binance.refusals.push({ status, ...(headers && { headers }), ...(body && { body }) });
			}
		},
		listened: async () => await binance.until(() => binance.isListenedTo('btcusdt@aggTrade')),
		get open() {
			return binance.open;
		},
		get connections() {
			return binance.connections;
		},
		until: async (holds) => await binance.until(holds),
		close: async () => await binance.close(),
	};
	const open = (start: { cursor: unknown; play: string }) =>
		createBinance(
			{ ...settingsFor(binance), ...more },
			{
				clock,
				timer: clock,
				random: fixedRandom(0.5),
				log: silentLog(),
				http: loopbackHttp,
				sockets: wsSocketFactory(),
				shared,
			},
			start,
		);
	return { server, binance, clock, open };
}

describeLiveSource('Binance', setUp, { fills: true });
