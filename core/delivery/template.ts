import type { Liquid } from 'liquidjs';

/** Longest text a template may give. */
const MAX_OUTPUT = 10_000;

let engine: Promise<Liquid> | undefined;

/**
 * Fills a template: `[[symbol]] fell to [[price]]`, `[% if peRatio < 20 %]cheap[% endif %]`. The double
 * curly form works too, for rules written elsewhere. Something that isn't known stays visible as `?`.
 *
 * No code runs: LiquidJS with bounded time, memory and output, own properties only, no files.
 * @throws Error saying what's wrong with the template
 */
export async function renderTemplate(
	template: string,
	scope: Readonly<Record<string, unknown>>,
): Promise<string> {
	const liquid = await openEngine();
	const text = String(await liquid.parseAndRender(toOurDelimiters(template), scope));
	return cut(text, MAX_OUTPUT);
}

/** What's wrong with a template, in words; `undefined` when nothing is. */
export async function checkTemplate(template: string): Promise<string | undefined> {
	try {
		(await openEngine()).parse(toOurDelimiters(template));
		return undefined;
	} catch (error) {
		return (error as Error).message;
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

/**
 * Only whole pairs: `}}` alone may end a piece of JSON. `[[facts["a"]]]` gets a space, or else its first
 * two brackets would end it.
 */
const toOurDelimiters = (template: string): string =>
	template
		.replace(/\{\{(.*?)\}\}/gs, '[[$1]]')
		.replace(/\{%(.*?)%\}/gs, '[%$1%]')
		.replace(/\[\[((?:(?!\]\]).)*)\]\]\]/gs, '[[$1] ]]');

async function openEngine(): Promise<Liquid> {
	engine ??= (async () => {
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
			memoryLimit: 1_000_000,
			outputEscape: (value: unknown) => toText(value),
		});
		liquid.registerFilter('raw', (value: unknown) => value); // else it would go round outputEscape
		return liquid;
	})();
	return await engine;
}

/** A value as people read it: numbers without exponent or noise, `?` for what isn't known. */
export function toText(value: unknown): string {
	if (value === undefined || value === null || value === '') return '?';
	if (typeof value === 'number') return Number.isFinite(value) ? formatNumber(value) : '?';
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? '?');
}

/** Twelve significant digits, whole numbers entirely; an exponent only below a hundred-millionth and from 10^15 on. */
function formatNumber(value: number): string {
	const rounded = Number.isSafeInteger(value) ? value : Number(value.toPrecision(12));
	const size = Math.abs(rounded);
	if (size === 0) return '0';
	if (size >= 1e15 || size < 1e-8) return String(rounded);
	// toString alone writes 1e-7 for a ten-millionth.
	return size >= 1e-6 ? String(rounded) : rounded.toFixed(20).replace(/0+$/, '');
}
