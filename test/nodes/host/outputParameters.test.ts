import { displayParameter, type INodeProperties } from 'n8n-workflow';

import { isSending, outputParameters } from '../../../nodes/host/outputParameters';
import { AlertEmail } from '../../../nodes/AlertEmail/AlertEmail.node';
import { AlertWebhook } from '../../../nodes/AlertWebhook/AlertWebhook.node';

const own: INodeProperties[] = [
	{ displayName: 'To', name: 'to', type: 'string', default: '' },
	{
		displayName: 'Chat',
		name: 'chat',
		type: 'string',
		default: '',
		displayOptions: { show: { channel: ['telegram'] }, hide: { to: ['x'] } },
	},
];
const shown = (parameters: INodeProperties[], values: Record<string, string>) =>
	parameters
		.filter((parameter) => displayParameter(values, parameter, null, null))
		.map(({ name }) => name);

describe('outputParameters', () => {
	const parameters = outputParameters(own);

	it('asks for the operation first, and sends when nothing is said', () => {
		expect(parameters[0]).toMatchObject({ name: 'operation', default: 'send' });
	});

	it.each([
		['send', ['operation', 'to']],
		['preview', ['operation', 'to']],
		['sendTest', ['operation', 'to']],
		['sendAgain', ['operation', 'to']],
		['getDeliveries', ['operation', 'limit', 'filters']],
	])('shows for %s %j', (operation, names) => {
		expect(shown(parameters, { operation })).toEqual(names);
	});

	it('keeps what a field wants besides', () => {
		expect(shown(parameters, { operation: 'send', channel: 'telegram' })).toContain('chat');
		expect(shown(parameters, { operation: 'getDeliveries', channel: 'telegram' })).not.toContain(
			'chat',
		);
		expect(shown(parameters, { operation: 'send', channel: 'telegram', to: 'x' })).not.toContain(
			'chat',
		);
	});

	it('is fresh at each call', () => {
		expect(outputParameters(own)[0]).not.toBe(parameters[0]);
	});

	it.each([
		['Alert Email', new AlertEmail()],
		['Alert Webhook', new AlertWebhook()],
	])('gives %s credentials for what is sent only', (_, { description }) => {
		const [credential] = description.credentials ?? [];
		for (const operation of [
			'send',
			'preview',
			'sendTest',
			'sendAgain',
			'getDeliveries',
		] as const) {
			const isAsked = displayParameter({ operation }, credential!, null, null);
			expect([operation, isAsked]).toEqual([operation, isSending(operation)]);
		}
	});
});
