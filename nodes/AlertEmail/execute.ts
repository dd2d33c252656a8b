import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import { isAddress, sendEmail, splitRecipients, toMail } from '../../core/delivery';
import type { MailTransport } from '../../core/ports';
import { nodemailerTransport, type SmtpSettings } from '../../core/ports/system';
import {
	alertIdOf,
	alertOf,
	readDuration,
	sendAlerts,
	UndeliveredError,
	type Sending,
} from '../host/sendAlerts';
import { textOf } from '../host/texts';

/** Each item as one mail to each recipient, over one connection. */
export async function executeAlertEmail(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	const credential = await context.getCredentials('marketAlertsSmtpApi');
	const transport = nodemailerTransport(toSmtpSettings(credential));
	try {
		return await sendAlerts(context, 'email', (item, index) =>
			readEmail(context, item, index, transport),
		);
	} finally {
		transport.close();
	}
}

function readEmail(
	context: IExecuteFunctions,
	{ json }: INodeExecutionData,
	index: number,
	transport: MailTransport,
): Sending {
	const read = (name: string) => textOf(context.getNodeParameter(name, index, ''));
	const options = context.getNodeParameter('options', index, {}) as {
		appendTables?: boolean;
		replyTo?: string;
		retryFor?: string;
	};
	const alert = alertOf(json);
	const test = context.getMode() === 'manual' || alert?.alert.test === true;
	const content = {
		title: read('subject').trim() || 'Market alert',
		text: read('text'),
		...(alert !== undefined && options.appendTables !== false
			? { facts: alert.facts, because: alert.because }
			: {}),
		...(alert === undefined ? {} : { episodeId: alert.alert.episodeId }),
		alertId: alertIdOf(context, index, [read('subject'), read('text')]),
		test,
	};
	const from = checkAddress(read('fromEmail'), 'From Email');
	const replyTo =
		textOf(options.replyTo).trim() === ''
			? {}
			: { replyTo: checkAddress(textOf(options.replyTo), 'Reply To') };
	return {
		alertId: content.alertId,
		test,
		retryForMs: readDuration(options.retryFor ?? '2m', 'Retry For'),
		recipients: recipientsOf(read('toEmail'), alert?.alert.deliver ?? []),
		serverOf: () => 'smtp',
		send: async (to) =>
			isAddress(to)
				? await sendEmail(toMail(content, { from, to, ...replyTo }), transport)
				: {
						status: 'failed',
						reason: 'invalidRecipient',
						message: `"${to}" is not an e-mail address; use one such as me@example.com.`,
						again: false,
					},
	};
}

function recipientsOf(
	given: string,
	deliver: ReadonlyArray<{ readonly channel: string; readonly to: string }>,
): string[] {
	const fromRule = deliver.filter(({ channel }) => channel === 'email').map(({ to }) => to);
	const recipients = splitRecipients(given.trim() === '' ? fromRule.join(',') : given);
	if (recipients.length > 0) return recipients;
	throw new UndeliveredError(
		'Nobody to send to: To Email is empty, and the alert names no e-mail address. [invalidRecipient]',
		false,
	);
}

function checkAddress(given: string, field: string): string {
	const address = given.trim();
	if (isAddress(address)) return address;
	throw new UndeliveredError(
		`${field} is "${address}"; use an e-mail address such as alerts@example.com.`,
		false,
	);
}

export const toSmtpSettings = (credential: ICredentialDataDecryptedObject): SmtpSettings => ({
	host: textOf(credential['host']).trim(),
	port: Number(credential['port'] ?? 465),
	security: asSecurity(credential['security']),
	user: textOf(credential['user']),
	password: textOf(credential['password']),
	allowUnauthorizedCerts: credential['allowUnauthorizedCerts'] === true,
});

const asSecurity = (value: unknown): SmtpSettings['security'] =>
	value === 'none' || value === 'startTls' ? value : 'tls';
