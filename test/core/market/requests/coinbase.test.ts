import { createCoinbaseRequests } from '../../../../core/market';
import {
	describeRequests,
	MINUTE,
	requestClock,
	requestPorts,
} from '../../../contracts/marketRequests';
import { CoinbaseServer, type CoinbaseCandle } from '../../../fakes/CoinbaseServer';
import { payload } from '../../../fakes/payload';

const product = (id: string) => ({
	product_id: id,
	price: '50123.45',
	price_percentage_change_24h: '-0.24',
	volume_24h: '12345.678',
	best_bid_price: '',
	base_name: id.startsWith('BTC') ? 'Bitcoin' : 'Ethereum',
	is_disabled: false,
});
const candle = (start: number): CoinbaseCandle => ({
	start: String(start / 1_000),
	low: '90',
	high: '110',
	open: '100',
	close: '105',
	volume: '5',
});

async function setUp(clock = requestClock()) {
	const server = await CoinbaseServer.open(() => clock.now());
	for (const id of ['BTC-USD', 'ETH-USD']) server.products.set(id, product(id));
	server.candles.set('BTC-USD ONE_MINUTE', []);
	const requests = createCoinbaseRequests(
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
			server.candles.set('BTC-USD ONE_MINUTE', [...starts, running].map(candle));
		},
		page: 350,
		pages: true,
		instead: (...answers: Parameters<typeof server.instead.set>[1]) =>
			server.instead.set('/market', [...answers]),
		calls: () => server.requests,
		close: async () => await server.close(),
	};
}

describeRequests('Coinbase', setUp);

describe('Coinbase', () => {
	it('goes back past hours without a trade, and stops where nothing was before', async () => {
		const { server, requests, clock, close } = await setUp();
		const now = Math.floor(clock.now() / MINUTE) * MINUTE;
		const starts = [now - 900 * MINUTE, now - MINUTE];
		server.candles.set('BTC-USD ONE_MINUTE', [...starts, now].map(candle));
		const { candles = [] } =
			(await requests.candles?.({
				symbol: 'BTC-USD',
				interval: '1m',
				range: { last: 5 },
				running: false,
			})) ?? {};
		expect(candles.map(({ event }) => event.startAt)).toEqual(starts);
		expect(server.requests).toHaveLength(3 + 4);
		await close();
	});

	it('finds a pair by the name of its coin', async () => {
		const { requests, close } = await setUp();
		expect(await requests.search?.('bitcoin')).toEqual([
			{ symbol: 'BTC/USD', providerSymbol: 'BTC-USD', name: 'Bitcoin' },
		]);
		await close();
	});

	it('names a symbol that spoils the call for all', async () => {
		const { server, requests, close } = await setUp();
		server.instead.set('/market/products?product_ids', [
			{ status: 404, body: '{"error":"NOT_FOUND","message":"token=s3cr3t"}' },
		]);
		const told = await requests.quotes?.(['BTC/USD', 'FOO/BAR']);
		expect(told?.get('BTC/USD')).toMatchObject({ event: { price: 50_123.45 } });
		expect(told?.get('FOO/BAR')).toMatchObject({ kind: 'symbol' });
		await close();
	});

	const recorded = payload('coinbase', 'rest-advanced-products.json');
	(recorded === undefined ? it.skip : it)('reads recorded products', async () => {
		const { server, requests, close } = await setUp();
		server.fixed.set('/market/products', recorded ?? '');
		const told = await requests.quotes?.(['BTC/USD']);
		expect(told?.get('BTC/USD')).toMatchObject({
			event: { price: 68_925.98, changePercent: -0.28225832119521, volume: 11_005.02587005 },
			raw: { product_id: 'BTC-USD', base_name: 'Bitcoin' },
		});
		await close();
	});

	const candles = payload('coinbase', 'rest-advanced-candles.json');
	(candles === undefined ? it.skip : it)(
		'reads recorded candles, newest first as they come',
		async () => {
			const { server, requests, close } = await setUp(requestClock(1_712_200_000_000));
			server.fixed.set('/candles', candles ?? '');
			const told = await requests.candles?.({
				symbol: 'BTC/USD',
				interval: '1h',
				range: { last: 2 },
				running: false,
			});
			expect(told?.candles.map(({ event: { startAt, close: last } }) => [startAt, last])).toEqual([
				[1_712_188_800_000, 66_314.59],
				[1_712_192_400_000, 66_181.6],
			]);
			await close();
		},
	);
});
