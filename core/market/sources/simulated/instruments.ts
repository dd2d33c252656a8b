/** How a simulated instrument behaves. */
export type InstrumentSettings = {
	readonly symbol: string;
	readonly startPrice: number;
	/** Percent a day the price drifts. */
	readonly driftPercent: number;
	/** Deviation of a day's change, in percent. */
	readonly volatilityPercent: number;
};

export type SimulatedInstrument = InstrumentSettings & {
	readonly peRatio: number | null;
	/** Smallest step of the price. */
	readonly tick: number;
};

/** Made-up figures in the neighbourhood of the real ones: start price, volatility a day, P/E. */
const KNOWN: Readonly<Record<string, readonly [number, number, number | null]>> = {
	AAPL: [228, 1.6, 34.2],
	AMZN: [205, 2, 42.1],
	'BTC/USD': [64_000, 3, null],
	'ETH/USD': [2_650, 4, null],
	'EUR/USD': [1.0852, 0.5, null],
	GOOG: [176, 1.8, 23.9],
	MSFT: [421, 1.5, 35.7],
	NVDA: [138, 3, 65.3],
	SHOP: [62, 2.5, 71.4],
	SPY: [585, 0.9, 27.4],
	TSLA: [262, 3.5, 71.8],
};

/** Those that have figures of their own. */
export const KNOWN_SYMBOLS: readonly string[] = Object.keys(KNOWN);

/** An instrument by its symbol; one that isn't known gets figures of its own, the same each time. */
export function simulatedInstrument(
	symbol: string,
	overrides: readonly InstrumentSettings[] = [],
): SimulatedInstrument {
	const [price, volatility, peRatio] = KNOWN[symbol] ?? madeUp(symbol);
	const settings = overrides.find((one) => one.symbol === symbol) ?? {
		symbol,
		startPrice: price,
		driftPercent: 0,
		volatilityPercent: volatility,
	};
	return { ...settings, peRatio, tick: tickOf(settings.startPrice) };
}

function madeUp(symbol: string): readonly [number, number, number] {
	let sum = 7;
	for (const character of symbol) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 100_003;
	return [20 + (sum % 280), 1.5 + (sum % 20) / 10, 10 + (sum % 40)];
}

const tickOf = (price: number): number => (price < 10 ? 0.0001 : 0.01);
