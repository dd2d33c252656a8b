import { epochMs, type Clock, type EpochMs, type Timer } from '../../../ports';
import { toEventId, toStream } from '../../eventId';
import type { Quote } from '../../model';
import type { FeedReport, Source, SourceSink } from '../../Source';
import {
	simulatedInstrument,
	type InstrumentSettings,
	type SimulatedInstrument,
} from './instruments';
import { SeededRandom, type RandomState } from './random';
import {
	demoMoves,
	isGap,
	isSilent,
	scriptedFactor,
	silenceNews,
	type ScriptedEvent,
} from './script';

export type SimulatedMarketSettings = {
	readonly seed: number;
	readonly symbols: readonly string[];
	/** Between two quotes of a symbol. */
	readonly intervalMs: number;
	readonly scenario: 'calm' | 'demo';
	readonly instruments: readonly InstrumentSettings[];
	readonly script: readonly ScriptedEvent[];
};

type Ports = { readonly clock: Clock; readonly timer: Timer };

/** What a simulated instrument has done today. */
type Day = {
	readonly price: number;
	readonly open: number;
	readonly high: number;
	readonly low: number;
	readonly previousClose: number;
	readonly volume: number;
};

/** Everything the rest of a play follows from. */
type SimulatedCursor = {
	readonly play: string;
	/** Steps done; in each, every symbol that isn't silent gives a quote. */
	readonly step: number;
	/** Quotes given. */
	readonly sequence: number;
	readonly lastAt: number;
	readonly random: RandomState;
	readonly days: Readonly<Record<string, Day>>;
};

const SOURCE = 'simulated';
const DAY_MS = 86_400_000;
/** How late a step may be and still have the time it was due at. */
const CAUGHT_UP_MS = 1_000;

/**
 * A market that makes itself up: each price a random walk from a seed, and scripted events on top. The
 * same settings give the same prices in the same order; only the times are the real ones.
 *
 * It waits for its sink, so it never gets ahead of the workflow; a resumed play goes on with the next step.
 */
export function createSimulatedMarket(
	settings: SimulatedMarketSettings,
	ports: Ports,
	start: { readonly cursor: unknown; readonly play: string },
): Source {
	const instruments = settings.symbols.map((symbol) =>
		simulatedInstrument(symbol, settings.instruments),
	);
	return {
		async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
			let state = isCursor(start.cursor, instruments)
				? start.cursor
				: begin(settings.seed, instruments, start.play, ports.clock.now());
			while (!signal.aborted) {
				const at = nextAt(state, settings.intervalMs, ports.clock.now());
				const step = advanceMarket(state, settings, instruments, at, ports.clock.now());
				for (const report of step.reports) sink.report(report);
				state = step.cursor;
				if (step.quotes.length > 0) await sink.accept(step.quotes, state);
				const wait = state.lastAt + settings.intervalMs - ports.clock.now();
				await ports.timer.sleep(Math.max(wait, 0), signal);
			}
		},
	};
}

/** One step of the whole market. Pure. */
function advanceMarket(
	cursor: SimulatedCursor,
	settings: SimulatedMarketSettings,
	instruments: readonly SimulatedInstrument[],
	at: EpochMs,
	receivedAt: EpochMs,
) {
	const { intervalMs } = settings;
	const fromMs = (cursor.step - 1) * intervalMs;
	const toMs = cursor.step * intervalMs;
	const script =
		settings.scenario === 'demo' ? [...settings.script, ...demoMoves(toMs)] : settings.script;
	const random = SeededRandom.resume(cursor.random);
	const days: Record<string, Day> = {};
	const quotes: Quote[] = [];
	let { sequence } = cursor;
	for (const instrument of instruments) {
		const { symbol } = instrument;
		const today = cursor.days[symbol] ?? beginDay(instrument);
		const walked = cursor.step === 0 ? 1 : walk(instrument, intervalMs, random.normal());
		const price = roundTo(
			today.price * walked * scriptedFactor(script, symbol, fromMs, toMs),
			instrument.tick,
		);
		const size = Math.ceil(random.next() * 400);
		const day = foldDay(today, price, size);
		days[symbol] = day;
		if (isSilent(script, symbol, toMs)) continue;
		sequence += 1;
		quotes.push(
			toQuote(instrument, day, {
				eventId: toEventId(toStream(SOURCE, String(settings.seed), cursor.play), sequence),
				eventAt: at,
				receivedAt,
				quality: isGap(script, symbol, fromMs, toMs) ? ['gapBefore'] : [],
			}),
		);
	}
	const next: SimulatedCursor = {
		play: cursor.play,
		step: cursor.step + 1,
		sequence,
		lastAt: at,
		random: random.state,
		days,
	};
	return { cursor: next, quotes, reports: reportSilences(script, fromMs, toMs, at) };
}

