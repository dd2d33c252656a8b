import type { INodeProperties } from 'n8n-workflow';

/** Fields that every alert output has; fresh at each call. */
export const alertIdField = (): INodeProperties => ({
	displayName: 'Alert ID',
	name: 'alertId',
	type: 'string',
	default: '={{ $json.alert.id }}',
	description:
		"Names the alert: what was sent under it to a recipient is not sent to them again. Empty: made from the content and the item's event ID; of an item without one, a later execution sends the same again.",
});

export const retryForField = (): INodeProperties => ({
	displayName: 'Retry For',
	name: 'retryFor',
	type: 'string',
	default: '2m',
	placeholder: 'e.g. 2m',
	description: 'How long to try again when the other side is down or busy: 30s, 2m, 1h',
});
