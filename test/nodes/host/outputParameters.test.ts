import { displayParameter, type INodeProperties } from 'n8n-workflow';

import { isSending, outputParameters } from '../../../nodes/host/outputParameters';
import { AlertEmail } from '../../../nodes/AlertEmail/AlertEmail.node';
import { AlertMessage } from '../../../nodes/AlertMessage/AlertMessage.node';
import { AlertPager } from '../../../nodes/AlertPager/AlertPager.node';
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
		['getHeldBack', ['operation', 'limit', 'filters']],
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

	// n8n's editor empties a collection whose showing depends on what was just chosen by that name alone.
	it.each([new AlertEmail(), new AlertWebhook(), new AlertMessage(), new AlertPager()])(
		'keeps the options when another operation is chosen',
		({ description: { properties } }) => {
			const lost = properties.filter(
				({ name, options, displayOptions }) =>
					name !== 'operation' &&
					options !== undefined &&
					['operation', 'channel'].some(
						(chosen) =>
							displayOptions?.show?.[chosen] !== undefined ||
							displayOptions?.hide?.[chosen] !== undefined,
					),
			);
			expect(properties.map(({ name }) => name)).toEqual(
				expect.arrayContaining(['options', 'filters']),
			);
			expect(lost).toEqual([]);
		},
	);

	// It takes a field that credentials are shown by for a way to log in, and hides it in their dialog.
	it('shows the channel beside the credential it decides about', () => {
		const { credentials = [], properties } = new AlertMessage().description;
		const deciding = credentials.flatMap(({ displayOptions }) =>
			Object.keys(displayOptions?.show ?? {}),
		);
		expect(deciding).toHaveLength(3);
		expect(properties.filter(({ name }) => deciding.includes(name))).toEqual([]);
	});

	it.each(['telegram', 'slack', 'discord'])('wants one credential for %s', (channel) => {
		const { description } = new AlertMessage();
		const wanted = (description.credentials ?? []).filter((credential) =>
			displayParameter({ operation: 'send', channel }, credential, null, description),
		);
		expect(wanted.map(({ name }) => name.toLowerCase())).toEqual([`marketalerts${channel}api`]);
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
			'getHeldBack',
		] as const) {
			const isAsked = displayParameter({ operation }, credential!, null, null);
			expect([operation, isAsked]).toEqual([operation, isSending(operation)]);
		}
	});
});
