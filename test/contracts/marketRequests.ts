import {
	failureInWords,
	SharedConnections,
	type Candle,
	type CandlesWanted,
	type MarketRequests,
	type RequestPorts,
} from '../../core/market';
import { epochMs } from '../../core/ports';
import { FastClock } from '../fakes/FastClock';
import { fixedRandom } from '../fakes/fixedRandom';
import { loopbackHttp } from '../fakes/loopbackHttp';

/** What a server does instead of answering. */
type Instead =
	| {
			readonly status: number;
			readonly headers?: Readonly<Record<string, string>>;
			readonly body?: string;
	  }
	| 'cut';

/** A source before its loopback server, which knows two symbols and has candles of a minute. */
export type RequestsBench = {
	readonly requests: MarketRequests;
	readonly clock: FastClock;
	/** As a user may write them. */
	readonly symbols: readonly [string, string];
	/** Well formed, and unknown. */
	readonly unknown: string;
	/** No symbol at all. */
	readonly malformed: string;
	/** Puts closed candles of these minutes and one that's running into the history of the first symbol. */
	readonly fill: (starts: readonly number[]) => void;
	/** The candles one call gives. */
	readonly page: number;
	/** Whether older ones than a page can be had. */
	readonly pages: boolean;
	/** The next answers. */
	readonly instead: (...answers: Instead[]) => void;
	readonly calls: () => readonly string[];
	readonly close: () => Promise<void>;
};

export const MINUTE = 60_000;

/** Fast enough for waits, slow enough that no time-out strikes on a busy machine. */
export const requestClock = (from?: number): FastClock => new FastClock(10, from);

export const requestPorts = (clock: FastClock, patienceMs = 30_000): RequestPorts => ({
	clock,
	timer: clock,
	random: fixedRandom(0.5),
	http: loopbackHttp,
	shared: new SharedConnections(),
	patienceMs,
});

