import {
	createAlpacaRequests,
	failureInWords,
	type AlpacaRequestSettings,
} from '../../../../core/market';
import {
	describeRequests,
	MINUTE,
	requestClock,
	requestPorts,
} from '../../../contracts/marketRequests';
import { AlpacaServer, type AlpacaBar } from '../../../fakes/AlpacaServer';
import { payload } from '../../../fakes/payload';

const iso = (ms: number) => new Date(ms).toISOString();
const snapshot = (at: number) => ({
	latestTrade: { t: iso(at), x: 'V', p: 187.42, s: 100, c: ['@'], i: 812, z: 'C' },
	latestQuote: { t: iso(at), bx: 'V', bp: 187.4, bs: 200, ax: 'V', ap: 0, as: 0, c: ['R'] },
	dailyBar: { t: iso(at), o: 186.3, h: 188.05, l: 185.9, c: 187.42, v: 412_003 },
	prevDailyBar: { t: iso(at - 86_400_000), o: 185, h: 187, l: 184.6, c: 186.25, v: 501_100 },
});
const bar = (start: number): AlpacaBar => ({ t: iso(start), o: 100, h: 110, l: 90, c: 105, v: 5 });

async function setUp(more: Partial<AlpacaRequestSettings> = {}, clock = requestClock()) {
	const server = await AlpacaServer.open();
	for (const symbol of ['AAPL', 'MSFT']) server.snapshots.set(symbol, snapshot(clock.now()));
	server.assets.push(
		{ symbol: 'AAPL', name: 'Apple Inc. Common Stock', exchange: 'NASDAQ', status: 'active' },
		{ symbol: 'AA', name: 'Alcoa Corporation', exchange: 'NYSE', status: 'active' },
	);
	server.clock = {
		timestamp: iso(clock.now()),
		is_open: true,
		next_open: iso(clock.now() + 86_400_000),
		next_close: iso(clock.now() + 3_600_000),
	};
	const { keyId, secretKey } = server;
	const requests = createAlpacaRequests(
		{
			feed: 'iex',
			plan: 'basic',
			dataBaseUrl: `http://${server.host}`,
			tradingBaseUrl: `http://${server.host}`,
			...more,
		},
		{
			...requestPorts(clock),
			account: { id: 'one', read: async () => ({ keyId, secretKey }) },
		},
	);
	return {
		server,
		requests,
		clock,
		symbols: ['AAPL', 'MSFT'] as const,
		unknown: 'NOPE',
		malformed: 'no symbol',
		fill: (starts: readonly number[]) => {
			const running = Math.floor(clock.now() / MINUTE) * MINUTE;
			server.bars.set('AAPL 1Min', [...starts, running].map(bar));
		},
		page: 10_000,
		pages: true,
		instead: (...answers: Parameters<typeof server.instead.set>[1]) =>
			server.instead.set('/v2/', [...answers]),
		calls: () => server.requests,
		close: async () => await server.close(),
	};
}

describeRequests('Alpaca', setUp);

