/** A fact as the catalogue names it: drives the builder's lists, the checks, the documents and the messages. */
export type FactDefinition = {
	readonly name: string;
	readonly label: string;
	readonly type: FactType;
	readonly unit?: 'price' | 'percent' | 'size' | 'ratio' | 'index' | 'candles';
	/** What it says, with its convention where there are several. */
	readonly description: string;
	/**
	 * `column`: a field of the event. `indicator`: from candles. `window`: from a span of time or of candles
	 * before the event. `time`: from the event's time alone.
	 */
	readonly kind: 'column' | 'indicator' | 'window' | 'time';
	/** The kinds of market event that carry it, for columns. */
	readonly offeredBy?: ReadonlyArray<'quote' | 'trade' | 'candle'>;
	readonly params: readonly FactParam[];
};

export type FactType = 'number' | 'text' | 'boolean';

/** A parameter of a fact: `{ "period": 14, "interval": "5m" }`. */
export type FactParam = {
	readonly name: string;
	readonly label: string;
	/** `interval`, `duration`: text such as `5m`. */
	readonly type: 'integer' | 'number' | 'interval' | 'duration' | 'text' | 'options';
	readonly default?: number | string;
	/** Of an interval, in milliseconds. */
	readonly min?: number;
	readonly max?: number;
	readonly required?: true;
	readonly options?: readonly string[];
	readonly description: string;
};

/** Any fact may be read of another instrument. */
export const symbolParam: FactParam = {
	name: 'symbol',
	label: 'Symbol',
	type: 'text',
	description: 'Another instrument, as it was last seen',
};

/** Any fact that is a number may be multiplied: volume against three times its average. */
export const timesParam: FactParam = {
	name: 'times',
	label: 'Times',
	type: 'number',
	min: 0.000001,
	max: 1_000_000,
	description: 'What it is multiplied by: 3 makes it three times the value',
};

export const intervalParam: FactParam = {
	name: 'interval',
	label: 'Candle Interval',
	type: 'interval',
	description: 'Length of the candles: 1m, 5m, 1h, 1d. Without it each event is one candle.',
};

export const candleParam: FactParam = {
	name: 'candle',
	label: 'Candle',
	type: 'options',
	options: ['closed', 'running'],
	default: 'closed',
	description: 'The last closed candle, or the one that is still running',
};

export const ofCandles: readonly FactParam[] = [intervalParam, candleParam, symbolParam];
