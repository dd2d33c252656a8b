import { createBinance, SharedConnections, type MarketEvent } from '../../../core/market';
import { CollectingSink } from '../../fakes/CollectingSink';
import { FakeClock } from '../../fakes/FakeClock';
import { grantAll, ScriptedSockets, type ScriptedSocket } from '../../fakes/ScriptedSockets';
import { silentLog } from '../../fakes/silentLog';

const DAY_MS = 86_400_000;
const START = 1_700_000_000_000;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT'] as const;
/** Rows of one answer, as Binance gives them. */
const PAGE = 1_000;

/** Numbers from a seed (mulberry32). */
function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** Keeps ids only: a million events would take a gigabyte. */
class IdSink extends CollectingSink {
	/** Times each trade was given, by symbol and number. */
	readonly given = new Map<string, Uint8Array>(
		SYMBOLS.map((symbol) => [symbol, new Uint8Array(2_000_000)]),
	);

	total = 0;

	flagged = 0;

	disorder = 0;

	private readonly last = new Map<string, number>();

	override async accept(events: readonly MarketEvent[]): Promise<void> {
		for (const { providerSymbol, eventId, quality } of events) {
			const number = Number(eventId.split('#')[1]);
			const seen = this.given.get(providerSymbol);
			if (seen === undefined) throw new Error(`Nobody asked for ${providerSymbol}`);
			seen[number] = (seen[number] ?? 0) + 1;
			if (number <= (this.last.get(providerSymbol) ?? -1)) this.disorder += 1;
			this.last.set(providerSymbol, number);
			if (quality.includes('gapBefore')) this.flagged += 1;
			this.total += 1;
		}
	}
}

/**
 * A day of the market in steps of five seconds: trades happen whether anybody listens or not, in bursts and
 * silences; connections are cut, frozen and refused; the history lags, fails, and forgets.
 */
async function playDay(seed: number, cuts: number) {
	const random = seeded(seed);
	const clock = new FakeClock(START);
	/** The number of the next trade, by symbol. */
	const next = new Map<string, number>(SYMBOLS.map((symbol) => [symbol, 1]));
	/** Numbers below it are gone from the history. */
	const forgotten = new Map<string, number>(SYMBOLS.map((symbol) => [symbol, 1]));
	const tradeAt = (symbol: string, a: number) => ({
		e: 'aggTrade',
		E: clock.now(),
		s: symbol,
		a,
		p: '100.00000000',
		q: '1.00000000',
		f: a,
		l: a,
		T: clock.now(),
		m: false,
		M: true,
	});
	let refusals = 0;
	let historyFails = 0;
	const sockets = new ScriptedSockets((socket) => {
		if (refusals > 0) {
			refusals -= 1;
			socket.end({ reason: 'unreachable', text: 'ECONNREFUSED' });
		} else grantAll(socket);
	});
	/** Connected, but nothing comes out of it any more. */
	const frozen = new Set<ScriptedSocket>();
	const http = {
		request: async ({ url }: { url: string }) => {
			const { pathname, searchParams } = new URL(url);
			const answer = (body: unknown) => ({ status: 200, headers: {}, body: JSON.stringify(body) });
			if (pathname.endsWith('/price')) return answer(SYMBOLS.map((symbol) => ({ symbol })));
			if (historyFails > 0) {
				historyFails -= 1;
				return { status: 503, headers: {}, body: '' };
			}
			const symbol = searchParams.get('symbol') ?? '';
			const from = Math.max(Number(searchParams.get('fromId')), forgotten.get(symbol) ?? 0);
			// It lags a little behind the stream.
			const to = Math.min((next.get(symbol) ?? 1) - Math.floor(random() * 3), from + PAGE);
			const rows = Array.from({ length: Math.max(to - from, 0) }, (_, row) =>
				tradeAt(symbol, from + row),
			);
			return answer(rows);
		},
	};
	const sink = new IdSink();
	const stop = new AbortController();
	const shared = new SharedConnections();
	const running = createBinance(
		{
			symbols: SYMBOLS,
			receive: 'trades',
			interval: '1m',
			delivery: 'stream',
			pollEveryMs: 15_000,
			silentAfterMs: 300_000,
			streamBaseUrl: 'wss://stream.example',
			restBaseUrl: 'https://rest.example',
			weightPerMinute: 6_000,
		},
		{ clock, timer: clock, random: { next: random }, log: silentLog(), http, sockets, shared },
		{ cursor: undefined, play: 'p' },
	).run(sink, stop.signal);
	await clock.advance(2_000);
	const STEP_MS = 5_000;
	const steps = DAY_MS / STEP_MS;
	const cutAt = new Set(
		Array.from({ length: cuts }, () => 100 + Math.floor(random() * (steps - 300))),
	);
	let silentUntil = 0;
	let mostSockets = 0;
	for (let step = 0; step < steps; step += 1) {
		if (random() < 0.000_7) silentUntil = step + 12 + Math.floor(random() * 120);
		const isBurst = random() < 0.01;
		for (const symbol of step < silentUntil ? [] : SYMBOLS) {
			const count = isBurst ? 250 : Math.floor(random() * 29);
			for (let one = 0; one < count; one += 1) {
				const a = next.get(symbol) ?? 1;
				next.set(symbol, a + 1);
				if (random() < 0.000_02) continue; // the stream loses one
				const frame = JSON.stringify({
					stream: `${symbol.toLowerCase()}@aggTrade`,
					data: tradeAt(symbol, a),
				});
				for (const socket of sockets.stillOpen) {
					if (frozen.has(socket)) continue;
					socket.frame(frame);
					if (random() < 0.000_1) socket.frame(frame);
				}
			}
		}
		for (const socket of sockets.stillOpen) if (!frozen.has(socket)) socket.pulse();
		if (cutAt.has(step)) {
			const kind = random();
			if (kind < 0.2) for (const socket of sockets.stillOpen) frozen.add(socket);
			else for (const socket of sockets.stillOpen) socket.end();
			if (kind > 0.6) refusals = Math.floor(random() * 6);
			if (kind > 0.8) historyFails = Math.floor(random() * 4);
			if (kind > 0.95)
				for (const symbol of SYMBOLS) forgotten.set(symbol, (next.get(symbol) ?? 1) + 20);
		}
		await clock.advance(STEP_MS);
		sockets.forgetEnded();
		mostSockets = Math.max(mostSockets, sockets.stillOpen.length);
	}
	await clock.advance(180_000);
	stop.abort();
	await running;
	return { sink, next, clock, sockets, mostSockets };
}

