const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Epoch microseconds: as much of Alpaca's nanoseconds as a number holds; what's behind them is cut off. */
export function parseMicros(value: unknown): number | undefined {
	const [, seconds, decimals = '', zone = ''] =
		RFC3339.exec(typeof value === 'string' ? value : '') ?? [];
	if (seconds === undefined) return undefined;
	const ms = Date.parse(`${seconds}${zone}`);
	return Number.isNaN(ms) ? undefined : ms * 1_000 + Number(decimals.padEnd(6, '0').slice(0, 6));
}

export const toMs = (micros: number): number => Math.floor(micros / 1_000);
