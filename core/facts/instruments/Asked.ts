import type { FactRef } from '../model';
import { planFact } from './plan';

/** Who will ask what: rules, or whatever else needs facts. */
export type Asker = {
	/** In upper case; `undefined` for every instrument. */
	readonly symbols: ReadonlySet<string> | undefined;
	readonly facts: readonly FactRef[];
};

type Counted = { readonly ref: FactRef; count: number };
type Counts = Map<string, Counted>;

/**
 * The facts that are asked of each instrument and take more than its present event, and how many ask for
 * each. Who asks for fields of the event only leaves no trace here.
 */
export class Asked {
	/** Of single instruments, by symbol in upper case. */
	private readonly single = new Map<string, Counts>();

	private readonly everywhere: Counts = new Map();

	/** The instruments of which something else is asked now; `undefined` for all of them. */
	add(asker: Asker): ReadonlySet<string> | undefined {
		return this.change(asker, (counts, ref) => {
			const key = keyOf(ref);
			const known = counts.get(key);
			if (known !== undefined) known.count += 1;
			else counts.set(key, { ref, count: 1 });
			return known === undefined;
		});
	}

	remove(asker: Asker): ReadonlySet<string> | undefined {
		return this.change(asker, (counts, ref) => {
			const known = counts.get(keyOf(ref));
			if (known === undefined) return false;
			known.count -= 1;
			return known.count === 0 && counts.delete(keyOf(ref));
		});
	}

	of(symbol: string): FactRef[] {
		const own = this.single.get(symbol)?.values() ?? [];
		return [...own, ...this.everywhere.values()].map(({ ref }) => ref);
	}

	private change(
		{ symbols, facts }: Asker,
		count: (counts: Counts, ref: FactRef) => boolean,
	): ReadonlySet<string> | undefined {
		const changed = new Set<string>();
		let everywhere = false;
		for (const ref of facts) {
			const named = ref.params?.['symbol'];
			if (typeof named !== 'string' && !isWorkedOut(ref)) continue;
			const of = typeof named === 'string' ? [named.toUpperCase()] : symbols;
			if (of === undefined) {
				everywhere = count(this.everywhere, ref) || everywhere;
				continue;
			}
			for (const symbol of of) {
				const counts = this.single.get(symbol) ?? new Map<string, Counted>();
				if (count(counts, ref)) changed.add(symbol);
				if (counts.size > 0) this.single.set(symbol, counts);
				else this.single.delete(symbol);
			}
		}
		return everywhere ? undefined : changed;
	}
}

/** The same for references that mean the same fact. */
export const keyOf = ({ fact, params = {}, path = '' }: FactRef): string =>
	JSON.stringify([fact, params, path]);

/** Whether a fact takes more than the event itself. */
export function isWorkedOut(ref: FactRef): boolean {
	const { kind } = planFact(ref);
	return kind !== 'column' && kind !== 'time';
}
