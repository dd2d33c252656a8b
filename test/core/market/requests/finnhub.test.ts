import {
	createFinnhubRequests,
	finnhubFree,
	failureInWords,
	type FinnhubRequestSettings,
} from '../../../../core/market';
import { requestPorts } from '../../../contracts/marketRequests';
import { FastClock } from '../../../fakes/FastClock';
import { FinnhubServer } from '../../../fakes/FinnhubServer';
import { payload } from '../../../fakes/payload';

let server: FinnhubServer;
const clock = new FastClock();
beforeEach(async () => (server = await FinnhubServer.open(() => clock.now())));
afterEach(async () => {
	expect(clock.waiting).toBe(0);
	await server.close();
});

const ask = (more: Partial<FinnhubRequestSettings> = {}, read = async () => server.apiKey) =>
	createFinnhubRequests(
		{ plan: finnhubFree, restBaseUrl: `http://${server.host}/api/v1`, ...more },
		{
			...requestPorts(clock),
			account: { id: 'one', read: async () => ({ apiKey: await read() }) },
		},
	);
const quote = (c: number) => ({ c, d: 1, dp: 0.5, h: 9, l: 1, o: 2, pc: 3, t: 1_700_000_000 });
const failing = async (asked: Promise<unknown> | undefined): Promise<string> =>
	await Promise.resolve(asked).then(
		() => 'nothing failed',
		(error: Error) => failureInWords('Finnhub', error),
	);

describe('Finnhub, asked once', () => {
	it('gives quotes with their fundamentals, and each other symbol its own error', async () => {
		server.quotes.set('AAPL', quote(187));
		server.metrics.set('AAPL', { peTTM: 29.5 });
		server.paid.add('VOD.L');
		const told = await ask().quotes?.(['aapl', 'NOPE', 'no/symbol', 'VOD.L']);
		expect(told?.get('aapl')).toMatchObject({
			event: { type: 'quote', symbol: 'AAPL', price: 187, peRatio: 29.5, quality: [] },
			raw: quote(187),
		});
		const said = ['NOPE', 'no/symbol', 'VOD.L'].map((name) =>
			failureInWords('Finnhub', told?.get(name) as Error),
		);
		expect(said).toEqual([
			expect.stringMatching(/^Finnhub doesn't know the symbol "NOPE"\. Check the spelling/),
			expect.stringMatching(/^Symbol "no\/symbol" isn't one of Finnhub's/),
			expect.stringMatching(/^Finnhub knows the key, but its plan doesn't include this/),
		]);
		expect(said.join()).not.toMatch(/trying again/);
	});

	it('asks for fundamentals once, however often a quote is asked for', async () => {
		server.quotes.set('AAPL', quote(187));
		const requests = ask();
		await requests.quotes?.(['AAPL']);
		await requests.quotes?.(['AAPL']);
		expect(server.requests.filter((path) => path.includes('metric'))).toHaveLength(1);
	});

	it('waits as long as it is told after 429, and asks again', async () => {
		server.quotes.set('AAPL', quote(187));
		const reset = String(Math.floor(clock.now() / 1_000) + 20);
		server.instead.set('/quote', [
			{ status: 429, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } },
		]);
		const before = clock.now();
		expect((await ask().quotes?.(['AAPL']))?.get('AAPL')).toMatchObject({ event: { price: 187 } });
		expect(clock.now() - before).toBeGreaterThanOrEqual(10_000);
	});

	it('says that the key is wrong, without showing it', async () => {
		const said = await failing(ask({}, async () => 'wrong-s3cr3t').quotes?.(['AAPL']));
		expect(said).toMatch(/^Finnhub refuses the key\. Check the API key in the credential/);
		expect(said).not.toMatch(/s3cr3t|trying again/);
	});

	it('finds symbols by name, as Finnhub ranks them', async () => {
		const recorded = payload('finnhub', 'rest-search.json');
		if (recorded === undefined) {
			server.found.push(
				{ description: 'APPLE INC', displaySymbol: 'AAPL', symbol: 'AAPL', type: 'Common Stock' },
				{ description: 'APPLE INC', displaySymbol: 'APC.DE', symbol: 'APC.DE' },
			);
		} else server.fixed.set('/search', recorded);
		const found = await ask().search?.(' apple inc ');
		expect(found?.[0]).toEqual({
			symbol: 'AAPL',
			providerSymbol: 'AAPL',
			name: 'APPLE INC',
			kind: 'Common Stock',
		});
		expect(found?.map(({ symbol }) => symbol)).toContain('APC.DE');
		expect(server.requests).toEqual(['/api/v1/search?q=apple%20inc']);
		expect(await ask().search?.('  ')).toEqual([]);
	});

	it.each([
		['before the market opens', 'pre-market', false, 'pre'],
		['in its regular session', 'regular', true, 'regular'],
		['after it', 'post-market', false, 'post'],
		['on a holiday', null, false, 'closed'],
	])('says that the market is open or not: %s', async (_, session, isOpen, ours) => {
		server.fixed.set('market-status', JSON.stringify({ exchange: 'US', session, isOpen, t: 1 }));
		expect(await ask().status?.()).toMatchObject({
			market: 'us-equities',
			isOpen,
			session: ours,
			toldBy: 'provider',
			nextOpenAt: expect.any(Number),
			nextCloseAt: expect.any(Number),
		});
	});

	it('reads the market status as it was recorded', async () => {
		const recorded = payload('finnhub', 'rest-stock-market-status.json');
		if (recorded !== undefined) server.fixed.set('market-status', recorded);
		expect(await ask().status?.()).toMatchObject({ isOpen: false, session: 'pre' });
	});

	it('has no candles, and refuses a key sent in clear', () => {
		expect(ask().candles).toBeUndefined();
		expect(() => ask({ restBaseUrl: 'http://gateway.example' })).toThrow(
			/^The credential's REST address isn't one; use https/,
		);
	});
});
