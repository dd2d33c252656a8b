import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** Every length of candles a source has. */
export const INTERVALS: readonly INodePropertyOptions[] = [
	['1s', '1 Second'],
	['1m', '1 Minute'],
	['3m', '3 Minutes'],
	['5m', '5 Minutes'],
	['15m', '15 Minutes'],
	['30m', '30 Minutes'],
	['1h', '1 Hour'],
	['2h', '2 Hours'],
	['4h', '4 Hours'],
	['6h', '6 Hours'],
	['8h', '8 Hours'],
	['12h', '12 Hours'],
	['1d', '1 Day'],
	['3d', '3 Days'],
	['1w', '1 Week'],
].map(([value = '', name = '']) => ({ name, value }));

/** Fields that live sources have alike; each says in its own words what differs. */
export const symbolsField = (
	usual: string,
	like: string,
	description: string,
): INodeProperties => ({
	displayName: 'Symbols',
	name: 'symbols',
	type: 'string',
	typeOptions: { rows: 2 },
	default: usual,
	placeholder: `e.g. ${like}`,
	description,
});

/** @param options some of trades, quotes, candles and running candles, and what each is */
export const receiveField = (
	options: ReadonlyArray<{ name: string; value: string; description: string }>,
): INodeProperties => ({
	displayName: 'Receive',
	name: 'receive',
	type: 'options',
	noDataExpression: true,
	options: [...options],
	default: 'quotes',
});

/** @param only the values of those the source has */
export const intervalField = (
	only: readonly string[],
	usual: string,
	description: string,
): INodeProperties => ({
	displayName: 'Interval',
	name: 'interval',
	type: 'options',
	noDataExpression: true,
	options: INTERVALS.filter(({ value }) => only.includes(String(value))),
	default: usual,
	description,
	displayOptions: { show: { receive: ['candles', 'runningCandles'] } },
});

export const deliveryField = (of: {
	readonly poll: string;
	readonly stream: string;
}): INodeProperties => ({
	displayName: 'Delivery',
	name: 'delivery',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Poll', value: 'poll', description: of.poll },
		{ name: 'Stream', value: 'stream', description: of.stream },
	],
	default: 'stream',
});

export const pollEveryField = (): INodeProperties => ({
	displayName: 'Poll Every',
	name: 'pollEvery',
	type: 'string',
	default: '15s',
	placeholder: 'e.g. 15s',
	description: 'Time between two rounds: 5s, 1m, 1h',
	displayOptions: { show: { delivery: ['poll'] } },
});

/** Under Options. */
export const silentAfterOption = (): INodeProperties => ({
	displayName: 'Silent After',
	name: 'silentAfter',
	type: 'string',
	default: '5m',
	description: 'A symbol without any event for that long is reported on the Feed output',
});
