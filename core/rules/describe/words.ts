import { factorOf, findFact, type FactRef } from '../../facts';
import { parseDuration } from '../../ports';

const UNITS = [
	[86_400_000, 'day', 'd'],
	[3_600_000, 'hour', 'h'],
	[60_000, 'minute', 'min'],
	[1_000, 'second', 's'],
	[1, 'millisecond', 'ms'],
] as const;

/** A duration in its largest whole unit: `90 s`, `5 min`, `1 h`. */
export function shortDuration(text: string): string {
	const milliseconds = parseDuration(text) ?? 0;
	const [size, , short] = UNITS.find(([size]) => milliseconds % size === 0) ?? UNITS[4];
	return `${milliseconds / size} ${short}`;
}

/** How often: `once an hour`, `once in 30 minutes`. */
export function onceIn(text: string): string {
	const milliseconds = parseDuration(text) ?? 0;
	const [size, name] = UNITS.find(([size]) => milliseconds % size === 0) ?? UNITS[4];
	const count = milliseconds / size;
	if (count === 1) return `once ${name === 'hour' ? 'an' : 'a'} ${name}`;
	return `once in ${count} ${name}s`;
}

/** The candles of an interval: `5-minute candles`, `daily candles`. */
export function candlesOf(interval: string): string {
	const milliseconds = parseDuration(interval) ?? 0;
	const [size, name] = UNITS.find(([size]) => milliseconds % size === 0) ?? UNITS[4];
	const count = milliseconds / size;
	return name === 'day' && count === 1 ? 'daily candles' : `${count}-${name} candles`;
}

/** A fact in a sentence: `RSI(14) on 5-minute candles`, `3 × volume`, `change in percent of SPY`. */
export function nameFact(ref: FactRef): string {
	const { fact, params = {}, path } = ref;
	const factor = factorOf(ref);
	const definition = findFact(fact);
	const { symbol, interval, candle, over, last, calendar, timezone, times: _, ...numbers } = params;
	const values = definition?.params.flatMap(({ name }) =>
		name in numbers ? [textOf(numbers[name])] : [],
	);
	const parts = [
		factor === undefined ? '' : `${factor} × `,
		definition === undefined ? fact : inSentence(definition.label),
		values === undefined || values.length === 0 ? '' : `(${values.join(', ')})`,
		path === undefined ? '' : ` ${path}`,
		over === undefined ? '' : ` over ${shortDuration(textOf(over))}`,
		last === undefined ? '' : ` of the last ${textOf(last)}`,
		interval === undefined
			? ''
			: `${last === undefined ? ' on' : ''} ${candlesOf(textOf(interval))}`,
		last !== undefined && interval === undefined ? ' events' : '',
		candle === 'running' ? ', the running one' : '',
		symbol === undefined ? '' : ` of ${textOf(symbol)}`,
		calendar === undefined ? '' : ` of ${textOf(calendar)}`,
		timezone === undefined ? '' : ` in ${city(textOf(timezone))}`,
	];
	return parts.join('');
}

/** `Monday`, `Monday and Friday`, `Monday, Tuesday and Friday`. */
export const inRow = (words: readonly string[], joint = 'and'): string =>
	words.length < 2
		? words.join('')
		: `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1) ?? ''}`;

/** What a zone is called in a sentence: `New York`. */
export const city = (timeZone: string): string =>
	(timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');

const NAMES = new Set(['Bollinger', 'Donchian', 'Keltner', 'Aroon', 'Williams']);

/** A label as it stands within a sentence: capitals only where they belong to a name or are all there is. */
const inSentence = (label: string): string =>
	label.replace(/(?<![\w])[A-Z][a-z]+\b/g, (word) => (NAMES.has(word) ? word : word.toLowerCase()));

export const textOf = (value: unknown): string =>
	typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
