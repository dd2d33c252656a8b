import { epochMs, type EpochMs } from '../../ports';
import { SeenLog, splitBar, type Bar, type SeenEvents, type SeriesState } from '../../market';
import type { FactReader, FactReading } from '../FactSheet';
import type { FactRef, MissingReason } from '../model';
import type { Observation } from '../Observation';
import { readPath } from '../readPath';
import { toTwelveDigits } from '../toNumber';
import { LiveSeries, type PresentCandle } from './LiveSeries';
import { planFact, type FactPlan } from './plan';
import { TimeWindow, type WindowState } from './TimeWindow';
import { doubtOf, liesWithin, toTick, unitsAt } from './toTick';

/** What is kept about one instrument between events. Plain JSON. */
export type InstrumentState = {
	readonly seen: SeenEvents;
	/** Events without an id that it took in. */
	readonly unnamed?: number;
	readonly lastEventAt?: EpochMs;
	/** Beginning of the last candle or time of the last price, which splits are measured against. */
	readonly lastTickAt?: EpochMs;
	readonly price?: number;
	/** Why nothing of the last event may be used. */
	readonly doubt?: MissingReason;
	/** By interval in milliseconds; `event` where each event is a candle. */
	readonly series: Readonly<Record<string, SeriesState & { readonly depth: number }>>;
	/** By span in milliseconds. */
	readonly windows: Readonly<Record<string, WindowState>>;
	/** The fields other instruments' rules ask for, as they were last read. */
	readonly latest: Readonly<Record<string, FactReading>>;
};

/** Candles of one length that an instrument's facts are made of. */
export type CandleNeed = {
	/** `undefined` where each event is a candle. */
	readonly intervalMs: number | undefined;
	/** So many make every fact what it would be with all there ever were. */
	readonly depth: number;
	/** Closed ones there are already. */
	readonly known: number;
	/** The facts that are made of them. */
	readonly facts: readonly FactRef[];
};

/** What a source's history says of the candles of one length. */
export type PastCandles = {
	/** As the need has it. */
	readonly intervalMs: number | undefined;
	/** How long they are. */
	readonly lengthMs: number;
	/** Closed ones, the oldest first. */
	readonly bars: readonly Bar[];
	/** The one that ran, and when it looked like that. */
	readonly running?: { readonly bar: Bar; readonly at: EpochMs };
};

/** A share split: from `at` on there are `ratio` new shares for each old one. */
export type Split = { readonly at: EpochMs; readonly ratio: number };

/**
 * What an instrument makes of an event: takes it in as `new`; leaves it out as one it has seen before, or one
 * that comes late; begins `anew` with the first of another history.
 */
export type Intake = 'new' | 'anew' | 'seenBefore' | 'late';

/** One instrument: its candles, its windows, and the facts that follow from them. */
export class Instrument {
	private seen: SeenLog;

	/** How many events without an id it took in: their number is what they're called. */
	unnamed: number;

	private lastEventAt: EpochMs | undefined;

	private lastTickAt: EpochMs | undefined;

	private latest: FactReader;

	private doubt: MissingReason | undefined;

	private price: number | undefined;

	private series = NO_SERIES;

	private windows = NO_WINDOWS;

	/** What the history says and events haven't reached yet. */
	private past: PastCandles[] | undefined;

	/** @param refs every fact that will be asked of it, beyond the fields of its present event */
	constructor(
		private refs: readonly FactRef[],
		private readonly splits: readonly Split[],
		state: InstrumentState | undefined,
	) {
		this.seen = new SeenLog(state?.seen);
		this.unnamed = state?.unnamed ?? 0;
		this.latest = asRead(state?.latest ?? {});
		this.begin(state);
	}

	/** Takes an event in, unless it was there before or comes late. */
	observe(observation: Observation): Intake {
		const intake = this.admit(observation);
		if (intake === 'new' || intake === 'anew') this.take(observation);
		return intake;
	}

	/** Other facts are asked of it from now on. */
	ask(refs: readonly FactRef[]): void {
		this.refs = refs;
		// Before its first event nothing was fed that somebody may ask for again.
		this.begin(this.lastEventAt === undefined ? undefined : this.snapshot());
	}

	/** The candles its facts are made of. */
	needs(): CandleNeed[] {
		const refs = new Map(this.refs.map((ref) => [planFact(ref), ref]));
		return [...bySeries([...refs.keys()])].map(([key, plans]) => ({
			intervalMs: key === EACH_EVENT ? undefined : Number(key),
			depth: Math.max(...plans.map(({ series }) => series.depth)),
			known: this.series.get(key)?.candles.bars.length ?? 0,
			facts: plans.flatMap((plan) => refs.get(plan) ?? []),
		}));
	}

	/**
	 * Takes in what a source's history says. It's looked at with the next events only: of each the candles
	 * that were over by then, so that nothing is known before its time, and nothing changes between events.
	 */
	fill(past: PastCandles): void {
		this.past = [...(this.past ?? []), past];
	}

