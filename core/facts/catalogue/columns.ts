/**
 * Every fact we know by name. The builder's lists, the checks, the documents and the messages are made
 * from it. Facts that aren't here are columns of an item, and have the type they come with.
 */
export const catalogue: readonly FactDefinition[] = [
	{
		name: 'price',
		label: 'Price',
		type: 'number',
		unit: 'price',
		description: 'Last traded price; the close of a candle',
		offeredBy: ['quote', 'trade', 'candle'],
	},
	{
		name: 'previousClose',
		label: 'Previous Close',
		type: 'number',
		unit: 'price',
		description: 'Close of the session before',
		offeredBy: ['quote'],
	},
	{
		name: 'change',
		label: 'Change',
		type: 'number',
		unit: 'price',
		description: 'Price minus previous close',
		offeredBy: ['quote'],
	},
	{
		name: 'changePercent',
		label: 'Change in Percent',
		type: 'number',
		unit: 'percent',
		description: 'Change against the previous close, in percent points: 5 means 5 %',
		offeredBy: ['quote'],
	},
	{
		name: 'open',
		label: 'Open',
		type: 'number',
		unit: 'price',
		description: 'First price of the session or candle',
		offeredBy: ['quote', 'candle'],
	},
	{
		name: 'high',
		label: 'High',
		type: 'number',
		unit: 'price',
		description: 'Highest price of the session or candle',
		offeredBy: ['quote', 'candle'],
	},
	{
		name: 'low',
		label: 'Low',
		type: 'number',
		unit: 'price',
		description: 'Lowest price of the session or candle',
		offeredBy: ['quote', 'candle'],
	},
	{
		name: 'volume',
		label: 'Volume',
		type: 'number',
		unit: 'size',
		description: 'Shares or base units traded in the session or candle',
		offeredBy: ['quote', 'candle'],
	},
	{
		name: 'peRatio',
		label: 'P/E Ratio',
		type: 'number',
		unit: 'ratio',
		description: 'Price divided by the earnings per share of the last twelve months',
		offeredBy: ['quote'],
	},
	{
		name: 'session',
		label: 'Session',
		type: 'text',
		description: 'Trading session: pre, regular, post, overnight or closed',
		offeredBy: ['quote'],
	},
];

export type FactDefinition = {
	readonly name: string;
	readonly label: string;
	readonly type: FactType;
	readonly unit?: 'price' | 'percent' | 'size' | 'ratio';
	readonly description: string;
	/** The kinds of market event that carry it. */
	readonly offeredBy: ReadonlyArray<'quote' | 'trade' | 'candle'>;
};

export type FactType = 'number' | 'text' | 'boolean';

const byName = new Map(catalogue.map((fact) => [fact.name, fact]));

export const findFact = (name: string): FactDefinition | undefined => byName.get(name);
