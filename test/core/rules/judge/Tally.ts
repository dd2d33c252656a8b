import type { Comparison } from './bare';
import { isNumericText, splitOperator } from './naive';
import type { Stream } from './streams';

/** What a run has been through, so that it can say how much its silence is worth. */
export class Tally {
	streams = 0;
	/** Streams in which the verdict changed. */
	changing = 0;
	sheets = 0;
	/** Sheets in which json-rules-engine judged the whole document by itself. */
	whole = 0;
	readonly outcomes = { holds: 0, fails: 0, unknown: 0 };
	/** How often operators and decorators were judged, and parts of documents and sheets were there. */
	readonly times: Record<string, number> = {};

	countSheet(
		outcome: keyof Tally['outcomes'],
		said: readonly Comparison[],
		isWhole: boolean,
	): void {
		this.sheets += 1;
		this.outcomes[outcome] += 1;
		if (isWhole) this.whole += 1;
		for (const [, operator, holds] of said) {
			if (holds === undefined) continue;
			const [decorators, name] = splitOperator(operator);
			for (const one of [...decorators, name]) this.count(one);
		}
	}

	countStream(outcomes: readonly string[], stream: Stream): void {
		this.streams += 1;
		if (new Set(outcomes).size > 1) this.changing += 1;
		const document = JSON.stringify([stream.conditions, stream.namedConditions]);
		for (const part of ['all', 'any', 'not', 'condition', 'priority', 'params', 'path']) {
			if (document.includes(`"${part}"`)) this.count(`"${part}"`);
		}
		if (document.includes('"value":{"fact"')) this.count('fact with fact');
		const values = stream.sheets.flatMap(({ own }) => Object.values(own));
		if (values.some(isNumericText)) this.count('numeric text');
		if (values.includes(null)) this.count('null');
		if (values.some(Number.isNaN)) this.count('NaN');
	}

	toString(): string {
		const percent = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`;
		const { holds, fails, unknown } = this.outcomes;
		const [rarest] = Object.entries(this.times).sort(([, a], [, b]) => a - b);
		return [
			`${this.streams} streams, the verdict changes in ${percent(this.changing, this.streams)}`,
			`${this.sheets} sheets: ${percent(holds, this.sheets)} hold, ${percent(fails, this.sheets)} fail, ${percent(unknown, this.sheets)} unknown`,
			`${percent(this.whole, this.sheets)} judged by json-rules-engine alone`,
			`rarest: ${rarest?.join(' ')} times`,
		].join('; ');
	}

	private count(what: string): void {
		this.times[what] = (this.times[what] ?? 0) + 1;
	}
}
