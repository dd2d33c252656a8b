import type { INodeProperties } from 'n8n-workflow';

import { catalogue, type FactDefinition, type FactParam } from '../../core/facts/catalogue';

/** Facts that are worked out from candles. */
export const indicators: readonly FactDefinition[] = catalogue.filter(
	({ kind }) => kind === 'indicator',
);

/** Has a field of its own, or makes no sense where one instrument is asked for. */
const ELSEWHERE: ReadonlySet<string> = new Set(['interval', 'candle', 'symbol', 'times']);

/** The parameters of an indicator that its fields are named after. */
export const ownParamsOf = ({ params }: FactDefinition): readonly FactParam[] =>
	params.filter(({ name }) => !ELSEWHERE.has(name));

/** Which indicator, and its parameters, each shown with those that have it. */
export const indicatorFields = (): INodeProperties[] => [
	{
		displayName: 'Indicator',
		name: 'indicator',
		type: 'options',
		options: indicators.map(({ name, label, description }) => ({
			name: label,
			value: name,
			description,
		})),
		default: 'rsi',
		displayOptions: { show: { operation: ['indicator'] } },
	},
	...paramFields(),
	{
		displayName: 'Candle',
		name: 'candle',
		type: 'options',
		options: [
			{ name: 'Last Closed', value: 'closed' },
			{
				name: 'Running',
				value: 'running',
				description: 'The candle that has not ended yet: the value still changes',
			},
		],
		default: 'closed',
		displayOptions: { show: { operation: ['indicator'] } },
	},
	{
		displayName: 'Return',
		name: 'return',
		type: 'options',
		options: [
			{ name: 'Last Value', value: 'last', description: 'One item for each symbol' },
			{ name: 'Series', value: 'series', description: 'One item for each candle' },
		],
		default: 'last',
		displayOptions: { show: { operation: ['indicator'] } },
	},
	{
		displayName: 'Number of Values',
		name: 'values',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 10000 },
		default: 100,
		description:
			'Values of the newest candles; what the indicator needs before them is fetched as well',
		displayOptions: { show: { operation: ['indicator'], return: ['series'] } },
	},
];

/** One field for each parameter and default there is. */
function paramFields(): INodeProperties[] {
	const fields = new Map<string, { param: FactParam; of: string[] }>();
	for (const indicator of indicators) {
		for (const param of ownParamsOf(indicator)) {
			const key = `${param.name} ${String(param.default)}`;
			const known = fields.get(key);
			if (known === undefined) fields.set(key, { param, of: [indicator.name] });
			else known.of.push(indicator.name);
		}
	}
	return [...fields.values()].map(({ param, of }) => ({
		displayName: param.label,
		name: param.name,
		type: 'number',
		typeOptions: {
			...(param.min === undefined ? {} : { minValue: param.min }),
			...(param.max === undefined ? {} : { maxValue: param.max }),
			...(param.type === 'number' ? { numberPrecision: 4 } : {}),
		},
		default: Number(param.default),
		description: param.description,
		displayOptions: { show: { operation: ['indicator'], indicator: of } },
	}));
}
