import {
	candleParam,
	intervalParam,
	ofCandles,
	symbolParam,
	type FactDefinition,
	type FactParam,
} from './definition';

const count = (name: string, label: string, value: number, description: string): FactParam => ({
	name,
	label,
	type: 'integer',
	default: value,
	min: 1,
	max: 1_000,
	description,
});
const period = (value: number): FactParam =>
	count('period', 'Period', value, 'Number of candles it looks at');
const multiplier = (value: number, of: string): FactParam => ({
	name: 'multiplier',
	label: 'Multiplier',
	type: 'number',
	default: value,
	min: 0.01,
	max: 100,
	description: `How many times the ${of}`,
});

/** Of what unit, or `text`. */
type Sketch = readonly [
	name: string,
	label: string,
	unit: NonNullable<FactDefinition['unit']> | 'text',
	description: string,
];

const indicators = (
	params: readonly FactParam[],
	facts: readonly Sketch[],
	common: readonly FactParam[] = ofCandles,
): FactDefinition[] =>
	facts.map(([name, label, unit, description]) => ({
		name,
		label,
		...(unit === 'text' ? { type: unit } : { type: 'number', unit }),
		description,
		kind: 'indicator',
		params: [...params, ...common],
	}));

const of14 = [period(14)];
const of20 = [period(20)];
const macd = [
	count('fast', 'Fast Period', 12, 'Candles of the fast average'),
	count('slow', 'Slow Period', 26, 'Candles of the slow average'),
	count('signal', 'Signal Period', 9, 'Candles of the signal average'),
];
const bollinger = [period(20), multiplier(2, 'standard deviation')];
const stochastic = [
	period(14),
	count('smoothing', 'Smoothing', 3, 'Candles %K is averaged over'),
	count('signal', 'Signal Period', 3, 'Candles %D averages %K over'),
];
const keltner = [
	period(20),
	count('atrPeriod', 'ATR Period', 10, 'Candles of the average true range'),
	multiplier(2, 'average true range'),
];

const superTrend = [period(10), multiplier(3, 'average true range')];
/** Candles a day can be made of, and no single events. */
const ofDays = [
	{ ...intervalParam, required: true, min: 60_000 } as const,
	candleParam,
	symbolParam,
];

