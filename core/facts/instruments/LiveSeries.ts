import { CandleSeries, type Bar, type SeriesState, type Tick } from '../../market';
import { epochMs, type EpochMs } from '../../ports';
import type { FactReading } from '../FactSheet';
import type { Indicator, IndicatorKind, Params, Values } from '../indicators';
import { toTwelveDigits } from '../toNumber';
import { STREAK_DEPTH, type FactPlan, type SeriesNeed } from './plan';

/** The candle an event lies in. */
export type PresentCandle = {
	readonly startAt: EpochMs;
	/** Of the candle that the event closed; `undefined` when it closed none. */
	readonly lastMoment?: EpochMs;
};

/** The candles of one interval and every indicator asked for on them. */
export class LiveSeries {
	readonly candles: CandleSeries;

	/** Whether the last event closed a candle. */
	hasClosed = false;

	private readonly calculations: Map<string, Calculation>;

	private readonly intervalMs: number | undefined;

	constructor(
		{ intervalMs, depth }: SeriesNeed,
		plans: Iterable<FactPlan>,
		state: SeriesState | undefined,
	) {
		this.intervalMs = intervalMs;
		this.calculations = new Map(
			[...plans].flatMap((plan): Array<[string, Calculation]> =>
				plan.kind === 'indicator'
					? [[plan.key, new Calculation(plan.indicator, plan.params, plan.running)]]
					: [],
			),
		);
		this.candles = new CandleSeries(intervalMs, depth, state);
		this.candles.follow({
			onClosed: (bar) => {
				this.hasClosed = true;
				this.each((calculation) => calculation.close(bar));
			},
			onRunning: (bar) => this.each((calculation) => calculation.run(bar)),
			onTrimmed: (bars, balance) => this.each((calculation) => calculation.restart(bars, balance)),
		});
	}

	add(tick: Tick): void {
		this.hasClosed = false;
		this.candles.add(tick);
	}

	/** The candle the last event lies in. */
	get present(): PresentCandle | undefined {
		const last = this.candles.bars.at(-1);
		const { startAt } = this.candles.running ?? last ?? {};
		if (startAt === undefined) return undefined;
		if (!this.hasClosed || last === undefined) return { startAt };
		return { startAt, lastMoment: epochMs(last.startAt + (this.intervalMs ?? 1) - 1) };
	}

	candle({ part, running }: Extract<FactPlan, { kind: 'candle' }>): FactReading {
		const last = this.candles.bars.at(-1);
		// Between two candles none is running; the one that has just closed is the newest then.
		const bar = running ? (this.candles.running ?? last) : last;
		if (bar === undefined) return { missing: 'warmingUp' };
		return bar[part] === null ? { missing: 'notOffered' } : { value: bar[part] };
	}

	indicator({ key, part, indicator }: Extract<FactPlan, { kind: 'indicator' }>): FactReading {
		const { bars, running } = this.candles;
		const newest = running ?? bars.at(-1);
		if (indicator.needsVolume === true && newest?.volume === null) return { missing: 'notOffered' };
		const value = this.calculations.get(key)?.values?.[part];
		if (value === undefined) return { missing: 'warmingUp' };
		if (typeof value === 'string') return { value };
		return Number.isFinite(value) ? { value: toTwelveDigits(value) } : { missing: 'invalid' };
	}

	/** How many candles in a row closed higher, or lower, than the one before; 100 at most. */
	streak(rising: boolean): FactReading {
		// However many are kept for others, the answer is the same.
		const bars = this.candles.bars.slice(-STREAK_DEPTH);
		if (bars.length < 2) return { missing: 'warmingUp' };
		let count = 0;
		for (let at = bars.length - 1; at > 0; at -= 1) {
			const change = (bars[at]?.close ?? 0) - (bars[at - 1]?.close ?? 0);
			if (rising ? change <= 0 : change >= 0) break;
			count += 1;
		}
		return { value: count };
	}

	private each(tell: (calculation: Calculation) => void): void {
		for (const calculation of this.calculations.values()) tell(calculation);
	}
}

/** One indicator on a series: over its closed candles, or with the running one on top. */
class Calculation {
	values: Values;

	private indicator: Indicator;

	/** The last candle it was fed is still running. */
	private open = false;

	constructor(
		private readonly kind: IndicatorKind,
		private readonly params: Params,
		private readonly withRunning: boolean,
	) {
		this.indicator = kind.create(params, 0);
	}

	restart(bars: readonly Bar[], balance: number): void {
		this.indicator = this.kind.create(this.params, balance);
		this.values = undefined;
		this.open = false;
		for (const bar of bars) this.close(bar);
	}

	close(bar: Bar): void {
		this.values = this.indicator.update(bar, this.open);
		this.open = false;
	}

	run(bar: Bar): void {
		if (!this.withRunning) return;
		this.values = this.indicator.update(bar, this.open);
		this.open = true;
	}
}