	private admit({ eventAt, eventId, quality }: Observation): Intake {
		if (this.series.size > 0) {
			for (const series of this.series.values()) series.hasClosed = false;
		}
		const met = eventId === undefined ? 'new' : this.seen.meet(eventId);
		if (met === 'seen') return 'seenBefore';
		const isOlder = this.lastEventAt !== undefined && eventAt < this.lastEventAt;
		// A tape that begins before the last event is another history.
		const isAnew = isOlder && met === 'newStream';
		const isLate = !isAnew && (isOlder || (quality.length > 0 && quality.includes('late')));
		if (isLate) return 'late';
		if (isAnew) {
			this.past = undefined;
			this.begin(undefined);
		}
		if (eventId === undefined) this.unnamed += 1;
		else this.seen.add(eventId);
		this.lastEventAt = eventAt;
		return isAnew ? 'anew' : 'new';
	}

	private take(observation: Observation): void {
		const { eventAt, facts } = observation;
		this.doubt = doubtOf(observation);
		if (this.doubt !== undefined) return;
		this.latest = facts;
		// Nothing is asked of it but what its events say themselves.
		if (this.refs.length === 0 && this.series.size === 0 && this.windows.size === 0) return;
		const tick = toTick(facts, eventAt);
		if (tick === undefined) return;
		const beginsAt = unitsAt(observation);
		if (this.past !== undefined) this.takePast(this.past, beginsAt);
		this.adjustForSplits(beginsAt);
		const price = 'bar' in tick ? tick.bar.close : tick.price;
		this.price = price;
		for (const series of this.series.values()) series.add(tick);
		for (const [overMs, window] of this.windows) {
			window.add(eventAt, price, liesWithin(tick, overMs) ? tick.bar : undefined);
		}
	}

	/** A fact that is worked out from history. */
	read(plan: Exclude<FactPlan, { kind: 'column' | 'time' }>, fact: string): FactReading {
		if (plan.kind === 'span') return this.readSpan(plan.overMs, fact);
		const series = this.series.get(keyOf(plan.series.intervalMs));
		if (series === undefined) return { missing: 'warmingUp' };
		switch (plan.kind) {
			case 'candle':
				return series.candle(plan);
			case 'indicator':
				return series.indicator(plan);
			case 'streak':
				return series.streak(plan.rising);
			case 'candles':
				return this.readCandles(series, plan.last, fact);
		}
	}

	/** The candle the last event lies in. */
	candleOf(intervalMs: number): PresentCandle | undefined {
		return this.series.get(keyOf(intervalMs))?.present;
	}

	/** What it has seen, and the time of its last event. */
	get marks(): { readonly seen: SeenEvents; readonly lastEventAt: EpochMs | undefined } {
		return { seen: this.seen.state, lastEventAt: this.lastEventAt };
	}

	get hasHistory(): boolean {
		return this.refs.length > 0;
	}

	/** A field as its last event had it. */
	readLast(ref: FactRef): FactReading {
		if (this.lastEventAt === undefined) return { missing: 'warmingUp' };
		return this.doubt === undefined ? this.latest.read(ref) : { missing: this.doubt };
	}

	/** How many splits lie behind its last price. */
	get splitsBehind(): number {
		return this.lastTickAt === undefined ? 0 : countBefore(this.splits, this.lastTickAt);
	}

	snapshot(): InstrumentState {
		const columns = this.refs.filter((ref) => planFact(ref).kind === 'column');
		return {
			seen: this.seen.state,
			...(this.unnamed === 0 ? {} : { unnamed: this.unnamed }),
			...(this.lastEventAt === undefined ? {} : { lastEventAt: this.lastEventAt }),
			...(this.lastTickAt === undefined ? {} : { lastTickAt: this.lastTickAt }),
			...(this.price === undefined ? {} : { price: this.price }),
			...(this.doubt === undefined ? {} : { doubt: this.doubt }),
			series: Object.fromEntries(
				[...this.series].map(([key, { candles }]) => [
					key,
					{ depth: candles.depth, ...candles.snapshot() },
				]),
			),
			windows: Object.fromEntries(
				[...this.windows].flatMap(([overMs, window]) => {
					const kept = window.snapshot();
					return kept === undefined ? [] : [[overMs, kept]];
				}),
			),
			latest: Object.fromEntries(columns.map(({ fact }) => [fact, this.latest.read({ fact })])),
		};
	}

	private begin(state: InstrumentState | undefined): void {
		this.lastEventAt = state?.lastEventAt;
		this.lastTickAt = state?.lastTickAt;
		this.price = state?.price;
		this.doubt = state?.doubt;
		this.series = NO_SERIES;
		this.windows = NO_WINDOWS;
		if (this.refs.length === 0 && isBare(state)) return;
		this.series = new Map();
		this.windows = new Map();
		const plans = this.refs.map(planFact);
		const wanted = bySeries(plans);
		// What another rule of the node asked for before goes on being fed, so that it has no holes.
		const kept = Object.keys(state?.series ?? {}).filter((key) => !wanted.has(key));
		for (const key of kept.slice(0, MAX_UNASKED)) wanted.set(key, []);
		for (const [key, of] of wanted) {
			const stored = state?.series[key];
			const depth = Math.max(2, stored?.depth ?? 0, ...of.map((plan) => plan.series.depth));
			const intervalMs = key === EACH_EVENT ? undefined : Number(key);
			this.series.set(key, new LiveSeries({ intervalMs, depth }, of, stored));
		}
		const spans = plans.flatMap((plan) => (plan.kind === 'span' ? [plan.overMs] : []));
		const before = Object.keys(state?.windows ?? {}).map(Number);
		const unasked = before.filter((overMs) => !spans.includes(overMs)).slice(0, MAX_UNASKED);
		for (const overMs of new Set([...spans, ...unasked])) {
			this.windows.set(overMs, new TimeWindow(overMs, state?.windows[overMs]));
		}
	}

