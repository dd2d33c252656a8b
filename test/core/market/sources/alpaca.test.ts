import { SharedConnections, createAlpaca, type AlpacaSettings } from '../../../../core/market';
import { wsSocketFactory } from '../../../../core/ports/system';
import { describeLiveSource, type LiveServer, type LiveSetup } from '../../../contracts/liveSource';
import { AlpacaServer, type AlpacaTrade } from '../../../fakes/AlpacaServer';
import { FastClock } from '../../../fakes/FastClock';
import { fixedRandom } from '../../../fakes/fixedRandom';
import { loopbackHttp } from '../../../fakes/loopbackHttp';
import { silentLog } from '../../../fakes/silentLog';

export type Setup = LiveSetup & { readonly alpaca: AlpacaServer };

export const settingsFor = (server: AlpacaServer): AlpacaSettings => ({
	symbols: ['BTC/USD'],
	feed: 'crypto',
	receive: 'trades',
	interval: '1m',
	delivery: 'stream',
	pollEveryMs: 15_000,
	silentAfterMs: 20_000,
	plan: 'basic',
	streamBaseUrl: `ws://${server.host}`,
	dataBaseUrl: `http://${server.host}`,
});

export async function setUp(more: Partial<AlpacaSettings> = {}): Promise<Setup> {
	const clock = new FastClock();
	const alpaca = await AlpacaServer.open();
	alpaca.remaining = 10_000;
	const shared = new SharedConnections();
	const [symbol = ''] = more.symbols ?? ['BTC/USD'];
	const trades: AlpacaTrade[] = [];
	alpaca.trades.set(symbol, trades);
	alpaca.snapshots.set(symbol, {});
	const next = (): AlpacaTrade => {
		const i = 1_000 + trades.length;
		const t = new Date(clock.now()).toISOString();
		const trade = { t, p: 50_000 + (i % 7), s: 0.01, i, x: 'V', c: ['@'] };
		trades.push(trade);
		return trade;
	};
	const tell = (trade: AlpacaTrade) =>
		alpaca.emit(`trades:${symbol}`, { T: 't', S: symbol, ...trade });
	const server: LiveServer = {
		tell: (count) => {
			for (let told = 0; told < count; told += 1) tell(next());
		},
		happen: (count) => {
			for (let happened = 0; happened < count; happened += 1) next();
		},
		repeat: () => tell(trades.at(-1) ?? next()),
		sendAll: (text) => (typeof text === 'string' ? alpaca.sendAll(text) : alpaca.raw(text)),
		dribble: () => alpaca.dribble(),
		cut: (code, reason) => alpaca.cut(code, reason),
		ignoreNext: (count) => {
			for (let one = 0; one < count; one += 1) alpaca.refusals.push('silence');
		},
		refuseNext: (count, status, headers, body) => {
			for (let one = 0; one < count; one += 1) {
				alpaca.refusals.push({ status, ...(headers && { headers }), ...(body && { body }) });
			}
		},
		listened: async () => await alpaca.until(() => alpaca.isListenedTo(`trades:${symbol}`)),
		get open() {
			return alpaca.open;
		},
		get connections() {
			return alpaca.connections;
		},
		until: async (holds) => await alpaca.until(holds),
		close: async () => await alpaca.close(),
	};
	const open = (start: { cursor: unknown; play: string }) =>
		createAlpaca(
			{ ...settingsFor(alpaca), ...more },
			{
				clock,
				timer: clock,
				random: fixedRandom(0.5),
				log: silentLog(),
				http: loopbackHttp,
				sockets: wsSocketFactory(),
				shared,
				account: {
					id: 'credential-1',
					read: async () => ({ keyId: 'PKTEST0123456789', secretKey: 's3cr3t-token-of-alpaca' }),
				},
			},
			start,
		);
	return { server, alpaca, clock, open };
}

describeLiveSource('Alpaca', setUp, { fills: true });
