import { toNumber } from '../facts';

/** A value as people read it: numbers without exponent or noise, `?` for what isn't known. */
export function toText(value: unknown): string {
	if (value === undefined || value === null || value === '') return '?';
	if (typeof value === 'number') return Number.isFinite(value) ? toDigits(value) : '?';
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? '?');
}

/** With `digits` after the decimal point; without, as many as it has: a price keeps its tick size. */
export function formatNumber(value: unknown, digits: number | undefined, locale: string): string {
	return format(value, digits ?? 'itsOwn', locale, {});
}

/** Percent points: 5 is 5 %. Two digits at most, unless told otherwise. */
export function formatPercent(value: unknown, digits: number | undefined, locale: string): string {
	const points = toNumber(value);
	return points === undefined
		? toText(value)
		: format(points / 100, digits ?? 'upToTwo', locale, { style: 'percent' });
}

/** An amount of a currency, with its usual digits at least: `$59.20`, `$0.00001234`. */
export function formatCurrency(
	value: unknown,
	currency: string,
	digits: number | undefined,
	locale: string,
): string {
	if (!/^[a-z]{3}$/i.test(currency)) {
		throw new Error(`"${currency}" is no currency; use a code of three letters such as "EUR"`);
	}
	return format(value, digits ?? 'itsOwn', locale, { style: 'currency', currency });
}

/** Date, time and zone of an instant: epoch milliseconds, or text with a zone. */
export function formatTime(
	value: unknown,
	timezone: string,
	locale: string,
	style: string | undefined,
): string {
	const at = instantOf(value);
	if (at === undefined) return toText(value);
	const parts = STYLES.get(style ?? 'full');
	if (parts === undefined) {
		throw new Error(`"${style}" is no style; use "full", "date" or "clock"`);
	}
	try {
		return new Intl.DateTimeFormat(locale, { ...parts, timeZone: timezone }).format(at);
	} catch {
		throw new Error(
			`"${timezone}" is no time zone, or "${locale}" no locale; use names such as "America/New_York" and "de-DE"`,
		);
	}
}

const DATE: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' };
const CLOCK: Intl.DateTimeFormatOptions = {
	hour: 'numeric',
	minute: '2-digit',
	timeZoneName: 'short',
};
const STYLES: ReadonlyMap<string, Intl.DateTimeFormatOptions> = new Map([
	['full', { ...DATE, ...CLOCK }],
	['date', DATE],
	['clock', CLOCK],
]);

function format(
	value: unknown,
	digits: number | 'itsOwn' | 'upToTwo',
	locale: string,
	style: Intl.NumberFormatOptions,
): string {
	const number = toNumber(value);
	if (number === undefined) return toText(value);
	const options = { ...style, signDisplay: 'negative' } as const; // no "-0"
	try {
		return new Intl.NumberFormat(locale, { ...options, ...bounds(value, digits, style) })
			.format(number)
			.replaceAll('\u202f', '\u00a0'); // a narrow space is missing in many fonts
	} catch (error) {
		const { message } = error as Error;
		throw new Error(
			/locale|language/i.test(message)
				? `"${locale}" is no locale; use one such as "de-DE"`
				: message,
		);
	}
}

function bounds(
	value: unknown,
	digits: number | 'itsOwn' | 'upToTwo',
	{ currency }: Intl.NumberFormatOptions,
): Intl.NumberFormatOptions {
	if (digits === 'upToTwo') return { maximumFractionDigits: 2 };
	if (digits !== 'itsOwn') return { minimumFractionDigits: digits, maximumFractionDigits: digits };
	const own = fractionDigits(value);
	const usual =
		currency === undefined
			? 0
			: (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
					.maximumFractionDigits ?? 2);
	// A number written as text shows its tick size: 59.20.
	const least = typeof value === 'string' ? Math.max(own, usual) : usual;
	return { minimumFractionDigits: least, maximumFractionDigits: Math.max(own, usual) };
}

const fractionDigits = (value: unknown): number =>
	(typeof value === 'number' ? toDigits(value) : toText(value)).split('.')[1]?.length ?? 0;

function instantOf(value: unknown): number | undefined {
	const at =
		typeof value === 'string' && Number.isNaN(Number(value)) ? Date.parse(value) : toNumber(value);
	return at === undefined || Number.isNaN(new Date(at).getTime()) ? undefined : at;
}

/** Twelve significant digits, whole numbers entirely; an exponent only for what no price or volume ever is. */
function toDigits(value: number): string {
	const rounded = Number.isSafeInteger(value) ? value : Number(value.toPrecision(12));
	const size = Math.abs(rounded);
	if (size === 0) return '0';
	if (size < 1e-18 || size >= 1e-6) return String(rounded);
	// String() alone writes 1e-7 for a ten-millionth.
	const [mantissa = '', exponent = ''] = size.toExponential().split('e-');
	const digits = mantissa.replace('.', '');
	return `${rounded < 0 ? '-' : ''}0.${'0'.repeat(Number(exponent) - 1)}${digits}`;
}