	private takePast(past: readonly PastCandles[], at: EpochMs): void {
		const left = past.flatMap((one): PastCandles[] => {
			const { intervalMs, lengthMs, bars, running } = one;
			const series = this.series.get(keyOf(intervalMs))?.candles;
			if (series === undefined) return [];
			const isOver = ({ startAt }: Bar) => startAt + lengthMs <= at;
			const hasRun = running !== undefined && running.at <= at;
			series.fill(bars.filter(isOver).map((bar) => this.inUnitsOf(bar, at)));
			if (hasRun) series.begin(this.inUnitsOf(running.bar, at));
			const rest = bars.filter((bar) => !isOver(bar));
			if (rest.length === 0 && (hasRun || running === undefined)) return [];
			return [{ intervalMs, lengthMs, bars: rest, ...(running && !hasRun ? { running } : {}) }];
		});
		this.past = left.length === 0 ? undefined : left;
	}

	/** A bar of the history in the shares of the last price; the split between that and this event is to come. */
	private inUnitsOf(bar: Bar, at: EpochMs): Bar {
		const until = this.lastTickAt ?? at;
		const ratio = this.splits
			.filter((split) => split.at > bar.startAt && split.at <= until)
			.reduce((product, split) => product * split.ratio, 1);
		return ratio === 1 ? bar : splitBar(bar, ratio);
	}

	private adjustForSplits(tickAt: EpochMs): void {
		const since = this.lastTickAt ?? tickAt;
		this.lastTickAt = epochMs(Math.max(since, tickAt));
		for (const { at, ratio } of this.splits) {
			if (at <= since || at > tickAt) continue;
			for (const { candles } of this.series.values()) candles.split(ratio);
			for (const window of this.windows.values()) window.split(ratio);
		}
	}

	private readSpan(overMs: number, fact: string): FactReading {
		const window = this.windows.get(overMs);
		if (fact === 'highest' || fact === 'lowest') return known(window?.[fact]);
		return this.compare(window?.first, fact);
	}

	private readCandles({ candles }: LiveSeries, last: number, fact: string): FactReading {
		const bars = candles.before(last);
		if (bars.length < last) return { missing: 'warmingUp' };
		if (fact === 'highest') return { value: Math.max(...bars.map(({ high }) => high)) };
		if (fact === 'lowest') return { value: Math.min(...bars.map(({ low }) => low)) };
		return this.compare(bars[0]?.close, fact);
	}

	/** The price now against an earlier one. */
	private compare(earlier: number | undefined, fact: string): FactReading {
		if (earlier === undefined || this.price === undefined) return { missing: 'warmingUp' };
		const move = this.price - earlier;
		if (fact === 'move') return { value: toTwelveDigits(move) };
		return earlier === 0
			? { missing: 'invalid' }
			: { value: toTwelveDigits((move / earlier) * 100) };
	}
}

/** Of instruments that nothing is asked of; nobody writes into them. */
const NO_SERIES = new Map<string, LiveSeries>();
const NO_WINDOWS = new Map<number, TimeWindow>();

const isBare = (state: InstrumentState | undefined): boolean =>
	state === undefined ||
	(Object.keys(state.series).length === 0 && Object.keys(state.windows).length === 0);

export const countBefore = (splits: readonly Split[], at: EpochMs): number =>
	splits.filter((split) => split.at <= at).length;

/** Fields as they were read once. */
const asRead = (kept: InstrumentState['latest']): FactReader => ({
	read({ fact, path }) {
		const reading = kept[fact] ?? { missing: 'warmingUp' };
		if ('missing' in reading || path === undefined) return reading;
		const value = readPath(reading.value, path);
		return value === undefined || value === null ? { missing: 'notOffered' } : { value };
	},
});

const known = (value: number | undefined): FactReading =>
	value === undefined ? { missing: 'warmingUp' } : { value };

const EACH_EVENT = 'event';
/** Intervals and spans that are kept though nobody asks for them now. */
const MAX_UNASKED = 8;

const keyOf = (intervalMs: number | undefined): string =>
	intervalMs === undefined ? EACH_EVENT : String(intervalMs);

function bySeries(plans: readonly FactPlan[]) {
	const groups = new Map<string, Array<Extract<FactPlan, { series: unknown }>>>();
	for (const plan of plans) {
		if (!('series' in plan)) continue;
		const key = keyOf(plan.series.intervalMs);
		groups.set(key, [...(groups.get(key) ?? []), plan]);
	}
	return groups;
}
