import type { INodeProperties } from 'n8n-workflow';

import { catalogue } from '../../core/facts/catalogue';
import { LEFT, paramFields, type Side } from '../host/factFields';

/** The fields of a row: as in a condition, but columns are those of candles. */
export const ADDED: Side = { ...LEFT, columnsOfCandles: true };
/** What a row begins with. */
export const FIRST_FACT = 'rsi';

const addable = catalogue.filter(
	({ kind, params }) => kind !== 'column' || params.some(({ name }) => name === 'interval'),
);

/** Facts that are worked out, as fields of each event. */
export const addFactsField = (): INodeProperties => ({
	displayName: 'Add Facts',
	name: 'addFacts',
	type: 'fixedCollection',
	typeOptions: {
		multipleValues: true,
		sortable: true,
		multipleValueButtonText: 'Add Fact',
	},
	placeholder: 'Add Fact',
	default: {},
	description: 'Indicators and the like, worked out from all events and added to each as a field',
	options: [
		{
			displayName: 'Fact',
			name: 'fact',
			values: [
				{
					displayName: 'Fact',
					name: 'fact',
					type: 'options',
					noDataExpression: true,
					options: addable.map(({ name, label, description, kind }) => ({
						name: kind === 'column' ? `${label} of Candle` : label,
						value: name,
						description,
					})),
					default: FIRST_FACT,
				},
				...paramFields(ADDED),
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. rsi_14_5m',
					description:
						'How the field is called; empty makes a name of the fact and its parameters. While the fact is not known the field is left out, and marketAlerts.missing says why.',
				},
			],
		},
	],
});