/** Facts that are worked out from candles. Conventions and warm-up: docs/facts.md. */
export const indicatorFacts: readonly FactDefinition[] = [
	...indicators(of20, [
		['sma', 'SMA', 'price', 'Simple moving average: the mean of the closes of the period'],
		[
			'ema',
			'EMA',
			'price',
			'Exponential moving average of weight 2 / (period + 1), seeded with the mean of the first period of closes',
		],
		[
			'wma',
			'WMA',
			'price',
			'Weighted moving average: weights 1, 2, 3 and so on, the newest close heaviest',
		],
	]),
	...indicators(of14, [
		[
			'rsi',
			'RSI',
			'index',
			'Relative strength index of the closes, 0 to 100: smoothed after Wilder, seeded with means of the first period, invalid while nothing moves',
		],
	]),
	...indicators(macd, [
		['macd', 'MACD', 'price', 'Fast EMA minus slow EMA, each seeded with the mean of its closes'],
		[
			'macdSignal',
			'MACD Signal',
			'price',
			'EMA of the MACD, seeded with the mean of its first period',
		],
		['macdHistogram', 'MACD Histogram', 'price', 'MACD minus its signal'],
	]),
	...indicators(bollinger, [
		[
			'bollingerUpper',
			'Bollinger Upper Band',
			'price',
			'SMA plus a multiple of the population standard deviation',
		],
		['bollingerMiddle', 'Bollinger Middle Band', 'price', 'SMA of the closes'],
		[
			'bollingerLower',
			'Bollinger Lower Band',
			'price',
			'SMA minus a multiple of the population standard deviation',
		],
		[
			'bollingerWidth',
			'Bollinger Width',
			'ratio',
			'Upper minus lower band, divided by the middle one: 0.05 is 5 %',
		],
		[
			'bollingerPercentB',
			'Bollinger %B',
			'ratio',
			'Where the close lies between the bands: 0 on the lower, 1 on the upper, invalid while prices are flat',
		],
	]),
	...indicators(of14, [
		[
			'atr',
			'ATR',
			'price',
			'Average true range after Wilder, seeded with the mean of the first period of ranges; the first candle has none',
		],
	]),
	...indicators(stochastic, [
		[
			'stochasticK',
			'Stochastic %K',
			'index',
			'Slow %K, 0 to 100: where the close lies between lowest low and highest high, averaged, invalid while prices are flat',
		],
		['stochasticD', 'Stochastic %D', 'index', 'Mean of the last slow %K'],
	]),
	...indicators(of14, [
		[
			'adx',
			'ADX',
			'index',
			'Average directional index, 0 to 100: DX smoothed after Wilder, seeded with the mean of its first period, 0 while prices are flat',
		],
		[
			'plusDi',
			'+DI',
			'index',
			'Positive directional indicator, 0 to 100: upward moves smoothed after Wilder, in percent of the ATR',
		],
		[
			'minusDi',
			'−DI',
			'index',
			'Negative directional indicator, 0 to 100: downward moves smoothed after Wilder, in percent of the ATR',
		],
	]),
	...indicators(of20, [
		[
			'cci',
			'CCI',
			'index',
			'Commodity channel index: distance of the typical price from its mean in units of 0.015 mean deviations, invalid while prices are flat',
		],
	]),
	...indicators(of14, [
		[
			'mfi',
			'MFI',
			'index',
			'Money flow index, 0 to 100: the share of typical price × volume in candles whose typical price rose, invalid while nothing flows',
		],
	]),
	...indicators(
		[],
		[
			[
				'obv',
				'OBV',
				'size',
				'On-balance volume, 0 at the first candle we saw: compare it with itself, not with a number',
			],
		],
	),
	...indicators(
		[],
		[
			[
				'vwap',
				'VWAP',
				'price',
				'Volume-weighted average of the typical prices (high + low + close) / 3 of the candles since 00:00 UTC',
			],
		],
		ofDays,
	),
	...indicators(of14, [
		['roc', 'ROC', 'percent', 'Change from the close a period ago, in percent points'],
	]),
	...indicators(superTrend, [
		[
			'superTrend',
			'SuperTrend',
			'price',
			'The trailing band: a multiple of the ATR (first candle: high − low) below the price in a rise, above it in a fall',
		],
		[
			'superTrendDirection',
			'SuperTrend Direction',
			'text',
			'up or down: changes when the close passes the trailing band, down to begin with',
		],
	]),
	...indicators(of20, [
		['donchianUpper', 'Donchian Upper', 'price', 'Highest high, the present candle included'],
		[
			'donchianMiddle',
			'Donchian Middle',
			'price',
			'Middle between highest high and lowest low, the present candle included',
		],
		['donchianLower', 'Donchian Lower', 'price', 'Lowest low, the present candle included'],
	]),
	...indicators(keltner, [
		['keltnerUpper', 'Keltner Upper', 'price', 'EMA of the closes plus a multiple of the ATR'],
		['keltnerMiddle', 'Keltner Middle', 'price', 'EMA of the closes, seeded with their mean'],
		['keltnerLower', 'Keltner Lower', 'price', 'EMA of the closes minus a multiple of the ATR'],
	]),
	...indicators(of14, [
		[
			'aroonUp',
			'Aroon Up',
			'index',
			'How recent the highest high is, in percent: 100 now, 0 a period ago; the later of two equals counts',
		],
		[
			'aroonDown',
			'Aroon Down',
			'index',
			'How recent the lowest low is, in percent: 100 now, 0 a period ago; the later of two equals counts',
		],
		[
			'williamsR',
			'Williams %R',
			'index',
			'Where the close lies in the range of the period, −100 at the lowest low to 0 at the highest high, invalid while prices are flat',
		],
	]),
	...indicators(
		[period(15)],
		[
			[
				'trix',
				'TRIX',
				'percent',
				'Change of a triple EMA in percent points of the candle before, each EMA seeded with the mean of its first values',
			],
		],
	),
	...indicators(of20, [
		[
			'standardDeviation',
			'Standard Deviation',
			'price',
			'Population standard deviation of the closes',
		],
		[
			'zScore',
			'Z-Score',
			'ratio',
			'How many population standard deviations the close lies above its mean, itself included; invalid while prices are flat',
		],
		['averageVolume', 'Average Volume', 'size', 'Mean volume, the present candle included'],
		[
			'volumeZScore',
			'Volume Z-Score',
			'ratio',
			'How many population standard deviations the volume lies above its mean, itself included; invalid while volumes are even',
		],
	]),
];
