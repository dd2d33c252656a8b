const UNIT_MS: Readonly<Record<string, number>> = {
	ms: 1,
	s: 1_000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
};

/** Reads a duration as users write it everywhere: `30s`, `5m`, `1h`, `1d`. Milliseconds; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
	const [, amount, unit] = /^\s*(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)\s*$/.exec(text) ?? [];
	if (amount === undefined || unit === undefined) return undefined;
	return Math.round(Number(amount) * (UNIT_MS[unit] ?? 0));
}