function reportSilences(
	script: readonly ScriptedEvent[],
	fromMs: number,
	toMs: number,
	at: EpochMs,
): FeedReport[] {
	const { begin: began, end } = silenceNews(script, fromMs, toMs);
	const symbols = (event: ScriptedEvent) =>
		event.symbol === '*' ? {} : { symbols: [event.symbol] };
	return [
		...began.map((event): FeedReport => ({
			kind: 'silent',
			source: SOURCE,
			at,
			since: at,
			reason: `No quotes of ${event.symbol === '*' ? 'any symbol' : event.symbol} come, as the script has it.`,
			...symbols(event),
		})),
		...end.map((event): FeedReport => ({
			kind: 'back',
			source: SOURCE,
			at,
			since: epochMs(at - ('forMs' in event ? event.forMs : 0)),
			reason: `Quotes of ${event.symbol === '*' ? 'all symbols' : event.symbol} come again.`,
			...symbols(event),
		})),
	];
}

/**
 * The next step's time: an interval after the last. What is a little late is caught up with, so that there are as many
 * quotes as the interval says; what is later (after a restart) isn't made up for.
 */
function nextAt({ step, lastAt }: SimulatedCursor, intervalMs: number, now: EpochMs): EpochMs {
	const due = lastAt + intervalMs;
	return epochMs(step === 0 || now - due > CAUGHT_UP_MS ? now : due);
}

/** One step of geometric Brownian motion. */
function walk(instrument: SimulatedInstrument, intervalMs: number, normal: number): number {
	const days = intervalMs / DAY_MS;
	const deviation = (instrument.volatilityPercent / 100) * Math.sqrt(days);
	const drift = Math.log(1 + instrument.driftPercent / 100) * days;
	return Math.exp(drift - deviation ** 2 / 2 + deviation * normal);
}

function beginDay({ startPrice, tick }: SimulatedInstrument): Day {
	const price = roundTo(startPrice, tick);
	const previousClose = roundTo(startPrice * 1.002, tick);
	return { price, open: price, high: price, low: price, previousClose, volume: 0 };
}

const foldDay = (day: Day, price: number, size: number): Day => ({
	...day,
	price,
	high: Math.max(day.high, price),
	low: Math.min(day.low, price),
	volume: day.volume + size,
});

function toQuote(
	instrument: SimulatedInstrument,
	day: Day,
	event: Pick<Quote, 'eventId' | 'eventAt' | 'receivedAt' | 'quality'>,
): Quote {
	const { symbol, tick, peRatio, startPrice } = instrument;
	const change = day.price - day.previousClose;
	return {
		type: 'quote',
		source: SOURCE,
		symbol,
		providerSymbol: symbol,
		...event,
		price: day.price,
		bid: roundTo(day.price - tick, tick),
		ask: roundTo(day.price + tick, tick),
		open: day.open,
		high: day.high,
		low: day.low,
		previousClose: day.previousClose,
		change: roundTo(change, tick),
		changePercent: Number(((change / day.previousClose) * 100).toPrecision(6)),
		volume: day.volume,
		peRatio: peRatio === null ? null : Number(((peRatio * day.price) / startPrice).toPrecision(4)),
		session: 'regular',
	};
}

function begin(
	seed: number,
	instruments: readonly SimulatedInstrument[],
	play: string,
	now: EpochMs,
): SimulatedCursor {
	return {
		play,
		step: 0,
		sequence: 0,
		lastAt: now,
		random: SeededRandom.fromSeed(seed).state,
		days: Object.fromEntries(instruments.map((one) => [one.symbol, beginDay(one)])),
	};
}

/** A cursor of these instruments; anything else begins anew. */
function isCursor(
	value: unknown,
	instruments: readonly SimulatedInstrument[],
): value is SimulatedCursor {
	if (typeof value !== 'object' || value === null) return false;
	const { play, step, sequence, lastAt, random, days } = value as Partial<SimulatedCursor>;
	return (
		typeof play === 'string' &&
		[step, sequence, lastAt].every((number) => Number.isSafeInteger(number)) &&
		Array.isArray(random) &&
		random.length === 4 &&
		typeof days === 'object' &&
		days !== null &&
		instruments.every(({ symbol }) => Number.isFinite(days[symbol]?.price))
	);
}

/** Never zero: a price that rounds away stays at one tick. */
const roundTo = (value: number, tick: number): number =>
	Number((Math.round(value / tick) * tick || (value > 0 ? tick : 0)).toFixed(6));
