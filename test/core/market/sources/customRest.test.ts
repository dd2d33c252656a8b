import {
	createCustomRest,
	noSecret,
	parseCustomSymbols,
	SharedConnections,
	type CustomMapping,
	type CustomRestSettings,
	type HttpSecret,
} from '../../../../core/market';
import type { HttpClient } from '../../../../core/ports';
import { WaitingSink } from '../../../contracts/liveSource';
import { FastClock } from '../../../fakes/FastClock';
import { fixedRandom } from '../../../fakes/fixedRandom';
import { JsonServer, type JsonAnswer } from '../../../fakes/JsonServer';
import { n8nHttp } from '../../../fakes/n8nHttp';
import { silentLog } from '../../../fakes/silentLog';

const SECRET = 's3cr3t-key/1';
const secret: HttpSecret = {
	headers: { 'x-api-key': SECRET },
	query: {},
	parts: {},
	secrets: [SECRET, encodeURIComponent(SECRET)],
};
const AT = 1_700_000_000_000;

let http: HttpClient;
let server: JsonServer;
let clock: FastClock;
let shared: SharedConnections;
beforeAll(async () => (http = await n8nHttp()));
beforeEach(async () => {
	server = await JsonServer.open();
	clock = new FastClock(60, AT);
	shared = new SharedConnections();
});
afterEach(async () => {
	expect(clock.waiting).toBe(0);
	await server.close();
});

const mapped = (more: Partial<CustomMapping> = {}): CustomMapping => ({
	rowsAre: 'quotes',
	rowsPath: '',
	interval: '',
	columns: { symbol: 'symbol' },
	own: [],
	timeZone: '',
	...more,
});

type Setting = Partial<Omit<CustomRestSettings, 'symbols'>> & { symbols?: string[] };

const open = (setting: Setting, cursor?: unknown, withSecret = noSecret) => {
	const { symbols = [], ...more } = setting;
	return createCustomRest(
		{
			url: `${server.url}/quotes`,
			method: 'GET',
			headers: {},
			query: {},
			body: '',
			mapping: mapped(),
			errorPath: '',
			pollEveryMs: 5_000,
			limitPerMinute: 600,
			silentAfterMs: 3_600_000,
			symbols: parseCustomSymbols(symbols),
			...more,
		},
		{
			clock,
			timer: clock,
			random: fixedRandom(0.5),
			log: silentLog(),
			http,
			shared,
			secret: withSecret,
		},
		{ cursor, play: 'p1' },
	);
};

/** Runs it until something holds. */
async function play(
	setting: Setting,
	holds: (sink: WaitingSink) => boolean | Promise<void>,
	options: { cursor?: unknown; secret?: HttpSecret } = {},
): Promise<WaitingSink> {
	const sink = new WaitingSink();
	const stop = new AbortController();
	const running = open(setting, options.cursor, options.secret).run(sink, stop.signal);
	const isDone = async () => {
		const held = holds(sink);
		if (typeof held !== 'boolean') await held;
		else await sink.until(() => holds(sink) === true);
	};
	await Promise.race([isDone(), running]);
	stop.abort();
	await running;
	return sink;
}

const asked = (count: number) => async () =>
	await server.until(() => server.requests.length >= count);

/** Answers one after the other; the last goes on. */
const inTurn = (...bodies: unknown[]) => {
	let turn = 0;
	server.answer = () => ({ body: bodies[Math.min(turn++, bodies.length - 1)] });
};

