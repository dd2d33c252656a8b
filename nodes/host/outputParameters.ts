import type { INodeProperties } from 'n8n-workflow';

/** What an alert output does with an item. */
export type Operation = 'send' | 'preview' | 'sendTest' | 'sendAgain' | 'getDeliveries';

/** Whether an operation reaches the other side. */
export const isSending = (operation: Operation): boolean =>
	operation !== 'preview' && operation !== 'getDeliveries';

/** For credentials: those that send nothing need none. */
export const WHEN_SENDING = {
	hide: { operation: ['preview', 'getDeliveries'] satisfies Operation[] },
};

/**
 * The operation, as fields that depend on it name it. With the stroke the path begins at the node; without, n8n's editor
 * empties a collection of options whenever another operation is chosen.
 */
const OPERATION = '/operation';

/**
 * The parameters of an alert output: the operation first, then its own fields, which only Get Deliveries
 * doesn't ask for. Fresh at each call.
 */
export const outputParameters = (own: readonly INodeProperties[]): INodeProperties[] => [
	operationField(),
	...own.map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			hide: { ...field.displayOptions?.hide, [OPERATION]: ['getDeliveries'] },
		},
	})),
	...deliveriesFields(),
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
		displayOptions: { show: { [OPERATION]: ['getDeliveries'] } },
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
