import type { FactReader, FactReading } from '../FactSheet';
import type { FactRef, MissingReason } from '../model';
import type { Observation } from '../Observation';
import { parseInstant } from '../../market';
import type { EpochMs } from '../../ports';
import { readPath } from '../readPath';
import { Instrument, type InstrumentState, type Split } from './Instrument';
import { planFact } from './plan';
import { readTime } from './readTime';

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
	/** The event is the first after a split: values before it are in other units. */
	readonly justSplit: boolean;
	/** The candle of an interval the event lies in, and whether the event closed one; without an interval, the event itself. */
	candleOf(intervalMs: number | undefined): { startAt: EpochMs; closed: boolean } | undefined;
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
		return new SightOf(observation, instrument, (symbol) => this.find(symbol));
	}

	/** What must be kept, by symbol in upper case: of every instrument that more is asked of than its event. */
	*snapshots(): Generator<[symbol: string, state: InstrumentState]> {
		for (const [symbol, instrument] of this.instruments) {
			if (instrument.hasHistory) yield [symbol, instrument.snapshot()];
		}
	}

	private find(symbol: string): Instrument {
		const key = symbol.toUpperCase();
		const known = this.instruments.get(key);
		if (known !== undefined) return known;
		const made = new Instrument(
			askedOf(key, this.askers),
			this.splits.get(key) ?? [],
			this.states(key),
		);
		this.instruments.set(key, made);
		return made;
	}
}

class SightOf implements Sight {
	readonly justSplit: boolean;

	constructor(
		private readonly observation: Observation,
		private readonly own: Instrument,
		private readonly find: (symbol: string) => Instrument,
	) {
		this.justSplit = own.hasJustSplit;
	}

	read(ref: FactRef): FactReading {
		const plan = planFact(ref);
		const { facts, eventAt, symbol } = this.observation;
		if (plan.kind === 'time') {
			// A column of the item goes before a fact of the same name, unless parameters say it's the fact.
			return hasParams(ref) || facts.raw(ref.fact) === undefined
				? readTime(ref, eventAt)
				: facts.read(ref);
		}
		const other = otherThan(symbol, ref);
		if (other === undefined) {
			const doubt = this.doubt();
			if (doubt !== undefined) return { missing: doubt };
		}
		if (plan.kind === 'column') {
			if (other === undefined) return facts.read(ref);
			const asked = this.find(other);
			return asked.wasSeen ? asked.sheet.read(ref) : { missing: 'warmingUp' };
		}
		if (!hasParams(ref) && facts.raw(ref.fact) !== undefined) return facts.read(ref);
		const instrument = other === undefined ? this.own : this.find(other);
		const reading = instrument.read(plan, ref.fact);
		if ('missing' in reading || ref.path === undefined) return reading;
		return { value: readPath(reading.value, ref.path) };
	}

	candleOf(intervalMs: number | undefined): { startAt: EpochMs; closed: boolean } | undefined {
		if (intervalMs !== undefined) return this.own.candleOf(intervalMs);
		const { facts, eventAt } = this.observation;
		const startAt = parseInstant(facts.raw('startAt')) ?? eventAt;
		return { startAt, closed: facts.raw('closed') !== false };
	}

	/** Why nothing of this event may be used. */
	private doubt(): MissingReason | undefined {
		const { quality } = this.observation;
		if (quality.includes('implausible')) return 'invalid';
		return quality.includes('stale') ? 'stale' : undefined;
	}
}

const hasParams = ({ params }: FactRef): boolean =>
	params !== undefined && Object.keys(params).length > 0;

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
