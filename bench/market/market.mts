// A made-up market for the benchmarks of rules: quotes that walk around their opening price, and rules about them.

/** The same sequence at each run, 0 to 1. */
export function seededRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

export const symbolOf = (index: number): string => `SYM${index}`;
export const BEGINS_AT = 1_767_623_400_000;
/** Between two quotes of the market. */
export const STEP_MS = 2;

/** A walk of whole cents that is drawn back to where it opened, so that levels near it stay near. */
class Walk {
	readonly open: number;
	private cents: number;
	private readonly random: () => number;

	constructor(random: () => number) {
		this.random = random;
		this.open = 2_000 + Math.floor(random() * 48_000);
		this.cents = this.open;
	}

	next(): number {
		const noise = this.random() + this.random() + this.random() - 1.5;
		const pull = (this.open - this.cents) * 0.0005;
		this.cents += Math.round(this.open * 0.001 * noise + pull);
		return this.cents;
	}
}

/** Decoded events, as a source hands them over; each symbol in turn at random. */
export function makeQuotes(symbols: number, count: number, seed = 1) {
	const random = seededRandom(seed);
	const walks = Array.from({ length: symbols }, () => new Walk(random));
	const quotes = Array.from({ length: count }, (_, index) => {
		// The first round is one quote each, so that every instrument is known.
		const at = index < symbols ? index : Math.floor(random() * symbols);
		const walk = walks[at]!;
		const cents = walk.next();
		const eventAt = BEGINS_AT + index * STEP_MS;
		return {
			type: 'quote',
			source: 'simulated',
			symbol: symbolOf(at),
			providerSymbol: symbolOf(at),
			eventId: `simulated:bench~p#${index + 1}`,
			eventAt,
			receivedAt: eventAt,
			quality: [],
			price: cents / 100,
			bid: (cents - 1) / 100,
			ask: (cents + 1) / 100,
			open: walk.open / 100,
			high: null,
			low: null,
			previousClose: walk.open / 100,
			change: (cents - walk.open) / 100,
			changePercent: Math.round(((cents - walk.open) / walk.open) * 1e6) / 1e4,
			volume: null,
			peRatio: null,
			session: 'regular',
		};
	});
	return { quotes, opens: walks.map(({ open }) => open / 100) };
}
export type BenchQuote = ReturnType<typeof makeQuotes>['quotes'][number];

export type Level = {
	readonly fact: 'price' | 'changePercent';
	readonly operator: 'greaterThan' | 'lessThan';
	readonly value: number;
};
export type BenchRule = {
	readonly id: string;
	readonly symbol: number;
	readonly kind: 'all' | 'any';
	readonly levels: readonly [Level, Level];
	readonly cooldownMs: number;
};

/**
 * A rule of two comparisons, one of the price and one of its change.
 *
 * @param near how far from the opening price its levels lie at least and at most, in percent
 * @param waits it holds only once the market has come there, not on this side of it
 */
export function makeRule(
	id: string,
	symbol: number,
	open: number,
	random: () => number,
	near: readonly [least: number, most: number],
	waits = false,
): BenchRule {
	const level = (fact: Level['fact']): Level => {
		const away = near[0] + random() * (near[1] - near[0]);
		const percent = random() < 0.5 ? -away : away;
		const isUp = waits ? percent > 0 : random() < 0.5;
		const value = fact === 'price' ? (open * (100 + percent)) / 100 : percent;
		return {
			fact,
			operator: isUp ? 'greaterThan' : 'lessThan',
			value: Math.round(value * 100) / 100,
		};
	};
	return {
		id,
		symbol,
		kind: random() < 0.5 ? 'all' : 'any',
		levels: [level('price'), level('changePercent')],
		cooldownMs: random() < 0.5 ? 60_000 : 5_000,
	};
}

export const toDocument = ({ id, symbol, kind, levels, cooldownMs }: BenchRule) => ({
	version: 1,
	id,
	name: id,
	symbols: [symbolOf(symbol)],
	conditions: { [kind]: levels },
	fire: 'onChange',
	cooldown: `${cooldownMs}ms`,
});

/** A rule as somebody would write it by hand. */
export function toClosure({ kind, levels }: BenchRule): (quote: BenchQuote) => boolean {
	const [first, second] = levels.map(({ fact, operator, value }) =>
		operator === 'greaterThan'
			? (quote: BenchQuote) => quote[fact] > value
			: (quote: BenchQuote) => quote[fact] < value,
	);
	return kind === 'all'
		? (quote) => first!(quote) && second!(quote)
		: (quote) => first!(quote) || second!(quote);
}

/** A verdict that is another than that rule's before: at which event, and which way. */
export type Change = { readonly event: number; readonly rule: number; readonly holds: boolean };

/** The alerts a rule tells, by its changes of verdict: held back in the cooldown, told then if it still holds. */
export function alertsOf(rules: readonly BenchRule[], changes: readonly Change[], lastAt: number) {
	const told: Array<{ readonly rule: number; readonly at: number }> = [];
	const byRule = new Map<number, Change[]>();
	for (const change of changes)
		byRule.set(change.rule, [...(byRule.get(change.rule) ?? []), change]);
	for (const [rule, its] of byRule) {
		let freeAt = Number.NEGATIVE_INFINITY;
		its.forEach(({ event, holds }, index) => {
			if (!holds) return;
			const next = its[index + 1];
			const endsAt = next === undefined ? lastAt + 1 : BEGINS_AT + next.event * STEP_MS;
			const at = Math.max(BEGINS_AT + event * STEP_MS, freeAt);
			if (at >= endsAt) return;
			told.push({ rule, at });
			freeAt = at + rules[rule]!.cooldownMs;
		});
	}
	return told.sort((a, b) => a.at - b.at || a.rule - b.rule);
}

export const median = (values: readonly number[]): number =>
	values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
