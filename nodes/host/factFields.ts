import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { catalogue, type FactDefinition, type FactParam } from '../../core/facts/catalogue';

/** Stands in the lists of facts for a field of the item. */
export const ITEM_FIELD = 'itemField';

/** Intervals the builder offers; a rule in JSON may name any. */
export const INTERVALS: INodePropertyOptions[] = [
	{ name: '1 Day', value: '1d' },
	{ name: '1 Hour', value: '1h' },
	{ name: '1 Minute', value: '1m' },
	{ name: '15 Minutes', value: '15m' },
	{ name: '30 Minutes', value: '30m' },
	{ name: '4 Hours', value: '4h' },
	{ name: '5 Minutes', value: '5m' },
	{ name: 'Each Item Is a Candle', value: 'event' },
];

/** Parameters with a field of their own; the rest lie in a collection. */
const PROMINENT = new Set(['period', 'interval', 'over', 'last']);

/** The fields of a fact in a row are called after the fact's own field: `period`, `otherPeriod`. */
export type Side = {
	readonly factField: 'fact' | 'otherFact';
	name(param: string): string;
	readonly show?: Record<string, string[]>;
	/** Open, high and the like are those of candles, not the event's own. */
	readonly columnsOfCandles?: true;
};

export const LEFT: Side = { factField: 'fact', name: (param) => param };
export const RIGHT: Side = {
	factField: 'otherFact',
	name: (param) => `other${param.charAt(0).toUpperCase()}${param.slice(1)}`,
	show: { compareWith: ['fact'] },
};

export const factOptions = (): INodePropertyOptions[] => [
	...catalogue.map(({ name, label, description }) => ({ name: label, value: name, description })),
	{
		name: 'Item Field',
		value: ITEM_FIELD,
		description: 'Any field of the item: a column of your own data, or what another node added',
	},
];

const factsWith = (
	side: Side,
	param: string,
	suits: (found: FactParam) => boolean = () => true,
): string[] =>
	catalogue
		.filter(
			(fact) =>
				takesParams(fact, side) && fact.params.some((one) => one.name === param && suits(one)),
		)
		.map(({ name }) => name);

const takesParams = ({ kind }: FactDefinition, { columnsOfCandles }: Side): boolean =>
	kind !== 'column' || columnsOfCandles === true;

/** The fields for the parameters of whichever fact a row names. */
export function paramFields(side: Side): INodeProperties[] {
	const shown = (facts: string[], more: Record<string, string[]> = {}) => ({
		show: { ...side.show, [side.factField]: facts, ...more },
	});
	const spans = factsWith(side, 'over');
	const spanField = side.name('span');
	const defaults = [
		...new Set(
			catalogue.flatMap(({ params }) =>
				params.filter(({ name }) => name === 'period').map((param) => Number(param.default)),
			),
		),
	];
	return [
		...defaults.map((value): INodeProperties => ({
			displayName: 'Period',
			name: side.name('period'),
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 1_000 },
			default: value,
			description: 'Number of candles the indicator looks at',
			displayOptions: shown(factsWith(side, 'period', (param) => param.default === value)),
		})),
		{
			displayName: 'Span',
			name: spanField,
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Of Candles', value: 'last' },
				{ name: 'Of Time', value: 'over' },
			],
			default: 'over',
			displayOptions: shown(spans),
		},
		{
			displayName: 'Over',
			name: side.name('over'),
			type: 'string',
			default: '15m',
			placeholder: 'e.g. 15m',
			description: 'The span before the event: 30s, 15m, 1h, 1d',
			displayOptions: shown(spans, { [spanField]: ['over'] }),
		},
		{
			displayName: 'Last',
			name: side.name('last'),
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 1_000 },
			default: 20,
			description: 'Number of candles before the event',
			displayOptions: shown(spans, { [spanField]: ['last'] }),
		},
		intervalField(side, shown(factsWith(side, 'interval').filter((fact) => !spans.includes(fact)))),
		intervalField(side, shown(spans, { [spanField]: ['last'] })),
		{
			displayName: 'Parameters',
			name: side.name('params'),
			type: 'collection',
			placeholder: 'Add Parameter',
			default: {},
			displayOptions: {
				...(side.show === undefined ? {} : { show: side.show }),
				hide: { [side.factField]: [ITEM_FIELD] },
			},
			options: furtherParams(),
		},
	];
}

const intervalField = (
	side: Side,
	displayOptions: INodeProperties['displayOptions'],
): INodeProperties => ({
	displayName: 'Candle Interval',
	name: side.name('interval'),
	type: 'options',
	options: INTERVALS,
	default: '5m',
	description: 'Length of the candles it is worked out from',
	...(displayOptions === undefined ? {} : { displayOptions }),
});

/** Every parameter of the catalogue that has no field of its own, once, in the order of their labels. */
function furtherParams(): INodeProperties[] {
	const params = new Map<string, FactParam>();
	for (const fact of catalogue) {
		for (const param of fact.params) {
			if (!PROMINENT.has(param.name) && !params.has(param.name)) params.set(param.name, param);
		}
	}
	return [...params.values()]
		.sort((a, b) => a.label.localeCompare(b.label))
		.map((param): INodeProperties => {
			const { name, label: displayName, description } = param;
			if (param.type === 'options') {
				const options = (param.options ?? []).map((value) => ({ name: titled(value), value }));
				const fallback = param.default ?? param.options?.[0] ?? '';
				return { displayName, name, type: 'options', options, default: fallback, description };
			}
			if (param.type === 'integer' || param.type === 'number') {
				return {
					displayName,
					name,
					type: 'number',
					default: Number(param.default ?? 1),
					description,
				};
			}
			return {
				displayName,
				name,
				type: 'string',
				default: String(param.default ?? ''),
				description,
			};
		});
}

const titled = (value: string): string =>
	value === 'us-equities' ? 'US Equities' : value.charAt(0).toUpperCase() + value.slice(1);

/** A row's fact with its parameters, as a rule document has it. */
export function readFactRef(
	row: Readonly<Record<string, unknown>>,
	fact: string,
	side: Side,
): { fact: string; params?: Record<string, unknown> } {
	const definition = catalogue.find(({ name }) => name === fact);
	const further = (row[side.name('params')] ?? {}) as Record<string, unknown>;
	const params: Record<string, unknown> = {};
	const takes = (name: string) =>
		definition !== undefined &&
		takesParams(definition, side) &&
		definition.params.some((param) => param.name === name);
	const isSpan = takes('over');
	const span = row[side.name('span')] ?? 'over';
	for (const name of ['period', 'over', 'last', 'interval']) {
		if (!takes(name) || (isSpan && name === 'over' && span !== 'over')) continue;
		if (isSpan && span === 'over' && name !== 'over') continue;
		const given =
			row[side.name(name)] ??
			DEFAULTS[name] ??
			definition?.params.find((param) => param.name === name)?.default;
		if (name === 'interval' && given === 'event') continue;
		params[name] = given;
	}
	for (const [name, value] of Object.entries(further)) {
		if (value !== '' && value !== undefined) params[name] = value;
	}
	return Object.keys(params).length === 0 ? { fact } : { fact, params };
}

/** What the fields begin with; n8n leaves out of a row what nobody changed. */
const DEFAULTS: Readonly<Record<string, unknown>> = { over: '15m', last: 20, interval: '5m' };
