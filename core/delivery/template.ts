import type { Liquid } from 'liquidjs';

import { formatCurrency, formatNumber, formatPercent, formatTime, toText } from './formatValue';

/** Longest text a template may give. */
const MAX_OUTPUT = 10_000;

/** How a value is written into the text around it. */
type Escape = (value: unknown) => string;

const engines = new Map<Escape, Promise<Liquid>>();

/**
 * Fills a template: `[[symbol]] fell to [[price]]`, `[% if peRatio < 20 %]cheap[% endif %]`. The double
 * curly form works too, for rules written elsewhere. Something that isn't known stays visible as `?`.
 *
 * No code runs: LiquidJS with bounded time, memory and output, own properties only, no files, no clock.
 * @throws Error saying what's wrong with the template
 */
export async function renderTemplate(
	template: string,
	scope: Readonly<Record<string, unknown>>,
): Promise<string> {
	return cut(await render(template, scope, toText), MAX_OUTPUT);
}

/**
 * Fills a template of JSON, values escaped for where they stand: `{"text": "[[title]]", "price": [[price]]}`.
 * What isn't known is `null`, and `?` within quotation marks.
 * @throws Error when the template is wrong, or what comes of it isn't JSON
 */
export async function renderJsonTemplate(
	template: string,
	scope: Readonly<Record<string, unknown>>,
): Promise<string> {
	const filled = await render(template, scope, toJsonText);
	const text = filled.replace(/"(?:[^"\\]|\\.)*"|\0/gs, (part) =>
		part === MISSING ? 'null' : part.replaceAll(MISSING, '?'),
	);
	try {
		JSON.parse(text);
	} catch (error) {
		throw new Error(
			`once filled it is not JSON (${(error as Error).message}); texts stand between quotation marks: "[[symbol]]"`,
		);
	}
	return text;
}

/** What's wrong with a template, in words; `undefined` when nothing is. */
export async function checkTemplate(template: string): Promise<string | undefined> {
	try {
		(await openEngine(toText)).parse(toOurDelimiters(template));
		return undefined;
	} catch (error) {
		return (error as Error).message;
	}
}

/** The names a template asks for: `symbol`, `price`; of a wrong template none. */
export async function namesInTemplate(template: string): Promise<readonly string[]> {
	const engine = await openEngine(toText);
	try {
		return engine.globalVariablesSync(engine.parse(toOurDelimiters(template)));
	} catch {
		return [];
	}
}

/** Shortens a text at a word, never inside a surrogate pair, and marks that it did. */
export function cut(text: string, length: number): string {
	if (text.length <= length) return text;
	const characters = [...text.slice(0, length - 1)];
	const last = characters.at(-1) ?? '';
	if (/^[\uD800-\uDBFF]$/.test(last)) characters.pop();
	const shortened = characters.join('');
	const space = shortened.lastIndexOf(' ');
	return `${space > length * 0.8 ? shortened.slice(0, space) : shortened}…`;
}

async function render(
	template: string,
	scope: Readonly<Record<string, unknown>>,
	escape: Escape,
): Promise<string> {
	const liquid = await openEngine(escape);
	return String(await liquid.parseAndRender(toOurDelimiters(template), scope));
}

/**
 * Only whole pairs: `}}` alone may end a piece of JSON. `[[facts["a"]]]` gets a space, or else its first
 * two brackets would end it.
 */
const toOurDelimiters = (template: string): string =>
	template
		.replace(/\{\{(.*?)\}\}/gs, '[[$1]]')
		.replace(/\{%(.*?)%\}/gs, '[%$1%]')
		.replace(/\[\[((?:(?!\]\]).)*)\]\]\]/gs, '[[$1] ]]');

/** Stands for what isn't known until it's clear where: no value can hold it, JSON escapes it. */
const MISSING = '\0';

function toJsonText(value: unknown): string {
	const text = toText(value);
	if (text === '?' && value !== '?') return MISSING;
	return typeof value === 'object' ? text : JSON.stringify(text).slice(1, -1);
}

