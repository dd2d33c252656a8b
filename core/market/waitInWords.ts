/** A wait, rounded up: `90 s`, `2 min`. */
export const waitInWords = (ms: number): string =>
	ms < 120_000 ? `${Math.ceil(ms / 1_000)} s` : `${Math.ceil(ms / 60_000)} min`;
