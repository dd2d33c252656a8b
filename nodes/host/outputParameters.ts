import type { INodeProperties } from 'n8n-workflow';

/** What an alert output does with an item. */
export type Operation =
	'send' | 'preview' | 'sendTest' | 'sendAgain' | 'getDeliveries' | 'getHeldBack';

/** Those that list what is written down, and ask for nothing of an output's own. */
const LISTING = ['getDeliveries', 'getHeldBack'] satisfies Operation[];

/** Whether an operation reaches the other side. */
export const isSending = (operation: Operation): boolean =>
	operation !== 'preview' && !LISTING.some((one) => one === operation);

/** For credentials: those that send nothing need none. */
export const WHEN_SENDING = {
	hide: { operation: ['preview', ...LISTING] satisfies Operation[] },
};

/**
 * The operation, as fields that depend on it name it. With the stroke the path begins at the node; without, n8n's editor
 * empties a collection of options whenever another operation is chosen.
 */
const OPERATION = '/operation';

/**
 * The parameters of an alert output: the operation first, then its own fields, which those that list don't
 * ask for. Fresh at each call.
 */
export const outputParameters = (own: readonly INodeProperties[]): INodeProperties[] => [
	operationField(),
	...own.map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			hide: { ...field.displayOptions?.hide, [OPERATION]: [...LISTING] },
		},
	})),
	...deliveriesFields(),
	heldBackFilters(),
];

const operationField = (): INodeProperties => ({
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'send',
	options: [
		{
			name: 'Get Deliveries',
			value: 'getDeliveries',
			description: 'List who was told what, when, and what could not be delivered',
			action: 'Get deliveries',
		},
		{
			name: 'Get Held Back',
			value: 'getHeldBack',
			description: 'List alerts that noise control held back, by what, since when and until when',
			action: 'Get alerts that were held back',
		},
		{
			name: 'Preview',
			value: 'preview',
			description: 'Give out what would be sent, and send nothing',
			action: 'Preview an alert',
		},
		{
			name: 'Send',
			value: 'send',
			description: 'Send each alert once to each recipient',
			action: 'Send an alert',
		},
		{
			name: 'Send Again',
			value: 'sendAgain',
			description: 'Send an alert anew, under the same ID, though it was delivered',
			action: 'Send an alert again',
		},
		{
			name: 'Send Test',
			value: 'sendTest',
			description: 'Send marked [Test], as often as asked, outside the delivery log',
			action: 'Send a test alert',
		},
	],
});

/** Fields that every alert output has; fresh at each call. */
export const alertIdField = (): INodeProperties => ({
	displayName: 'Alert ID',
	name: 'alertId',
	type: 'string',
	default: '={{ $json.alert.id }}',
	description:
		"Names the alert: what was sent under it to a recipient is not sent to them again. Empty: made from the content and the item's event ID; of an item without one, a later execution sends the same again. For Send Again: which one to send.",
});

export const retryForField = (): INodeProperties => ({
	displayName: 'Retry For',
	name: 'retryFor',
	type: 'string',
	default: '2m',
	placeholder: 'e.g. 2m',
	description: 'How long to try again when the other side is down or busy: 30s, 2m, 1h',
});

/** For outputs whose own fields may hold templates. */
export const localeFields = (): INodeProperties[] => [
	{
		displayName: 'Locale',
		name: 'locale',
		type: 'string',
		default: 'en-US',
		placeholder: 'e.g. de-DE',
		description: 'How templates of this node write numbers and times: [[price | number: 2]]',
	},
	{
		displayName: 'Time Zone',
		name: 'timezone',
		type: 'string',
		default: 'UTC',
		placeholder: 'e.g. America/New_York',
		description: 'Of the times that templates of this node write: [[eventAt | time]]',
	},
];

const deliveriesFields = (): INodeProperties[] => [
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 1000 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { [OPERATION]: [...LISTING] } },
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		displayOptions: { show: { [OPERATION]: ['getDeliveries'] } },
		options: [
			{ displayName: 'Alert ID', name: 'alertId', type: 'string', default: '' },
			{
				displayName: 'Recipient',
				name: 'recipient',
				type: 'string',
				default: '',
				placeholder: 'e.g. me@example.com',
				description: 'As it was sent to, or as deliveries show it',
			},
			{
				displayName: 'Rule',
				name: 'rule',
				type: 'string',
				default: '',
				description: 'Name or ID of a rule',
			},
			{
				displayName: 'Since',
				name: 'since',
				type: 'string',
				default: '',
				placeholder: 'e.g. 24h',
				description:
					'How far back, 30m, 24h, 7d, or an instant with its zone: 2026-11-24T09:30:00Z',
			},
			{
				displayName: 'Status',
				name: 'status',
				type: 'options',
				options: [
					{ name: 'Any', value: '' },
					{ name: 'Delivered', value: 'delivered' },
					{ name: 'Failed', value: 'failed' },
				],
				default: '',
			},
		],
	},
];

const heldBackFilters = (): INodeProperties => ({
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	displayOptions: { show: { [OPERATION]: ['getHeldBack'] } },
	options: [
		{
			displayName: 'All Workflows',
			name: 'allWorkflows',
			type: 'boolean',
			default: false,
			description: 'Whether to list what other workflows held back, too',
		},
		{
			displayName: 'Held Back By',
			name: 'by',
			type: 'options',
			options: [
				{ name: 'Anything', value: '' },
				{ name: 'Budget', value: 'budget' },
				{ name: 'Flapping', value: 'flapping' },
				{ name: 'Group', value: 'group' },
				{ name: 'Inhibition', value: 'inhibit' },
				{ name: 'Quiet Hours', value: 'quietHours' },
				{ name: 'Silence', value: 'silence' },
			],
			default: '',
		},
		{
			displayName: 'Rule',
			name: 'rule',
			type: 'string',
			default: '',
			description: 'Name or ID of a rule',
		},
		{
			displayName: 'Since',
			name: 'since',
			type: 'string',
			default: '',
			placeholder: 'e.g. 24h',
			description: 'How far back, 30m, 24h, 7d, or an instant with its zone: 2026-11-24T09:30:00Z',
		},
		{
			displayName: 'Status',
			name: 'status',
			type: 'options',
			options: [
				{ name: 'Any', value: '' },
				{ name: 'Ended Untold', value: 'over', description: 'It was over before it could be told' },
				{ name: 'Given Up', value: 'full', description: 'Too many waited' },
				{ name: 'Released', value: 'released', description: 'The newest went on' },
				{ name: 'Waiting', value: 'waiting', description: 'Still held back' },
			],
			default: '',
		},
		{
			displayName: 'Symbol',
			name: 'symbol',
			type: 'string',
			default: '',
			placeholder: 'e.g. SHOP',
		},
	],
});