/** One for each way to escape, kept: making one takes longer than filling a template. */
async function openEngine(escape: Escape): Promise<Liquid> {
	const opened = engines.get(escape) ?? createEngine(escape);
	engines.set(escape, opened);
	return await opened;
}

async function createEngine(escape: Escape): Promise<Liquid> {
	const { Liquid: Engine } = await import('liquidjs');
	const liquid = new Engine({
		outputDelimiterLeft: '[[',
		outputDelimiterRight: ']]',
		tagDelimiterLeft: '[%',
		tagDelimiterRight: '%]',
		ownPropertyOnly: true,
		strictFilters: true,
		templates: {}, // without it, include reads files
		parseLimit: 20_000,
		renderLimit: 1_000, // ms; short enough to stop a loop, long enough for a busy machine
		memoryLimit: 200_000, // what one filter may work on between two looks at the time
		timezoneOffset: 0, // the same text on every server
		outputEscape: (value: unknown) => escape(value),
	});
	liquid.registerFilter('raw', (value: unknown) => value); // else it would go round outputEscape
	delete liquid.filters['sample']; // the same alert has the same words
	addFormats(liquid);
	return liquid;
}

type FilterContext = { readonly context: { getSync(path: string[]): unknown } };

/** `| number: 2`, `| percent`, `| currency: "EUR"`, `| time: "America/New_York"`; `locale: "de-DE"` with each. */
function addFormats(liquid: Liquid): void {
	const add = (name: string, apply: (value: unknown, given: Given) => string) =>
		liquid.registerFilter(name, function (this: FilterContext, value: unknown, ...args: unknown[]) {
			const known = value !== undefined && value !== null && value !== '';
			return known ? apply(value, readArguments(this, args)) : value;
		});
	add('number', (value, { first, locale }) => formatNumber(value, toCount(first), locale));
	add('percent', (value, { first, locale }) => formatPercent(value, toCount(first), locale));
	add('currency', (value, { first, second, locale }) =>
		formatCurrency(value, textOr('USD', first), toCount(second), locale),
	);
	add('time', (value, { first, named, locale, timezone }) => {
		const style = named.has('style') ? String(named.get('style')) : undefined;
		return formatTime(value, textOr(timezone, first), locale, style);
	});
	const date = liquid.filters['date'] as (this: FilterContext, ...args: unknown[]) => unknown;
	liquid.registerFilter('date', function (this: FilterContext, value: unknown, ...args: unknown[]) {
		const isNow = value === 'now' || value === 'today'; // there's one clock: the event's
		return date.call(this, isNow ? this.context.getSync(['eventAt']) : value, ...args);
	});
}

type Given = {
	readonly first: unknown;
	readonly second: unknown;
	readonly named: ReadonlyMap<string, unknown>;
	readonly locale: string;
	readonly timezone: string;
};

/** Liquid hands over `name: value` as a pair. What isn't said is the template's own `locale` and `timezone`. */
function readArguments({ context }: FilterContext, args: readonly unknown[]): Given {
	const isNamed = (arg: unknown): arg is [string, unknown] => Array.isArray(arg);
	const named = new Map(args.filter(isNamed));
	const [first, second] = args.filter((arg) => !isNamed(arg));
	return {
		first,
		second,
		named,
		locale: textOr('en-US', named.get('locale') ?? context.getSync(['locale'])),
		timezone: textOr('UTC', context.getSync(['timezone'])),
	};
}

const textOr = (otherwise: string, value: unknown): string =>
	typeof value === 'string' && value !== '' ? value : otherwise;

/** How many digits. @throws Error quoting what can't be one */
function toCount(value: unknown): number | undefined {
	if (value === undefined) return undefined;
	if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 20) return Number(value);
	throw new Error(`${JSON.stringify(value)} is no number of digits; use one from 0 to 20`);
}
