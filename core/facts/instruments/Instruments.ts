import { multiply, ownParams } from '../factor';
import type { FactReader, FactReading } from '../FactSheet';
import type { FactRef } from '../model';
import type { Observation } from '../Observation';
import type { EpochMs } from '../../ports';
import { readPath } from '../readPath';
import { countBefore, Instrument, type InstrumentState, type Split } from './Instrument';
import type { PresentCandle } from './LiveSeries';
import { planFact } from './plan';
import { readTime } from './readTime';
import { doubtOf, momentOf, unitsAt } from './toTick';

/** Who will ask what: rules, or whatever else needs facts. */
export type Asker = {
	/** In upper case; `undefined` for every instrument. */
	readonly symbols: ReadonlySet<string> | undefined;
	readonly facts: readonly FactRef[];
};

/** Splits by symbol in upper case. */
export type Splits = ReadonlyMap<string, readonly Split[]>;

/** What is known at one event: of its instrument, and of the others its rules ask for. */
export type Sight = FactReader & {
	/**
	 * How many splits lie behind the event and the last prices of the others that facts are asked of. Values
	 * from when there were fewer are in other units.
	 */
	splitsBehind(refs: readonly FactRef[]): number;
	/** The moment the event tells of: of a closed candle the last one in it. */
	readonly moment: EpochMs;
	/** The candle of an interval the event lies in; without an interval, the event itself. */
	candleOf(intervalMs: number | undefined): PresentCandle | undefined;
};

/**
 * The instruments events are about, with all the history their facts need: each indicator is worked out
 * once per instrument and event, whoever asks for it.
 */
export class Instruments {
	private readonly instruments = new Map<string, Instrument>();

	/** @param states what was kept, by symbol in upper case */
	constructor(
		private readonly askers: readonly Asker[],
		private readonly splits: Splits = new Map(),
		private readonly states: (symbol: string) => InstrumentState | undefined = () => undefined,
	) {}

	/** Takes an event in. What is seen is so until the next event of any instrument. */
	observe(observation: Observation): Sight {
		const instrument = this.find(observation.symbol);
		instrument.observe(observation);
		return new SightOf(observation, instrument, this.splitsOf(observation.symbol), (symbol) =>
			this.find(symbol),
		);
	}

	/** What must be kept, by symbol in upper case: of every instrument that more is asked of than its event. */
	*snapshots(): Generator<[symbol: string, state: InstrumentState]> {
		for (const [symbol, instrument] of this.instruments) {
			if (instrument.hasHistory) yield [symbol, instrument.snapshot()];
		}
	}

	/** Whether more is asked of an instrument than its event, so that it must be kept. */
	keeps(symbol: string): boolean {
		return this.find(symbol).hasHistory;
	}

	/** What must be kept of one instrument. */
	snapshot(symbol: string): InstrumentState {
		return this.find(symbol).snapshot();
	}

	private find(symbol: string): Instrument {
		const key = symbol.toUpperCase();
		const known = this.instruments.get(key);
		if (known !== undefined) return known;
		const made = new Instrument(askedOf(key, this.askers), this.splitsOf(symbol), this.states(key));
		this.instruments.set(key, made);
		return made;
	}

	private splitsOf(symbol: string): readonly Split[] {
		return this.splits.get(symbol.toUpperCase()) ?? [];
	}
}

class SightOf implements Sight {
	constructor(
		private readonly observation: Observation,
		private readonly own: Instrument,
		private readonly splits: readonly Split[],
		private readonly find: (symbol: string) => Instrument,
	) {}

	read(ref: FactRef): FactReading {
		return multiply(this.readOnce(ref), ref);
	}

	get moment(): EpochMs {
		return momentOf(this.observation);
	}

	candleOf(intervalMs: number | undefined): PresentCandle | undefined {
		if (intervalMs !== undefined) return this.own.candleOf(intervalMs);
		const startAt = unitsAt(this.observation);
		const isRunning = this.observation.facts.raw('closed') === false;
		return isRunning ? { startAt } : { startAt, lastMoment: this.moment };
	}

	splitsBehind(refs: readonly FactRef[]): number {
		const { symbol } = this.observation;
		const others = new Set(refs.flatMap((ref) => otherThan(symbol, ref)?.toUpperCase() ?? []));
		// The event's own time says it: an instrument of which only prices are asked keeps no history.
		return [...others].reduce(
			(sum, other) => sum + this.find(other).splitsBehind,
			countBefore(this.splits, unitsAt(this.observation)),
		);
	}

	private readOnce(ref: FactRef): FactReading {
		const plan = planFact(ref);
		const { facts, symbol } = this.observation;
		if (plan.kind === 'time') {
			// A column of the item goes before a fact of the same name, unless parameters say it's the fact.
			return hasParams(ref) || facts.raw(ref.fact) === undefined
				? readTime(ref, this.moment)
				: facts.read(ref);
		}
		const other = otherThan(symbol, ref);
		if (other === undefined) {
			const doubt = doubtOf(this.observation);
			if (doubt !== undefined) return { missing: doubt };
		}
		if (plan.kind === 'column') {
			return other === undefined ? facts.read(ref) : this.find(other).readLast(ref);
		}
		if (!hasParams(ref) && facts.raw(ref.fact) !== undefined) return facts.read(ref);
		const instrument = other === undefined ? this.own : this.find(other);
		const reading = instrument.read(plan, ref.fact);
		if ('missing' in reading || ref.path === undefined) return reading;
		return { value: readPath(reading.value, ref.path) };
	}
}

const hasParams = (ref: FactRef): boolean => Object.keys(ownParams(ref)).length > 0;

/** The other instrument a fact is asked of; a rule for all that names its own means itself. */
function otherThan(symbol: string, { params }: FactRef): string | undefined {
	const named = params?.['symbol'];
	if (typeof named !== 'string' || named.toUpperCase() === symbol.toUpperCase()) return undefined;
	return named;
}

/** The facts of one instrument that take more than its present event. */
function askedOf(symbol: string, askers: readonly Asker[]): FactRef[] {
	return askers.flatMap(({ symbols, facts }) =>
		facts.filter((ref) => {
			const named = ref.params?.['symbol'];
			if (typeof named === 'string') return named.toUpperCase() === symbol;
			return (symbols === undefined || symbols.has(symbol)) && isWorkedOut(ref);
		}),
	);
}

/** The instruments whose history is needed when there are events of these, all in upper case. */
export function instrumentsWithHistory(
	symbols: Iterable<string>,
	askers: readonly Asker[],
): ReadonlySet<string> {
	const named = askers.flatMap(({ facts }) =>
		facts.flatMap(({ params }) =>
			typeof params?.['symbol'] === 'string' ? [params['symbol'].toUpperCase()] : [],
		),
	);
	const withHistory = [...symbols]
		.map((symbol) => symbol.toUpperCase())
		.filter((symbol) =>
			askers.some(
				(asker) =>
					(asker.symbols === undefined || asker.symbols.has(symbol)) &&
					asker.facts.some((ref) => ref.params?.['symbol'] === undefined && isWorkedOut(ref)),
			),
		);
	return new Set([...named, ...withHistory]);
}

/** Whether a fact takes more than the event itself. */
function isWorkedOut(ref: FactRef): boolean {
	const { kind } = planFact(ref);
	return kind !== 'column' && kind !== 'time';
}