describe('Alpaca', () => {
	it('leaves out a symbol that spoils the call for all, and gives the others', async () => {
		const { server, requests, close } = await setUp();
		server.invalid.add('BAD');
		const told = await requests.quotes?.(['AAPL', 'bad', 'MSFT']);
		expect(told?.get('AAPL')).toMatchObject({
			event: { price: 187.42, bid: 187.4, ask: null, previousClose: 186.25, source: 'alpaca' },
		});
		expect(told?.get('MSFT')).toMatchObject({ event: { symbol: 'MSFT' } });
		expect(told?.get('bad')).toMatchObject({ kind: 'symbol' });
		expect(server.requests).toHaveLength(2);
		await close();
	});

	it('asks for all exchanges up to a while ago where the feed is delayed', async () => {
		const { server, requests, clock, fill, close } = await setUp({ feed: 'delayed_sip' });
		fill([Math.floor(clock.now() / MINUTE) * MINUTE - 20 * MINUTE]);
		const wanted = { symbol: 'AAPL', interval: '1m', running: false };
		await requests.candles?.({ ...wanted, range: { last: 1 } });
		const [, query = ''] = server.requests[0]?.split('?') ?? [];
		const asked = new URLSearchParams(query);
		expect(asked.get('feed')).toBe('sip');
		expect(Date.parse(asked.get('end') ?? '')).toBeLessThanOrEqual(clock.now() - 15 * MINUTE);
		await close();
	});

	it('takes no candle for closed that the delayed history does not know the end of', async () => {
		const { requests, clock, fill, close } = await setUp({ feed: 'delayed_sip' });
		const minute = Math.floor(clock.now() / MINUTE) * MINUTE;
		fill([minute - 18 * MINUTE, minute - 16 * MINUTE]);
		const wanted = { symbol: 'AAPL', interval: '1m', running: true };
		const told = await requests.candles?.({ ...wanted, range: { last: 2 } });
		expect(
			told?.candles.map(({ event: { closed, eventAt } }) => [
				closed,
				eventAt <= clock.now() - 15 * MINUTE,
			]),
		).toEqual([
			[true, true],
			[false, true],
		]);
		await close();
	});

	it('refuses a feed the plan does not have before anything is asked', () => {
		const settings = {
			feed: 'sip',
			plan: 'basic',
			dataBaseUrl: 'https://x',
			tradingBaseUrl: '',
		} as const;
		const account = { id: 'one', read: async () => ({ keyId: '', secretKey: '' }) };
		const ports = { ...requestPorts(requestClock()), account };
		expect(() => createAlpacaRequests(settings, ports)).toThrow(
			/^Feed: SIP isn't in the plan of this credential \(Basic\)/,
		);
	});

	it('says that the key is wrong, without showing it', async () => {
		const { server, requests, close } = await setUp();
		server.secretKey = 'another';
		const failed = await Promise.resolve(requests.quotes?.(['AAPL'])).catch(
			(error: Error) => error,
		);
		const said = failureInWords('Alpaca', failed as Error);
		expect(said).toMatch(
			/^Alpaca refuses the key\. Check key ID and secret in the credential\. It says: forbidden/,
		);
		expect(said).not.toMatch(/PKTEST|s3cr3t|again/);
		await close();
	});

	it('finds a stock by the name of its company', async () => {
		const { requests, close } = await setUp();
		expect(await requests.search?.('apple')).toEqual([
			{
				symbol: 'AAPL',
				providerSymbol: 'AAPL',
				name: 'Apple Inc. Common Stock',
				exchange: 'NASDAQ',
			},
		]);
		await close();
	});

	it('takes a holiday that our calendar does not know from its clock', async () => {
		const { server, requests, close } = await setUp();
		// A Tuesday, 10:00 in New York.
		server.clock = { ...server.clock, timestamp: '2023-11-14T10:00:00-05:00', is_open: false };
		expect(await requests.status?.()).toMatchObject({
			market: 'us-equities',
			isOpen: false,
			session: 'closed',
			toldBy: 'provider',
		});
		await close();
	});

	it.each([
		['PKTEST', 'https://paper-api.alpaca.markets/v2/clock'],
		['AKLIVE', 'https://api.alpaca.markets/v2/clock'],
	])('asks the kind of account the key %s is of', async (keyId, address) => {
		const asked: string[] = [];
		const clock = { timestamp: iso(0), is_open: false, next_open: iso(1), next_close: iso(2) };
		const requests = createAlpacaRequests(
			{ feed: 'iex', plan: 'basic', dataBaseUrl: 'https://data.example', tradingBaseUrl: '' },
			{
				...requestPorts(requestClock()),
				account: { id: 'one', read: async () => ({ keyId, secretKey: 's' }) },
				http: {
					request: async ({ url }) => {
						asked.push(url);
						return { status: 200, headers: {}, body: JSON.stringify(clock) };
					},
				},
			},
		);
		await requests.status?.();
		expect(asked).toEqual([address]);
	});

	it('never closes in crypto', async () => {
		const { server, requests, close } = await setUp({ feed: 'crypto' });
		expect(await requests.status?.()).toMatchObject({
			market: 'crypto',
			isOpen: true,
			nextCloseAt: null,
			toldBy: 'calendar',
		});
		expect(server.requests).toEqual([]);
		await close();
	});

	const clockBody = payload('alpaca', 'rest-clock.json');
	(clockBody === undefined ? it.skip : it)('reads a recorded clock', async () => {
		const { server, requests, close } = await setUp();
		server.fixed.set('/v2/clock', clockBody ?? '');
		expect(await requests.status?.()).toMatchObject({
			isOpen: true,
			session: 'regular',
			asOf: Date.parse('2022-04-28T18:07:04.451Z'),
			nextOpenAt: Date.parse('2022-04-29T13:30:00Z'),
			nextCloseAt: Date.parse('2022-04-28T20:00:00Z'),
		});
		await close();
	});

	const bars = payload('alpaca', 'rest-bars-amzn-15min.json');
	(bars === undefined ? it.skip : it)('reads recorded candles', async () => {
		const { bars: given } = JSON.parse(bars ?? '') as { bars: unknown };
		const rows = (Array.isArray(given) ? given : Object.values(given as object)[0]) as AlpacaBar[];
		const { server, requests, close } = await setUp(
			{},
			requestClock(Date.parse(rows.at(-1)?.t ?? '') + 86_400_000),
		);
		// Recorded from the form for one symbol, whose rows aren't by symbol.
		server.fixed.set('/bars', JSON.stringify({ bars: { AMZN: rows }, next_page_token: null }));
		const told = await requests.candles?.({
			symbol: 'AMZN',
			interval: '15m',
			range: { last: rows.length },
			running: false,
		});
		expect(told?.candles.map(({ event }) => [event.startAt, event.close])).toEqual(
			rows.map(({ t, c }) => [Date.parse(t), c]),
		);
		await close();
	});
});
