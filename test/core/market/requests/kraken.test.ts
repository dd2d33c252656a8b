import { createKrakenRequests } from '../../../../core/market';
import {
	describeRequests,
	MINUTE,
	requestClock,
	requestPorts,
} from '../../../contracts/marketRequests';
import { KrakenServer, type KrakenRow } from '../../../fakes/KrakenServer';
import { payload } from '../../../fakes/payload';

const ticker = {
	a: ['50123.46', '1', '1.000'],
	b: ['50123.44', '1', '1.000'],
	c: ['50123.45', '0.001'],
	v: ['0.7', '163.2'],
	l: ['49600', '49500'],
	h: ['50800', '50900'],
	o: '50100',
};
const row = (start: number): KrakenRow => [
	start / 1_000,
	'100',
	'110',
	'90',
	'105',
	'100.0',
	'5.0',
	3,
];

async function setUp(clock = requestClock()) {
	const server = await KrakenServer.open(() => clock.now());
	server.pairs.set('BTC/USD', 'XXBTZUSD').set('ETH/USD', 'XETHZUSD');
	server.tickers.set('BTC/USD', ticker).set('ETH/USD', ticker);
	server.rows.set('BTC/USD 1', []);
	const requests = createKrakenRequests(
		{ restBaseUrl: `http://${server.host}`, callsPerMinute: 600 },
		requestPorts(clock),
	);
	return {
		server,
		requests,
		clock,
		symbols: ['BTC/USD', 'ETH/USD'] as const,
		unknown: 'FOO/BAR',
		malformed: 'no symbol',
		fill: (starts: readonly number[]) => {
			const running = Math.floor(clock.now() / MINUTE) * MINUTE;
			server.rows.set('BTC/USD 1', [...starts, running].map(row));
		},
		page: 720,
		pages: false,
		instead: (...answers: Parameters<typeof server.instead.set>[1]) =>
			server.instead.set('/0/public', [...answers]),
		calls: () => server.requests,
		close: async () => await server.close(),
	};
}

describeRequests('Kraken', setUp);

describe('Kraken', () => {
	it('says why there are fewer candles than were wanted', async () => {
		const { requests, clock, fill, close } = await setUp();
		const now = Math.floor(clock.now() / MINUTE) * MINUTE;
		fill(Array.from({ length: 900 }, (_, index) => now - (900 - index) * MINUTE));
		const told = await requests.candles?.({
			symbol: 'BTC/USD',
			interval: '1m',
			range: { last: 800 },
			running: false,
		});
		expect(told?.candles).toHaveLength(719);
		expect(told?.short).toMatch(
			/^Kraken keeps the newest 720 candles of an interval only, so those of 1m begin at 2023-11-1/,
		);
		await close();
	});

	it.each([
		['a limit', '{"error":["EAPI:Rate limit exceeded"]}', 15_000],
		['trouble of its own', '{"error":["EService:Unavailable"]}', 0],
	])('asks again after %s in an answer of status 200', async (_, body, waitMs) => {
		const { server, requests, clock, close } = await setUp();
		server.instead.set('Ticker', [{ status: 200, body }]);
		const before = clock.now();
		expect((await requests.quotes?.(['BTC/USD']))?.get('BTC/USD')).toMatchObject({
			event: { price: 50_123.45 },
		});
		expect(clock.now() - before).toBeGreaterThanOrEqual(waitMs);
		expect(server.requests).toHaveLength(2);
		await close();
	});

	it('is closed while it is maintained, by its own word', async () => {
		const { server, requests, close } = await setUp();
		server.system = 'maintenance';
		expect(await requests.status?.()).toMatchObject({
			isOpen: false,
			session: 'closed',
			toldBy: 'provider',
			raw: { status: 'maintenance' },
		});
		await close();
	});

	it('knows old names', async () => {
		const { requests, close } = await setUp();
		expect((await requests.quotes?.(['xbt-usd']))?.get('xbt-usd')).toMatchObject({
			event: { symbol: 'BTC/USD', source: 'kraken' },
		});
		expect(await requests.search?.('XBTUSD')).toEqual([]);
		expect(await requests.search?.('btcusd')).toEqual([
			{ symbol: 'BTC/USD', providerSymbol: 'BTC/USD' },
		]);
		await close();
	});

	const ohlc = payload('kraken', 'rest-ohlc-1m-xbtusdt.json');
	(ohlc === undefined ? it.skip : it)(
		'reads recorded candles, all but the running one',
		async () => {
			const [rows = []] = Object.values(
				(JSON.parse(ohlc ?? '') as { result: Record<string, KrakenRow[]> }).result,
			);
			const { server, requests, close } = await setUp(
				requestClock((rows.at(-1)?.[0] ?? 0) * 1_000 + 30_000),
			);
			server.fixed.set('OHLC', ohlc ?? '');
			const told = await requests.candles?.({
				symbol: 'BTC/USDT',
				interval: '1m',
				range: { last: 500 },
				running: false,
			});
			expect(told?.candles.map(({ event }) => event.close)).toEqual(
				rows.slice(0, -1).map((one) => Number(one[4])),
			);
			await close();
		},
	);
});