describe('a day of feed', () => {
	it('gives every trade once, in order, or reports it missing, whatever is cut, frozen, lost or refused', async () => {
		const { sink, next, clock, sockets, mostSockets } = await playDay(20_261_124, 200);
		const missing = new Map<string, Uint8Array>(
			SYMBOLS.map((symbol) => [symbol, new Uint8Array(2_000_000)]),
		);
		let told = 0;
		for (const report of sink.reportsOf('missing')) {
			for (const { symbol, from, to, count } of report.missing ?? []) {
				expect(count).toBe(to - from);
				missing.get(symbol)?.fill(1, from, to);
				told += count;
			}
		}
		const wrong: string[] = [];
		let happened = 0;
		for (const symbol of SYMBOLS) {
			const end = next.get(symbol) ?? 0;
			happened += end - 1;
			const given = sink.given.get(symbol) ?? new Uint8Array();
			const first = given.indexOf(1);
			expect(first).toBe(1);
			for (let a = first; a < end; a += 1) {
				const times = (given[a] ?? 0) + (missing.get(symbol)?.[a] ?? 0);
				if (times !== 1)
					wrong.push(`${symbol} ${a}: given ${given[a]}, missing ${missing.get(symbol)?.[a]}`);
			}
		}
		expect(wrong.slice(0, 10)).toEqual([]);
		expect(happened).toBeGreaterThanOrEqual(1_000_000);
		expect(sink.total + told).toBe(happened);
		expect(told).toBeGreaterThan(0);
		expect(sink.flagged).toBeGreaterThan(0);
		expect(sink.disorder).toBe(0);
		// One report when it's down and one when it's back, not one for each attempt.
		const outages = sink.reportsOf('down');
		const backs = sink
			.reportsOf('back')
			.filter(({ since }) => outages.some((down) => down.since === since));
		expect(outages.length).toBeGreaterThan(100);
		expect(backs).toHaveLength(outages.length);
		// Two only while one replaces the other; none, and no timer, after the end.
		expect(mostSockets).toBeLessThanOrEqual(2);
		expect([sockets.stillOpen.length, clock.waiting]).toEqual([0, 0]);
	}, 120_000);
});
