import { parseDuration } from '../../ports';
import { findFact, type FactDefinition } from '../catalogue';
import { ownParams } from '../factor';
import { findKind, type IndicatorKind, type Params } from '../indicators';
import type { FactRef } from '../model';

/** How a fact is worked out. */
export type FactPlan =
	/** A field of the event, or of the last one of another instrument. */
	| { readonly kind: 'column' }
	| { readonly kind: 'time' }
	| {
			readonly kind: 'candle';
			readonly series: SeriesNeed;
			readonly running: boolean;
			readonly part: 'open' | 'high' | 'low' | 'close' | 'volume';
	  }
	| {
			readonly kind: 'indicator';
			readonly series: SeriesNeed;
			readonly running: boolean;
			/** The same for facts that share a calculation. */
			readonly key: string;
			readonly indicator: IndicatorKind;
			readonly params: Params;
			readonly part: string;
	  }
	| { readonly kind: 'candles'; readonly series: SeriesNeed; readonly last: number }
	| { readonly kind: 'streak'; readonly series: SeriesNeed; readonly rising: boolean }
	| { readonly kind: 'span'; readonly overMs: number };

/** Candles that must be kept: `intervalMs` undefined makes each event a candle. */
export type SeriesNeed = { readonly intervalMs: number | undefined; readonly depth: number };

/** How many candles a fact takes until it is known; `undefined` for one that isn't made of candles. */
export function candlesUntilKnown(plan: FactPlan): number | undefined {
	switch (plan.kind) {
		case 'indicator':
			return plan.indicator.warmUp(plan.params);
		case 'candles':
			return plan.last;
		case 'streak':
			return 2;
		case 'candle':
			return plan.running ? 0 : 1;
		default:
			return undefined;
	}
}

/** Most candles kept for one interval, before the older half goes. */
const MAX_DEPTH = 5_000;
/** Candles a streak is counted over at most. */
export const STREAK_DEPTH = 101;

const plans = new WeakMap<FactRef, FactPlan>();

/** How a fact of checked parameters is worked out. */
export function planFact(ref: FactRef): FactPlan {
	const known = plans.get(ref);
	if (known !== undefined) return known;
	const plan = makePlan(ref);
	plans.set(ref, plan);
	return plan;
}

/** Whether a fact is a field of the event as it is: nothing else has to be asked, and nothing worked out. */
export const isPlainField = (ref: FactRef): boolean =>
	ref.path === undefined &&
	Object.keys(ref.params ?? {}).length === 0 &&
	planFact(ref).kind === 'column';

function makePlan(ref: FactRef): FactPlan {
	const definition = findFact(ref.fact);
	if (definition === undefined) return { kind: 'column' };
	const given = ownParams(ref);
	// Without what it needs to be worked out it can only be a field of that name.
	if (lacksParams(definition, given)) return { kind: 'column' };
	const intervalMs = durationOf(given['interval']);
	const running = given['candle'] === 'running';
	const series = (depth: number): SeriesNeed => ({
		intervalMs,
		depth: Math.min(Math.max(depth, 2), MAX_DEPTH),
	});
	switch (definition.kind) {
		case 'time':
			return { kind: 'time' };
		case 'column':
			return intervalMs === undefined && !running
				? { kind: 'column' }
				: { kind: 'candle', series: series(2), running, part: partOf(ref.fact) };
		case 'indicator': {
			const indicator = findKind(ref.fact);
			if (indicator === undefined) throw new Error(`the catalogue names an unknown ${ref.fact}`);
			const params = paramsOf(definition, given);
			// How much of it is wanted makes no other calculation.
			const names = definition.params.map(({ name }) => name).filter((name) => name !== 'times');
			return {
				kind: 'indicator',
				series: series(indicator.depth(params, intervalMs)),
				running,
				key: JSON.stringify([Object.keys(indicator.facts)[0], names.map(params), running]),
				indicator,
				params,
				part: indicator.facts[ref.fact] ?? '',
			};
		}
		case 'window': {
			if (ref.fact === 'risingCount' || ref.fact === 'fallingCount') {
				return { kind: 'streak', series: series(STREAK_DEPTH), rising: ref.fact === 'risingCount' };
			}
			const overMs = durationOf(given['over']);
			if (overMs !== undefined) return { kind: 'span', overMs };
			const last = Number(given['last']);
			return { kind: 'candles', series: series(last + 1), last };
		}
	}
}

/** A required parameter, or for a window both the span of time and the number of candles. */
export function lacksParams(
	{ params }: FactDefinition,
	given: Readonly<Record<string, unknown>>,
): boolean {
	const isWindow = params.some(({ name }) => name === 'over');
	if (isWindow) return given['over'] === undefined && given['last'] === undefined;
	return params.some(({ name, required }) => required === true && given[name] === undefined);
}

/** Parameters as numbers, defaults filled in. */
const paramsOf =
	(definition: FactDefinition, given: Readonly<Record<string, unknown>>): Params =>
	(name) => {
		const fallback = definition.params.find((param) => param.name === name)?.default;
		const value = Number(given[name] ?? fallback);
		return Number.isFinite(value) ? value : 0;
	};

const durationOf = (value: unknown): number | undefined =>
	typeof value === 'string' ? parseDuration(value) : undefined;

const partOf = (fact: string) =>
	fact === 'open' || fact === 'high' || fact === 'low' || fact === 'volume' ? fact : 'close';
