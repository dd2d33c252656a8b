const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const MICROS = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/** Epoch microseconds: as much of Alpaca's nanoseconds as a number holds; what's behind them is cut off. */
export class Instants {
	private second = '';

	private secondMs = 0;

	/** One trade follows another: the second is mostly that of the one before. */
	parse(value: unknown): number | undefined {
		if (typeof value !== 'string' || this.second === '' || !value.startsWith(this.second)) {
			return this.parseAnew(value);
		}
		const end = value.length - 1;
		if (value.charCodeAt(19) !== 46 || value.charCodeAt(end) !== 90 || end < 21 || end > 29) {
			return this.parseAnew(value);
		}
		const micros = digitsOf(value, 20, Math.min(end, 26));
		if (micros === undefined || digitsOf(value, 20, end) === undefined) return undefined;
		return this.secondMs * 1_000 + micros * (MICROS[Math.min(end - 20, 6)] ?? 1);
	}

	private parseAnew(value: unknown): number | undefined {
		const micros = parseMicros(value);
		if (micros !== undefined && String(value).endsWith('Z')) {
			this.second = String(value).slice(0, 19);
			this.secondMs = Math.floor(micros / 1_000_000) * 1_000;
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

function digitsOf(text: string, from: number, to: number): number | undefined {
	let number = 0;
	for (let at = from; at < to; at += 1) {
		const digit = text.charCodeAt(at) - 48;
		if (digit < 0 || digit > 9) return undefined;
		number = number * 10 + digit;
	}
	return number;
}