/** What every source keeps to that can be asked once. */
export function describeRequests(name: string, setUp: () => Promise<RequestsBench>): void {
	describe(`${name}, asked once`, () => {
		let bench: RequestsBench;
		beforeEach(async () => (bench = await setUp()));
		afterEach(async () => {
			expect(bench.clock.waiting).toBe(0);
			await bench.close();
		});

		const minuteOfNow = () => Math.floor(bench.clock.now() / MINUTE) * MINUTE;
		/** So many whole minutes before the present one. */
		const minutes = (count: number) =>
			Array.from({ length: count }, (_, index) => minuteOfNow() - (count - index) * MINUTE);
		const quotes = async (...symbols: string[]) =>
			(await bench.requests.quotes?.(symbols)) ?? new Map<string, Error>();
		const candles = async (wanted: Partial<CandlesWanted>): Promise<Candle[]> => {
			const [symbol] = bench.symbols;
			const all = { symbol, interval: '1m', running: false, range: { last: 1 }, ...wanted };
			const told = await bench.requests.candles?.(all);
			return told?.candles.map(({ event }) => event) ?? [];
		};
		const starts = (of: readonly Candle[]) => of.map(({ startAt }) => Number(startAt));
		const failing = async (asked: Promise<unknown>): Promise<Error> =>
			await asked.then(
				() => new Error('nothing failed'),
				(error: unknown) => error as Error,
			);

		it('gives the quotes of several symbols by one call, each by the name it was asked by', async () => {
			const [one, other] = bench.symbols;
			const told = await quotes(one, other);
			expect(bench.calls()).toHaveLength(1);
			expect([...told.keys()]).toEqual([one, other]);
			for (const quote of told.values()) {
				expect(quote).toMatchObject({
					event: { type: 'quote', price: expect.any(Number), quality: [] },
					raw: expect.any(Object),
				});
			}
		});

		it('names a symbol that is unknown or none at all, and gives the others', async () => {
			const [one] = bench.symbols;
			const told = await quotes(bench.unknown, one, bench.malformed);
			expect(told.get(one)).toMatchObject({ event: { type: 'quote' } });
			const wrong = [bench.unknown, bench.malformed].map((symbol) => told.get(symbol));
			const said = wrong.map((error) => failureInWords(bench.requests.provider, error as Error));
			expect(said).toEqual([
				expect.stringContaining(JSON.stringify(bench.unknown)),
				expect.stringContaining(JSON.stringify(bench.malformed)),
			]);
			expect(said[0]).toMatch(/^\w+ doesn't know the symbol .* Check the spelling, such as /);
			expect(await quotes(bench.unknown)).toEqual(
				new Map([[bench.unknown, expect.objectContaining({ kind: 'symbol' })]]),
			);
		});

		it('gives the last candles, the running one when it is asked for', async () => {
			bench.fill(minutes(5));
			expect(starts(await candles({ range: { last: 3 } }))).toEqual(minutes(3));
			const withRunning = await candles({ range: { last: 3 }, running: true });
			expect(starts(withRunning)).toEqual([...minutes(2), minuteOfNow()]);
			expect(withRunning.map(({ closed }) => closed)).toEqual([true, true, false]);
		});

		it('gives more candles than one call holds, oldest first, each once, and tells how far it is', async () => {
			const all = minutes(bench.pages ? bench.page * 2 + 17 : bench.page - 1);
			bench.fill(all);
			const progress: number[] = [];
			const last = await candles({
				range: { last: all.length },
				onProgress: (count) => progress.push(count),
			});
			expect(starts(last)).toEqual(all);
			expect(progress.length).toBeGreaterThanOrEqual(bench.pages ? 3 : 1);
			expect(progress).toEqual([...progress].sort((a, b) => a - b));
			const [from, to] = [all[3] ?? 0, all.at(-5) ?? 0].map(epochMs);
			const range = { from: from ?? epochMs(0), to: to ?? epochMs(0) };
			expect(starts(await candles({ range }))).toEqual(all.slice(3, -5));
		});

		it('gives what there is where the history begins later, or has holes', async () => {
			const some = minutes(9).filter((_, index) => index !== 4 && index !== 5);
			bench.fill(some);
			expect(starts(await candles({ range: { last: 500 } }))).toEqual(some);
			const range = { from: epochMs((some[0] ?? 0) - 5 * MINUTE), to: epochMs(minuteOfNow()) };
			expect(starts(await candles({ range }))).toEqual(some);
		});

		it('refuses candles of a symbol it does not know, and what cannot be asked for', async () => {
			bench.fill(minutes(3));
			const { provider } = bench.requests;
			expect(failureInWords(provider, await failing(candles({ symbol: bench.unknown })))).toMatch(
				new RegExp(`^${provider} (?:doesn't know the symbol|has no).*${bench.unknown}`),
			);
			const none = bench.calls().length;
			for (const [wanted, message] of [
				[{ symbol: bench.malformed }, JSON.stringify(bench.malformed)],
				[{ interval: '7m' }, `Interval is "7m"; ${provider} has 1`],
				[{ range: { last: 0 } }, "0 candles can't be asked for; use a whole number from 1 to"],
				[
					{ range: { from: epochMs(MINUTE), to: epochMs(0) } },
					'From (1970-01-01T00:01:00.000Z) must lie before To (1970-01-01T00:00:00.000Z).',
				],
			] as const) {
				expect((await failing(candles(wanted))).message).toContain(message);
			}
			expect(bench.calls()).toHaveLength(none);
		});

		it('waits as long as it is told after 429, and asks again', async () => {
			bench.instead({ status: 429, headers: { 'retry-after': '7' } });
			const before = bench.clock.now();
			const [one] = bench.symbols;
			expect((await quotes(one)).get(one)).toMatchObject({ event: { type: 'quote' } });
			expect(bench.clock.now() - before).toBeGreaterThanOrEqual(7_000);
			expect(bench.calls()).toHaveLength(2);
		});

		it('does not wait for longer than its patience, and does not ask while it must not', async () => {
			bench.instead({ status: 429, headers: { 'retry-after': '600' } });
			const [one] = bench.symbols;
			const { provider } = bench.requests;
			const first = failureInWords(provider, await failing(quotes(one)));
			expect(first).toMatch(
				new RegExp(`^${provider} asks to slow down\\. .*Ask again in 10 min\\.$`),
			);
			const second = failureInWords(provider, await failing(quotes(one)));
			expect(second).toMatch(new RegExp(`^${provider} may not be asked for another \\d+ s`));
			expect(bench.calls()).toHaveLength(1);
		});

		it('asks again after a cut connection and an error of the server', async () => {
			bench.instead('cut', { status: 503, body: 'upstream is down' });
			const [one] = bench.symbols;
			expect((await quotes(one)).get(one)).toMatchObject({ event: { type: 'quote' } });
			expect(bench.calls()).toHaveLength(3);
		});

		it('says what is wrong, promises nothing, and shows no secret', async () => {
			const body = '{"message":"bad apikey=s3cr3t-token","msg":"bad token=s3cr3t-token","code":-1}';
			bench.instead({ status: 400, body }, { status: 400, body });
			const [one] = bench.symbols;
			const { provider } = bench.requests;
			const said = failureInWords(provider, await failing(quotes(one)));
			expect(said).toMatch(new RegExp(`^${provider} doesn't take the request\\.`));
			expect(said).not.toMatch(/s3cr3t|again|waiting/);
			expect(bench.calls()).toHaveLength(1);
		});

		it('ends when nobody waits any more', async () => {
			bench.instead({ status: 429, headers: { 'retry-after': '20' } });
			const stop = new AbortController();
			const asked = failing(
				Promise.resolve(bench.requests.quotes?.([bench.symbols[0]], stop.signal)),
			);
			stop.abort();
			expect((await asked).name).toBe('ProviderFailure');
		});

		it('finds symbols by a part of their name, the closest first, and asks for the list once', async () => {
			const [one] = bench.symbols;
			const text = one.slice(0, 2).toLowerCase();
			const found = await bench.requests.search?.(text);
			expect(found?.map(({ symbol }) => symbol)).toContain(one);
			expect((await bench.requests.search?.(one))?.[0]?.symbol).toBe(one);
			expect(await bench.requests.search?.('zzzz')).toEqual([]);
			expect(bench.calls()).toHaveLength(1);
		});

		it('says whether the market is open, and who says so', async () => {
			expect(await bench.requests.status?.()).toMatchObject({
				isOpen: expect.any(Boolean),
				session: expect.any(String),
				asOf: expect.any(Number),
				toldBy: expect.stringMatching(/^(?:provider|calendar)$/),
			});
		});
	});
}
