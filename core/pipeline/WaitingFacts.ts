import { candlesUntilKnown, describeFact, planFact, type CandleNeed } from '../facts';
import type { Log } from '../ports';

/** Facts, and symbols of a fact, that are told one by one. */
const MOST_TOLD = 10;

type Waiting = {
	readonly fact: string;
	readonly after: string;
	readonly why: string;
	readonly symbols: string[];
};

/** Facts that take their time though the past was asked for: gathered, then told in the log. */
export class WaitingFacts {
	private readonly waiting = new Map<string, Waiting>();

	constructor(private readonly log: Log) {}

	/**
	 * @param known closed candles there are now
	 * @param why there aren't more; a part of a sentence
	 */
	note(
		{ symbol, intervalMs, facts }: CandleNeed & { readonly symbol: string },
		known: number,
		why: string,
	): void {
		for (const ref of facts) {
			const missing = (candlesUntilKnown(planFact(ref)) ?? 0) - known;
			if (missing <= 0) continue;
			const fact = describeFact(ref);
			const candles = missing === 1 ? 'one more candle' : `${missing} more candles`;
			const span = intervalMs === undefined ? '' : ` (${inWords(missing * intervalMs)})`;
			const key = JSON.stringify([fact, candles, span, why]);
			const one = this.waiting.get(key) ?? { fact, after: `${candles}${span}`, why, symbols: [] };
			one.symbols.push(symbol);
			this.waiting.set(key, one);
		}
	}

	/** Tells what was noted since it last told. */
	tell(): void {
		const told = [...this.waiting.values()];
		this.waiting.clear();
		for (const { fact, after, why, symbols } of told.slice(0, MOST_TOLD)) {
			this.log.info(`${fact} of ${listSymbols(symbols)} knows its value after ${after}: ${why}.`);
		}
		const more = told.length - MOST_TOLD;
		if (more > 0) this.log.info(`… and ${more} more facts take their time.`);
	}
}

export const listSymbols = (symbols: readonly string[]): string =>
	symbols.length <= MOST_TOLD
		? symbols.join(', ')
		: `${symbols.slice(0, MOST_TOLD).join(', ')} and ${symbols.length - MOST_TOLD} more`;

function inWords(ms: number): string {
	const [unit, name] = UNITS.find(([size]) => ms >= size * 2) ?? [1_000, 's'];
	return `${Math.ceil(ms / unit)} ${name}`;
}

const UNITS = [
	[86_400_000, 'days'],
	[3_600_000, 'hours'],
	[60_000, 'minutes'],
] as const;