describe('Custom REST reads rows', () => {
	it.each<[string, unknown, Partial<CustomMapping>, string[], object]>([
		[
			'a list, by names of its own',
			[{ ticker: 'shop', last: '61.5', b: 61.4, a: '61.6', ts: 1_700_000_000, vol: 12, pe: 70 }],
			{
				columns: {
					symbol: 'ticker',
					price: 'last',
					bid: 'b',
					ask: 'a',
					time: 'ts',
					volume: 'vol',
					peRatio: 'pe',
				},
			},
			[],
			{
				type: 'quote',
				source: 'customRest',
				symbol: 'SHOP',
				providerSymbol: 'shop',
				eventAt: AT,
				price: 61.5,
				bid: 61.4,
				ask: 61.6,
				volume: 12,
				peRatio: 70,
				quality: [],
			},
		],
		[
			'one object, of the only symbol there is',
			{ price: 5, open: null, high: 'n/a', currency: 'CAD' },
			{ columns: {} },
			['SHOP'],
			{ symbol: 'SHOP', price: 5, open: null, high: null, currency: 'CAD' },
		],
		[
			'a map, by the names the rows have in it, with a time that stands outside',
			{ at: '2023-11-14T22:13:20Z', rates: { usd: 1.08, gbp: 0.86 } },
			{ rowsPath: '$.rates.*', columns: { symbol: '~', price: '.', time: '$.at' } },
			['EUR/USD = usd'],
			{ symbol: 'EUR/USD', providerSymbol: 'usd', price: 1.08, eventAt: AT },
		],
		[
			'lists within a list, by number',
			{ data: { rows: [['SHOP', 1, '9.5']] } },
			{ rowsPath: '$.data.rows', columns: { symbol: '0', price: '2' } },
			[],
			{ symbol: 'SHOP', price: 9.5 },
		],
		[
			'fields within fields, and columns of the user',
			[{ id: 'bitcoin', quote: { USD: { price: 50_000, cap: 1e12 } } }],
			{
				columns: { symbol: 'id', price: 'quote.USD.price' },
				own: [{ name: 'marketCap', place: 'quote.USD.cap' }],
			},
			['BTC/USD=bitcoin'],
			{ symbol: 'BTC/USD', price: 50_000, marketCap: 1e12 },
		],
		[
			'times of a zone they do not name',
			[{ symbol: 'A', price: 1, time: '2023-11-14 17:13:20' }],
			{ columns: { symbol: 'symbol', time: 'time' }, timeZone: 'America/New_York' },
			[],
			{ eventAt: AT },
		],
		[
			'trades',
			[{ symbol: 'A', price: '2.5', size: '4', time: AT, side: 'x' }],
			{ rowsAre: 'trades', columns: { symbol: 'symbol', time: 'time' } },
			[],
			{ type: 'trade', price: 2.5, size: 4, side: null, eventAt: AT },
		],
		[
			'candles that have ended',
			[
				[AT - 120_000, 1, 3, 0.5, 2, 10],
				[AT + 1e10, 2, 2, 2, 2, 1],
			],
			{
				rowsAre: 'candles',
				interval: '1m',
				columns: { time: '0', open: '1', high: '2', low: '3', close: '4', volume: '5' },
			},
			['A'],
			{
				type: 'candle',
				startAt: AT - 120_000,
				endAt: AT - 60_000,
				eventAt: AT - 60_000,
				open: 1,
				high: 3,
				low: 0.5,
				close: 2,
				volume: 10,
				closed: true,
				interval: '1m',
			},
		],
	])('of %s', async (_, body, mapping, symbols, expected) => {
		server.answer = () => ({ body });
		const sink = await play(
			{ mapping: mapped(mapping), symbols },
			({ events }) => events.length > 0,
		);
		expect(sink.events).toHaveLength(1);
		expect(sink.events[0]).toMatchObject(expected);
		expect(sink.reportsOf('unreadable')).toEqual([]);
	});

	it('asks for each symbol by its own name, or for all at once', async () => {
		server.answer = () => ({ body: { price: 1 } });
		await play(
			{ url: `${server.url}/q/[[symbol]]?x=[[symbol]]`, symbols: ['BTC/USD', 'A=b c'] },
			asked(2),
		);
		expect(server.requests.map(({ url }) => url).slice(0, 2)).toEqual([
			'/q/BTC%2FUSD?x=BTC%2FUSD',
			'/q/b%20c?x=b%20c',
		]);
		server.requests.length = 0;
		const all = {
			method: 'POST' as const,
			body: '{"list":[[symbols]],"text":"[[symbols]]"}',
			query: { s: '[[symbols]]' },
			symbols: ['A', 'B"'],
		};
		await play(all, asked(1), { secret: { ...secret, query: { token: SECRET } } });
		const [request] = server.requests;
		expect(request).toMatchObject({
			method: 'POST',
			url: `/quotes?s=A%2CB%22&token=${encodeURIComponent(SECRET)}`,
			headers: { 'x-api-key': SECRET, 'content-type': 'application/json' },
		});
		expect(JSON.parse(request?.body ?? '')).toEqual({ list: ['A', 'B"'], text: 'A,B"' });
	});
});

