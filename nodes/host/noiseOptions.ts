import type { INodeProperties } from 'n8n-workflow';

/**
 * What a node offers of noise control. `withoutClock`: what alerts alone decide. `withClock`: what has to be
 * told at a time of its own as well.
 */
export type NoiseSelection = 'withoutClock' | 'withClock';

const MATCHERS =
	'All must match, separated by commas: rule=Index down, symbol=BTC*, severity!=critical, desk=tech. A rule goes by its ID or name; other names are labels.';

/** The collection "Noise Control", read by `readNoise`. Fresh at each call. */
export const noiseField = (selection: NoiseSelection): INodeProperties => ({
	displayName: 'Noise Control',
	name: 'noise',
	type: 'collection',
	placeholder: 'Add Noise Control',
	default: {},
	description:
		'What keeps alerts from becoming noise. What is held back can be listed with Get Held Back in any alert output.',
	options: noiseOptions(selection),
});

/** In the order of their names, as n8n wants it. */
export const noiseOptions = (selection: NoiseSelection): INodeProperties[] =>
	[...withoutClock(), ...(selection === 'withClock' ? withClock() : [])].sort((a, b) =>
		a.displayName < b.displayName ? -1 : 1,
	);

const withoutClock = (): INodeProperties[] => [
	{
		displayName: 'Flapping',
		name: 'flapping',
		type: 'fixedCollection',
		default: {},
		placeholder: 'Add Flapping',
		description:
			'An alert that changes too often is told once as flapping, then kept quiet until it is calm; then its current state is told',
		options: [
			{
				displayName: 'Flapping',
				name: 'settings',
				values: [
					{
						displayName: 'Max Changes',
						name: 'maxChanges',
						type: 'number',
						typeOptions: { minValue: 1 },
						default: 4,
						description:
							'Of one rule and symbol within the window, alerts and their ends; one more is flapping',
					},
					{
						displayName: 'Window',
						name: 'window',
						type: 'string',
						default: '10m',
						placeholder: 'e.g. 10m',
					},
					{
						displayName: 'Calm For',
						name: 'calmFor',
						type: 'string',
						default: '10m',
						placeholder: 'e.g. 10m',
						description: 'How long nothing must change before the current state is told',
					},
				],
			},
		],
	},
	{
		displayName: 'Inhibit',
		name: 'inhibit',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Inhibition',
		description: 'While a source alert is firing, matching target alerts are muted',
		options: [
			{
				displayName: 'Inhibition',
				name: 'rule',
				values: [
					{
						displayName: 'Source',
						name: 'source',
						type: 'string',
						default: '',
						placeholder: 'e.g. rule=Index down',
						description: MATCHERS,
					},
					{
						displayName: 'Target',
						name: 'target',
						type: 'string',
						default: '',
						placeholder: 'e.g. severity!=critical',
						description: MATCHERS,
					},
					{
						displayName: 'Equal',
						name: 'equal',
						type: 'string',
						default: '',
						placeholder: 'e.g. desk',
						description:
							'Only where source and target agree in these, separated by commas: symbol, severity or labels',
					},
					{
						displayName: 'Mute For',
						name: 'muteFor',
						type: 'string',
						default: '',
						placeholder: 'e.g. 30m',
						description:
							'Mute this long after the source was told, for crossings that are over at once. Empty: as long as the source is firing.',
					},
				],
			},
		],
	},
	{
		displayName: 'Silences',
		name: 'silences',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Silence',
		description: 'What matches is muted until a time; what still goes on then is told',
		options: [
			{
				displayName: 'Silence',
				name: 'silence',
				values: [
					{
						displayName: 'Matchers',
						name: 'matchers',
						type: 'string',
						default: '',
						placeholder: 'e.g. symbol=SHOP, desk=tech',
						description: MATCHERS,
					},
					{
						displayName: 'From',
						name: 'from',
						type: 'dateTime',
						default: '',
						description: 'When it begins; at once when empty',
					},
					{
						displayName: 'Until',
						name: 'until',
						type: 'dateTime',
						default: '',
						description: 'When it is over',
					},
					{
						displayName: 'Comment',
						name: 'comment',
						type: 'string',
						default: '',
						placeholder: 'e.g. earnings day',
						description: 'Why, for those who ask later',
					},
				],
			},
		],
	},
	{
		displayName: 'Time Zone',
		name: 'timezone',
		type: 'string',
		default: 'UTC',
		placeholder: 'e.g. America/New_York',
		description: 'Of the times given here',
	},
];

const withClock = (): INodeProperties[] => [
	{
		displayName: 'Budget',
		name: 'budget',
		type: 'fixedCollection',
		default: {},
		placeholder: 'Add Budget',
		description:
			'Most messages to a destination; what is over it is told in one message when there is room again',
		options: [
			{
				displayName: 'Budget',
				name: 'settings',
				values: [
					{
						displayName: 'Messages',
						name: 'messages',
						type: 'number',
						typeOptions: { minValue: 1 },
						default: 20,
						description:
							"To each address that a rule's deliver names; rules without one share the node's",
					},
					{
						displayName: 'Per',
						name: 'per',
						type: 'string',
						default: '1h',
						placeholder: 'e.g. 1h',
					},
					{
						displayName: 'Pass Critical',
						name: 'passCritical',
						type: 'boolean',
						default: true,
						description: 'Whether critical alerts are told though nothing is left',
					},
				],
			},
		],
	},
	{
		displayName: 'Group By',
		name: 'groupBy',
		type: 'string',
		default: 'rule',
		placeholder: 'e.g. rule, desk',
		description:
			'Alerts that agree in these share a message, separated by commas: rule, symbol, severity or labels. Empty: one message for all.',
	},
	{
		displayName: 'Group Interval',
		name: 'groupInterval',
		type: 'string',
		default: '5m',
		placeholder: 'e.g. 5m',
		description: 'Least time between two messages of a group',
	},
	{
		displayName: 'Group Wait',
		name: 'groupWait',
		type: 'string',
		default: '30s',
		placeholder: 'e.g. 30s',
		description: 'How long the first alert of a group waits for others',
	},
	{
		displayName: 'Quiet Hours',
		name: 'quietHours',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Quiet Hours',
		description: 'What comes then is told in one digest at the end',
		options: [
			{
				displayName: 'Quiet Hours',
				name: 'interval',
				values: [
					{
						displayName: 'Days',
						name: 'days',
						type: 'multiOptions',
						// eslint-disable-next-line n8n-nodes-base/node-param-multi-options-type-unsorted-items -- a week has an order of its own
						options: [
							{ name: 'Monday', value: 'mon' },
							{ name: 'Tuesday', value: 'tue' },
							{ name: 'Wednesday', value: 'wed' },
							{ name: 'Thursday', value: 'thu' },
							{ name: 'Friday', value: 'fri' },
							{ name: 'Saturday', value: 'sat' },
							{ name: 'Sunday', value: 'sun' },
						],
						default: [],
						description: 'Every day when empty',
					},
					{
						displayName: 'Times',
						name: 'times',
						type: 'string',
						default: '',
						placeholder: 'e.g. 22:00-07:00',
						description:
							'Separated by commas; one that ends before it begins goes over midnight. Empty: the whole day.',
					},
				],
			},
		],
	},
	{
		displayName: 'Quiet Hours Pass Critical',
		name: 'quietHoursPassCritical',
		type: 'boolean',
		default: false,
		description: 'Whether critical alerts are told in quiet hours all the same',
	},
];
