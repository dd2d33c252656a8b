import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { catalogue } from '../../core/facts/catalogue';
import { conditionRow } from './conditionRow';
import { INTERVALS } from './factFields';
import { scheduleFields } from './scheduleFields';

// About items of any origin; a feed's events are of one shape, and its outputs are fixed.
const OF_ITEMS = [
	'columns',
	'symbolField',
	'timeField',
	'eventIdField',
	'symbols',
	'explain',
	'outputs',
];

/** The settings a rule has beside its conditions. Items alone move time on; behind a feed there's a clock. */
export function ruleOptions(of: 'items' | 'feed'): INodeProperties[] {
	const options = allOptions((description, atItems) =>
		of === 'items' ? `${description}. ${atItems}` : description,
	);
	return of === 'items' ? options : options.filter(({ name }) => !OF_ITEMS.includes(name));
}

/** @param say puts a sentence behind a description that is so only where items move time on */
function allOptions(say: (description: string, atItems: string) => string): INodeProperties[] {
	return [
		{
			displayName: 'Candle Interval',
			name: 'interval',
			type: 'options',
			options: INTERVALS,
			default: '5m',
			description: 'Of firing by candle, and of every fact of candles that names none',
		},
		{
			displayName: 'Columns',
			name: 'columns',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			default: {},
			placeholder: 'Add Column',
			description: 'Fields of the items that hold facts under other names',
			options: [
				{
					displayName: 'Column',
					name: 'column',
					values: [
						{
							displayName: 'Fact',
							name: 'fact',
							type: 'options',
							noDataExpression: true,
							options: columnOptions(),
							default: 'price',
						},
						{
							displayName: 'Field',
							name: 'field',
							type: 'string',
							default: '',
							placeholder: 'e.g. data.last_price',
							requiresDataPath: 'single',
						},
					],
				},
			],
		},
		{
			displayName: 'Event ID Field',
			name: 'eventIdField',
			type: 'string',
			default: 'eventId',
			description:
				'Field that names an event; an item that comes again under the same name gives the same alert',
		},
		{
			displayName: 'Explain',
			name: 'explain',
			type: 'boolean',
			default: false,
			description:
				'Whether to say on No Alert and Unknown items, for each comparison, what it found and how far it is from holding',
		},
		{
			displayName: 'Hold For',
			name: 'holdFor',
			type: 'string',
			default: '',
			placeholder: 'e.g. 30s or 3 candles',
			description: say(
				'How long the rule must hold before the alert fires: 30s, 5m; or "3 candles": at so many closed candles of the candle interval in a row, and nothing else is judged',
				'It fires at the next item after that.',
			),
		},
		{
			displayName: 'Include',
			name: 'include',
			type: 'string',
			default: '',
			placeholder: 'e.g. peRatio, high',
			description: 'Further facts or fields the alert shall carry, separated by commas',
		},
		{
			displayName: 'Keep Firing For',
			name: 'keepFiringFor',
			type: 'string',
			default: '',
			placeholder: 'e.g. 10m',
			description: say(
				'How long the rule must have stopped holding before the alert is over: a short recovery is no new alert',
				'It is over at the next item after that.',
			),
		},
		{
			displayName: 'Labels',
			name: 'labels',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			default: {},
			placeholder: 'Add Label',
			description: 'Names and values that travel with the alert',
			options: [
				{
					displayName: 'Label',
					name: 'label',
					values: [
						{ displayName: 'Name', name: 'name', type: 'string', default: '' },
						{ displayName: 'Value', name: 'value', type: 'string', default: '' },
					],
				},
			],
		},
		{
			displayName: 'Max Alerts',
			name: 'maxAlerts',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description:
				'Most alerts of one symbol in all, reminders included; then it is quiet until the conditions change. 0 for no limit.',
		},
		{
			displayName: 'Max per Day',
			name: 'maxPerDay',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'Most alerts of one symbol a day (UTC); 0 for no limit',
		},
		{
			displayName: 'Message',
			name: 'message',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			placeholder: 'e.g. [[symbol]] trades at [[price]]',
			description:
				'Text of the alert. [[price]] stands for a fact; without a message the alert says why.',
		},
		{
			displayName: 'Notify Resolved',
			name: 'notifyResolved',
			type: 'boolean',
			default: false,
			description: 'Whether to tell when an alert that was told is over',
		},
		{
			displayName: 'Outputs',
			name: 'outputs',
			type: 'options',
			options: [
				{ name: 'One for All Rules', value: 'shared' },
				{ name: 'One per Rule', value: 'perRule' },
			],
			default: 'shared',
			description:
				'Where alerts of several rules go. One per rule wants the rules written down in the JSON field, not an expression.',
		},
		{
			displayName: 'Remind Every',
			name: 'remindEvery',
			type: 'string',
			default: '',
			placeholder: 'e.g. 4h',
			description: say(
				'How often to tell again while the alert goes on: 4h',
				'It is told at the next item after that.',
			),
		},
		{
			displayName: 'Reset When',
			name: 'resetWhen',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			default: {},
			placeholder: 'Add Condition',
			description:
				'The alert is over when all of these hold, not as soon as the rule stops holding: alert under 60, over again above 62',
			options: [{ displayName: 'Condition', name: 'condition', values: conditionRow() }],
		},
		{
			displayName: 'Schedule',
			name: 'schedule',
			type: 'fixedCollection',
			default: {},
			placeholder: 'Add Schedule',
			description: 'When the rule is judged at all; outside it sleeps and remembers where it was',
			options: [{ displayName: 'Schedule', name: 'window', values: scheduleFields() }],
		},
		{
			displayName: 'Severity',
			name: 'severity',
			type: 'options',
			options: [
				{ name: 'Critical', value: 'critical' },
				{ name: 'Info', value: 'info' },
				{ name: 'Warning', value: 'warning' },
			],
			default: 'info',
		},
		{
			displayName: 'Splits',
			name: 'splits',
			type: 'json',
			default: '[]',
			placeholder: '[{ "symbol": "NFLX", "date": "2015-07-15", "ratio": 7 }]',
			description:
				'Share splits: symbol, first day at the new price, and new shares per old. What came before is adjusted, so that a split is no fall in price.',
		},
		{
			displayName: 'Symbol Field',
			name: 'symbolField',
			type: 'string',
			default: 'symbol',
			description: 'Field that says which instrument an item is about; state is kept for each',
		},
		{
			displayName: 'Symbols',
			name: 'symbols',
			type: 'string',
			default: '',
			placeholder: 'e.g. SHOP, BTC/USD',
			description: 'Only items of these are judged, separated by commas; all of them when empty',
		},
		{
			displayName: 'Time Field',
			name: 'timeField',
			type: 'string',
			default: 'eventAt',
			description:
				'Field with the time of the event: epoch milliseconds, or ISO 8601 with a time zone. Without it, now.',
		},
		{
			displayName: 'Title',
			name: 'title',
			type: 'string',
			default: '',
			placeholder: 'e.g. Time to buy [[symbol]]!',
			description: 'Headline of the alert. [[symbol]] stands for the symbol, [[price]] for a fact.',
		},
	];
}

const columnOptions = (): INodePropertyOptions[] =>
	catalogue
		.filter(({ kind }) => kind === 'column')
		.map(({ name, label }) => ({ name: label, value: name }));