describe('Custom REST tells new rows from old', () => {
	const quote = (price: number, time: number, more: object = {}) => ({
		symbol: 'A',
		price,
		time,
		...more,
	});
	const timed = mapped({ columns: { symbol: 'symbol', time: 'time' } });
	const prices = (sink: WaitingSink) => sink.events.map((event) => 'price' in event && event.price);

	it.each<[string, CustomMapping, unknown[], number[]]>([
		[
			'by time and values: many of one time are many',
			timed,
			[
				[quote(1, AT), quote(2, AT)],
				[quote(1, AT), quote(2, AT), quote(3, AT)],
			],
			[1, 2, 3],
		],
		[
			'by their own ids, whatever else changes',
			mapped({ columns: { symbol: 'symbol', id: 'no' } }),
			[
				[quote(1, AT, { no: 7 }), quote(2, AT, { no: 8 })],
				[quote(5, AT, { no: 8 }), quote(1, AT, { no: 9 })],
			],
			[1, 2, 1],
		],
		[
			'by what they say, where they have no time: a price may come back',
			mapped(),
			[[quote(1, AT)], [quote(1, AT)], [quote(2, AT)], [quote(1, AT)]],
			[1, 2, 1],
		],
		[
			'in the order of their times',
			timed,
			[[quote(3, AT + 3), quote(2, AT + 2), quote(1, AT + 1)]],
			[1, 2, 3],
		],
	])('%s', async (_, mapping, answers, expected) => {
		inTurn(...answers);
		const sink = await play({ mapping }, asked(answers.length + 2));
		expect(prices(sink)).toEqual(expected);
		const ids = sink.events.map(({ eventId }) => eventId);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('gives the same event the same id in another trigger, and not again after a restart', async () => {
		server.answer = () => ({ body: [quote(1, AT), quote(2, AT), quote(3, AT + 1)] });
		const first = await play({ mapping: timed }, ({ events }) => events.length === 3);
		const other = await play({ mapping: timed }, ({ events }) => events.length === 3);
		const ids = (sink: WaitingSink) => sink.events.map(({ eventId }) => eventId);
		expect(ids(other)).toEqual(ids(first));
		server.answer = () => ({ body: [quote(2, AT), quote(3, AT + 1), quote(4, AT + 2)] });
		server.requests.length = 0;
		const again = await play({ mapping: timed }, asked(3), {
			cursor: first.cursors.at(-1)?.cursor,
		});
		expect(prices(again)).toEqual([4]);
	});

	it('asks only for what has changed, where the address can tell', async () => {
		server.answer = ({ headers }) =>
			headers['if-none-match'] === '"v1"'
				? { status: 304 }
				: { headers: { etag: '"v1"' }, body: [quote(1, AT)] };
		const sink = await play({}, asked(4));
		expect(prices(sink)).toEqual([1]);
		expect(sink.reports).toEqual([]);
		expect(
			server.requests.slice(1).every(({ headers }) => headers['if-none-match'] === '"v1"'),
		).toBe(true);
	});

	it('asks anew for an answer it could not take', async () => {
		server.instead.push({ headers: { etag: '"v1"' }, body: { oops: 1 } });
		server.answer = ({ headers }) =>
			headers['if-none-match'] === undefined ? { body: { rows: [quote(1, AT)] } } : { status: 304 };
		const sink = await play(
			{ mapping: mapped({ rowsPath: '$.rows' }) },
			({ events }) => events.length === 1,
		);
		expect(sink.reportsOf('down')).toHaveLength(1);
	});

	it('counts what it can not read, and shows no secret of it', async () => {
		server.answer = () => ({
			body: [quote(1, AT), { symbol: 'A', price: `key ${SECRET}` }, { price: 3 }, 17],
		});
		const sink = await play({}, (sink) => sink.reportsOf('unreadable').length > 0, { secret });
		expect(prices(sink)[0]).toBe(1);
		expect(sink.reportsOf('unreadable')[0]?.reason).toMatch(
			/^127\.0\.0\.1:\d+ sent what can't be read: unreadable \d+ \(the first: a row of A has price "key \*\*\*"\)/,
		);
	});

	it('flags what is far off, and old where a limit was set', async () => {
		inTurn(...[100, 101, 100, 500].map((price, index) => [quote(price, AT + index)]));
		const sink = await play(
			{ mapping: timed, staleAfterMs: 60_000 },
			({ events }) => events.length === 4,
		);
		expect(sink.events.map(({ quality }) => quality)).toEqual([[], [], [], ['implausible']]);
		inTurn([quote(100, AT - 3_600_000)]);
		const old = await play(
			{ mapping: timed, staleAfterMs: 60_000 },
			({ events }) => events.length === 1,
		);
		expect(old.events[0]?.quality).toEqual(['stale']);
	});
});

describe('Custom REST when the world fails', () => {
	const faults: Array<[string, JsonAnswer[], RegExp, number?]> = [
		[
			'refuses the key, quoting it',
			[{ status: 401, body: { message: `Bad key ${SECRET}` } }],
			/refuses access\. Check the credential.* It says: Bad key \*\*\* \(401\)\.$/,
			3_600_000,
		],
		['forbids it', [{ status: 403, body: 'no' }], /refuses access.* \(403\)$/, 3_600_000],
		[
			'wants a better plan',
			[{ status: 403, body: { error: { message: 'Premium endpoint; upgrade your plan' } } }],
			/doesn't give this to your account/,
			3_600_000,
		],
		[
			'limits the rate and says how long',
			[{ status: 429, headers: { 'retry-after': '30' }, body: '{}' }],
			/asks to slow down; waiting 30 s/,
			30_000,
		],
		[
			'limits the rate and says until when',
			[{ status: 429, headers: { 'x-ratelimit-reset': '90' }, body: '{}' }],
			/asks to slow down; waiting 90 s/,
			90_000,
		],
		['limits the rate and says nothing', [{ status: 429 }], /slow down; waiting 60 s/, 60_000],
		[
			'limits the rate within status 200',
			[{ body: { error: 'API rate limit reached' } }],
			/slow down; waiting 60 s.* It says: API rate limit reached \(200\)/,
			60_000,
		],
		[
			'tells of a wrong key within status 200',
			[{ body: { error: `the parameter apikey=${SECRET} is invalid` } }],
			/refuses access.*apikey=\*\*\*/,
			3_600_000,
		],
		[
			'tells of any other error within status 200',
			[{ body: { error: { code: 12, text: 'database gone' } } }],
			/answers with an error; trying again\. It says: \{"code":12/,
		],
		['has a problem of its own', [{ status: 503, body: '<html>' }], /problem of its own.*\(503\)$/],
		[
			'redirects',
			[{ status: 302, headers: { location: `https://evil.example/?${SECRET}` } }],
			/redirects to https:\/\/evil\.example, which isn't followed/,
			600_000,
		],
		[
			'breaks off in the middle',
			[{ body: '[{"symbol":"A","pri' }],
			/JSON that breaks off or is malformed/,
		],
		[
			'gives a web page',
			[{ headers: { 'content-type': 'text/html' }, body: `<html>${SECRET}` }],
			/a web page \(HTML or XML\) instead of JSON \(text\/html\)/,
		],
		['gives nothing', [{ body: '' }], /an empty answer/],
		[
			'has the rows elsewhere',
			[{ body: { status: 'ok', data: { items: [1, 2], next: null, [`token=${SECRET}`]: 1 } } }],
			/an answer without rows: there are no rows at \$\.data\.rows; at \$\.data there are items \(a list of 2\), next \(nothing\)/,
		],
		['hangs up', ['cut'], /can't be reached\. .*ECONNRESET/],
		['says nothing', ['silence'], /no answer within 15 s/],
		['gives a byte now and then', ['dribble'], /no answer within 15 s/],
		['does not know it', [{ status: 404, body: {} }], /doesn't have what was asked for.*\(404\)/],
		[
			'does not take it',
			[{ status: 400, body: { detail: 'bad x' } }],
			/doesn't take the request.* bad x \(400\)/,
			600_000,
		],
	];

	it.each(faults)(
		'that %s: it says so once, waits, and is back',
		async (_, answers, reason, waitMs = 0) => {
			const rows = [{ symbol: 'A', price: 1 }];
			server.answer = () => ({ body: { data: { rows } } });
			server.instead.push(...answers);
			const sink = await play(
				{
					mapping: mapped({ rowsPath: '$.data.rows' }),
					errorPath: '$.error',
				},
				(sink) =>
					waitMs >= 600_000
						? sink.reportsOf('down').length > 0
						: sink.reportsOf('back').length > 0 && sink.events.length > 0,
				{ secret },
			);
			const [down, ...others] = sink.reportsOf('down');
			expect(others).toEqual([]);
			expect(down?.reason).toMatch(reason);
			expect(down?.reason).toMatch(/^127\.0\.0\.1:\d+ /);
			expect((down?.nextAttemptAt ?? 0) - (down?.at ?? 0)).toBeGreaterThanOrEqual(waitMs - 5_000);
			expect(JSON.stringify(sink.reports)).not.toContain('s3cr3t');
		},
	);

	it('reads no more than 8 MB of an answer', async () => {
		clock = new FastClock(5, AT); // reading takes its time
		server.instead.push({ body: `["${'x'.repeat(10 * 1_048_576)}"]` });
		const sink = await play({}, (sink) => sink.reportsOf('down').length > 0);
		expect(sink.reportsOf('down')[0]?.reason).toMatch(
			/gave an answer of more than 8 MB; ask for less/,
		);
	});

	it('pauses when an answer says that nothing is left', async () => {
		server.instead.push({
			headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' },
			body: [],
		});
		const times: number[] = [];
		server.answer = () => {
			times.push(clock.now());
			return { body: [] };
		};
		await play({}, asked(2));
		expect(times[0]).toBeGreaterThan(AT + 58_000);
	});

	it('goes on with the other symbols when one fails by itself, and tells it by name', async () => {
		server.answer = ({ url }) =>
			url.includes('BAD') ? { status: 404, body: {} } : { body: { price: 1 } };
		const sink = await play(
			{ url: `${server.url}/[[symbol]]`, symbols: ['A', 'BAD'], mapping: mapped({ columns: {} }) },
			asked(6),
		);
		expect(sink.events).toMatchObject([{ symbol: 'A' }]);
		expect(sink.reports).toMatchObject([
			{
				kind: 'unknownSymbol',
				symbols: ['BAD'],
				reason: expect.stringMatching(/^Asked for BAD, 127\.0\.0\.1:\d+ doesn't have what/),
			},
		]);
	});

	it('names symbols an answer has no rows of', async () => {
		server.answer = () => ({ body: [{ symbol: 'A', price: 1 }] });
		const sink = await play({ symbols: ['A', 'B', 'C = cc'] }, asked(3));
		expect(sink.reports).toMatchObject([
			{
				kind: 'unknownSymbol',
				symbols: ['B', 'C'],
				reason: expect.stringContaining('has no rows of B, C. Check how'),
			},
		]);
	});

	it('never sends the credential to where an address redirects', async () => {
		const elsewhere = await JsonServer.open();
		server.answer = () => ({ status: 307, headers: { location: elsewhere.url } });
		await play({}, (sink) => sink.reportsOf('down').length > 0, { secret });
		expect(elsewhere.requests).toEqual([]);
		await elsewhere.close();
	});

	it('ends at once when it is stopped, before it began too', async () => {
		const sink = new WaitingSink();
		await open({}).run(sink, AbortSignal.abort());
		expect([sink.events, sink.reports, server.requests]).toEqual([[], [], []]);
	});

	it('begins anew from a cursor that is none', async () => {
		server.answer = () => ({ body: [{ symbol: 'A', price: 1 }] });
		for (const cursor of [null, 17, {}, { lanes: { A: { next: 0, keys: 'x' } } }, { lanes: 4 }]) {
			const sink = await play({}, ({ events }) => events.length > 0, { cursor });
			expect(sink.events).toHaveLength(1);
		}
	});
});
