import { multiply, ownParams, withoutFactor } from '../factor';
import type { FactReader, FactReading } from '../FactSheet';
import type { FactRef } from '../model';
import type { Observation } from '../Observation';
import type { EpochMs } from '../../ports';
import { readPath } from '../readPath';
import { Asked, isWorkedOut, keyOf, type Asker } from './Asked';
import {
	countBefore,
	Instrument,
	type InstrumentState,
	type Intake,
	type Split,
} from './Instrument';
import type { PresentCandle } from './LiveSeries';
import { planFact } from './plan';
import { readTime } from './readTime';
import { doubtOf, momentOf, unitsAt } from './toTick';

/** Splits by symbol in upper case. */
export type Splits = ReadonlyMap<string, readonly Split[]>;

/** What is known at one event: of its instrument, and of the others its rules ask for. */
export type Sight = FactReader & {
	/** What the instrument made of the event. */
	readonly intake: Intake;
	/**
	 * How many splits lie behind the event and the last prices of the others that facts are asked of. Values
	 * from when there were fewer are in other units.
	 */
	splitsBehind(refs: readonly FactRef[]): number;
	/** The moment the event tells of: of a closed candle the last one in it. */
	readonly moment: EpochMs;
	/** The candle of an interval the event lies in; without an interval, the event itself. */
	candleOf(intervalMs: number | undefined): PresentCandle | undefined;
	/** The same facts for later, when other events have come: those of the event, and these. */
	keep(refs: readonly FactRef[]): FactReader;
};

/**
 * The instruments events are about, with all the history their facts need: each indicator is worked out
 * once per instrument and event, whoever asks for it.
 */
export class Instruments {
	private readonly instruments = new Map<string, Instrument>();

	private readonly asked = new Asked();

	/** @param states what was kept, by symbol in upper case */
	constructor(
		askers: readonly Asker[],
		private readonly splits: Splits = new Map(),
		private readonly states: (symbol: string) => InstrumentState | undefined = () => undefined,
	) {
		for (const asker of askers) this.asked.add(asker);
	}

	/** From now on somebody else asks, too. What nobody asked for before begins with the next event. */
	ask(asker: Asker): void {
		this.askAnew(this.asked.add(asker));
	}

	/** @param asker one that was asking */
	unask(asker: Asker): void {
		this.askAnew(this.asked.remove(asker));
	}

	/** Takes an event in. What is seen is so until the next event of any instrument. */
	observe(observation: Observation): Sight {
		const instrument = this.find(observation.symbol);
		return this.sightOf(observation, instrument, instrument.observe(observation));
	}

	/** What is known at an event its instrument has taken in. */
	sightOf(observation: Observation, instrument: Instrument, intake: Intake): Sight {
		const { symbol } = observation;
		return new SightOf(observation, intake, instrument, this.splitsOf(symbol), this.findAny);
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

	/** An instrument; nothing is known of one that was never seen. */
	find(symbol: string): Instrument {
		const key = symbol.toUpperCase();
		const known = this.instruments.get(key);
		if (known !== undefined) return known;
		const made = new Instrument(this.asked.of(key), this.splitsOf(symbol), this.states(key));
		this.instruments.set(key, made);
		return made;
	}

	private readonly findAny = (symbol: string): Instrument => this.find(symbol);

	private askAnew(symbols: Iterable<string> = this.instruments.keys()): void {
		for (const symbol of symbols) this.instruments.get(symbol)?.ask(this.asked.of(symbol));
	}

	private splitsOf(symbol: string): readonly Split[] {
		return this.splits.get(symbol.toUpperCase()) ?? [];
	}
}

class SightOf implements Sight {
	constructor(
		private readonly observation: Observation,
		readonly intake: Intake,
		private readonly own: Instrument,
		private readonly splits: readonly Split[],
		private readonly find: (symbol: string) => Instrument,
		/** Of facts that will have changed when they're read. */
		private readonly kept?: ReadonlyMap<string, FactReading>,
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

	keep(refs: readonly FactRef[]): FactReader {
		const { observation, intake, own, splits, find } = this;
		const changing = refs
			.map(withoutFactor)
			.filter((ref) => isWorkedOut(ref) || otherThan(observation.symbol, ref) !== undefined)
			.map((ref): [string, FactReading] => [keyOf(ref), this.readOnce(ref)]);
		return new SightOf(observation, intake, own, splits, find, new Map(changing));
	}

	private readOnce(ref: FactRef): FactReading {
		if (this.kept !== undefined && this.kept.size > 0) {
			const kept = this.kept.get(keyOf(withoutFactor(ref)));
			if (kept !== undefined) return kept;
		}
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
