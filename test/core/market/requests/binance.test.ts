import { createBinanceRequests } from '../../../../core/market';
import {
	describeRequests,
	MINUTE,
	requestClock,
	requestPorts,
} from '../../../contracts/marketRequests';
import { BinanceServer, type Kline } from '../../../fakes/BinanceServer';
import { payload } from '../../../fakes/payload';

const statistics = (symbol: string) => ({
	symbol,
	priceChange: '-120.50',
	priceChangePercent: '-0.240',
	prevClosePrice: '50243.95',
	lastPrice: '50123.45',
	bidPrice: '50123.44',
	askPrice: '0.00000000',
	openPrice: '50243.95',
	highPrice: '50900.00',
	lowPrice: '49500.00',
	volume: '12345.678',
	closeTime: 1_700_000_000_000,
});
const kline = (start: number): Kline => [
	start,
	'100',
	'110',
	'90',
	'105',
	'5',
	start + MINUTE - 1,
	'500',
	3,
	'1',
	'1',
	'0',
];

async function setUp(clock = requestClock()) {
	const server = await BinanceServer.open();
	for (const symbol of ['BTCUSDT', 'ETHUSDT']) server.statistics.set(symbol, statistics(symbol));
	server.klines.set('BTCUSDT 1m', []);
	const requests = createBinanceRequests(
		{ restBaseUrl: `http://${server.host}`, weightPerMinute: 6_000 },
		requestPorts(clock),
	);
	return {
		server,
		requests,
		clock,
		symbols: ['BTC/USDT', 'ETH/USDT'] as const,
		unknown: 'FOO/BAR',
		malformed: 'no symbol',
		fill: (starts: readonly number[]) => {
			const running = Math.floor(clock.now() / MINUTE) * MINUTE;
			server.klines.set('BTCUSDT 1m', [...starts, running].map(kline));
		},
		page: 1_000,
		pages: true,
		instead: (...answers: Parameters<typeof server.instead.set>[1]) =>
			server.instead.set('/api/v3', [...answers]),
		calls: () => server.requests,
		close: async () => await server.close(),
	};
}

describeRequests('Binance', setUp);

describe('Binance', () => {
	it('reads its 24-hour statistics as the trigger does', async () => {
		const { requests, close } = await setUp();
		const told = await requests.quotes?.(['btcusdt']);
		expect(told?.get('btcusdt')).toMatchObject({
			event: {
				source: 'binance',
				symbol: 'BTCUSDT',
				price: 50_123.45,
				bid: 50_123.44,
				ask: null,
				changePercent: -0.24,
				eventAt: 1_700_000_000_000,
			},
			raw: statistics('BTCUSDT'),
		});
		await close();
	});

	it('refuses an address that is none, without quoting it', () => {
		const open = () =>
			createBinanceRequests(
				{ restBaseUrl: 'ftp://token:s3cr3t@host', weightPerMinute: 6_000 },
				requestPorts(requestClock()),
			);
		expect(open).toThrow(/^REST Address isn't an address as Binance has them/);
		expect(open).not.toThrow(/s3cr3t/);
	});

	const klines = payload('binance', 'rest-klines-btcusdt-5m.json');
	const rows = JSON.parse(klines ?? '[]') as Kline[];
	(klines === undefined ? it.skip : it)(
		'reads recorded candles, all but the running one',
		async () => {
			const [first, last] = [rows[0]?.[0] ?? 0, rows.at(-1)?.[0] ?? 0];
			const { server, requests, close } = await setUp(requestClock(last + MINUTE));
			server.fixed.set('/klines', klines ?? '');
			const { candles = [] } =
				(await requests.candles?.({
					symbol: 'BTC/USDT',
					interval: '5m',
					range: { last: rows.length },
					running: false,
				})) ?? {};
			expect(candles.map(({ event }) => event.close)).toEqual(
				rows.slice(0, -1).map((row) => Number(row[4])),
			);
			expect(candles[0]).toMatchObject({
				event: { startAt: first, endAt: first + 300_000 },
				raw: rows[0],
			});
			await close();
		},
	);
});
