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

/** Made-up figures in the neighbourhood of the real ones: start price, volatility a day, P/E; and whose they are. */
const KNOWN: Readonly<Record<string, readonly [number, number, number | null, string]>> = {
	AAPL: [228, 1.6, 34.2, 'Apple Inc.'],
	AMZN: [205, 2, 42.1, 'Amazon.com, Inc.'],
	'BTC/USD': [64_000, 3, null, 'Bitcoin'],
	'ETH/USD': [2_650, 4, null, 'Ethereum'],
	'EUR/USD': [1.0852, 0.5, null, 'Euro'],
	GOOG: [176, 1.8, 23.9, 'Alphabet Inc.'],
	MSFT: [421, 1.5, 35.7, 'Microsoft Corporation'],
	NVDA: [138, 3, 65.3, 'NVIDIA Corporation'],
	SHOP: [62, 2.5, 71.4, 'Shopify Inc.'],
	SPY: [585, 0.9, 27.4, 'SPDR S&P 500 ETF Trust'],
	TSLA: [262, 3.5, 71.8, 'Tesla, Inc.'],
};

/** Those that have figures of their own, and their names. */
export const KNOWN_SYMBOLS: ReadonlyArray<{ readonly symbol: string; readonly name: string }> =
	Object.entries(KNOWN).map(([symbol, [, , , name]]) => ({ symbol, name }));

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
