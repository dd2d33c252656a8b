const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
/** What the last of one, two … nine decimals counts. */
const NANOS = [1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 100, 10, 1];

/** Epoch microseconds: as much of Alpaca's nanoseconds as a number holds; what's behind them is cut off. */
export class Instants {
	/** `2026-10-05T14:30:01.`, and when that is. */
	private second = '';

	private secondMicros = 0;

	/** One trade follows another: the second is mostly that of the one before. */
	parse(value: unknown): number | undefined {
		if (typeof value !== 'string' || this.second === '' || !value.startsWith(this.second)) {
			return this.parseAnew(value);
		}
		const nanos = fractionOf(value);
		return nanos === undefined
			? this.parseAnew(value)
			: this.secondMicros + Math.floor(nanos / 1_000);
	}

	private parseAnew(value: unknown): number | undefined {
		const micros = parseMicros(value);
		if (micros !== undefined && fractionOf(String(value)) !== undefined) {
			this.second = String(value).slice(0, 20);
			this.secondMicros = Math.floor(micros / 1_000_000) * 1_000_000;
		}
		return micros;
	}
}

export function parseMicros(value: unknown): number | undefined {
	const [, seconds, decimals = '', zone = ''] =
		RFC3339.exec(typeof value === 'string' ? value : '') ?? [];
	if (seconds === undefined) return undefined;
	const ms = Date.parse(`${seconds}${zone}`);
	return Number.isNaN(ms) ? undefined : ms * 1_000 + Number(decimals.padEnd(6, '0').slice(0, 6));
}

export const toMs = (micros: number): number => Math.floor(micros / 1_000);

/** Nanoseconds behind the point of a time in UTC: `.123456789Z`. */
function fractionOf(text: string): number | undefined {
	const end = text.length - 1;
	const unit = NANOS[end - 21];
	if (unit === undefined || text[19] !== '.' || text[end] !== 'Z') return undefined;
	let digits = 0;
	for (let at = 20; at < end; at += 1) {
		const digit = text.charCodeAt(at) - 48;
		if (digit < 0 || digit > 9) return undefined;
		digits = digits * 10 + digit;
	}
	return digits * unit;
}
