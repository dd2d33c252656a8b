/** Something that shall happen on the simulated market, so that a demo or a test can rely on it. */
export type ScriptedEvent =
	| {
			/** The price moves by a percentage within a while, and goes on from there. */
			readonly kind: 'crash' | 'spike';
			readonly atMs: number;
			readonly symbol: string;
			readonly percent: number;
			readonly forMs: number;
	  }
	| {
			/** The price jumps from one quote to the next, as if the feed had been away. */
			readonly kind: 'gap';
			readonly atMs: number;
			readonly symbol: string;
			readonly percent: number;
	  }
	| {
			/** No quotes of a symbol (`*`: of any) for a while. */
			readonly kind: 'silence';
			readonly atMs: number;
			readonly symbol: string;
			readonly forMs: number;
	  };

const MINUTE_MS = 60_000;
const DEMO_ROUND_MS = 3 * MINUTE_MS;

/** SHOP falls by 6 % after 8 s, recovers a minute later, and so on every three minutes. */
export function demoMoves(atMs: number): readonly ScriptedEvent[] {
	const round = Math.floor(atMs / DEMO_ROUND_MS) * DEMO_ROUND_MS;
	return [
		{ kind: 'crash', atMs: round + 8_000, symbol: 'SHOP', percent: 6, forMs: 3_000 },
		{ kind: 'spike', atMs: round + 68_000, symbol: 'SHOP', percent: (6 / 94) * 100, forMs: 5_000 },
	];
}

/**
 * By which factor scripted events move a price within one step of time, `fromMs` (exclusive) to `toMs`.
 * A crash of 6 % in three steps falls a third of the way, by logarithm, in each.
 */
export function scriptedFactor(
	script: readonly ScriptedEvent[],
	symbol: string,
	fromMs: number,
	toMs: number,
): number {
	let factor = 1;
	for (const event of script) {
		if (event.symbol !== symbol || event.kind === 'silence') continue;
		const direction = event.kind === 'crash' ? -1 : 1;
		const whole = Math.max(0.01, 1 + (direction * event.percent) / 100);
		if (event.kind === 'gap') {
			if (event.atMs > fromMs && event.atMs <= toMs) factor *= whole;
			continue;
		}
		const lasts = Math.max(event.forMs, 1);
		const overlap = Math.min(toMs, event.atMs + lasts) - Math.max(fromMs, event.atMs);
		if (overlap > 0) factor *= whole ** (overlap / lasts);
	}
	return factor;
}

export const isSilent = (script: readonly ScriptedEvent[], symbol: string, atMs: number): boolean =>
	script.some((event) => isSilence(event, symbol) && atMs >= event.atMs && atMs < endOf(event));

export const isGap = (
	script: readonly ScriptedEvent[],
	symbol: string,
	fromMs: number,
	toMs: number,
): boolean =>
	script.some(
		(event) =>
			event.kind === 'gap' && event.symbol === symbol && event.atMs > fromMs && event.atMs <= toMs,
	);

/** Silences that begin, and that end, within one step of time. */
export function silenceNews(script: readonly ScriptedEvent[], fromMs: number, toMs: number) {
	const within = (atMs: number) => atMs > fromMs && atMs <= toMs;
	const silences = script.filter((event) => event.kind === 'silence');
	return {
		begin: silences.filter((event) => within(event.atMs)),
		end: silences.filter((event) => within(endOf(event))),
	};
}

const isSilence = (event: ScriptedEvent, symbol: string): boolean =>
	event.kind === 'silence' && (event.symbol === '*' || event.symbol === symbol);

const endOf = (event: ScriptedEvent): number => event.atMs + ('forMs' in event ? event.forMs : 0);
