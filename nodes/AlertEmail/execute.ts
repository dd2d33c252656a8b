import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import { parseRecipients, sendEmail, toMail } from '../../core/delivery';
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
import { textOf } from '../host/readRule';

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
		alertId: alertIdOf(read('alertId'), [read('subject'), read('text')]),
		test,
	};
	const from = read('fromEmail').trim();
	const replyTo = options.replyTo?.trim() ?? '';
	return {
		alertId: content.alertId,
		test,
		retryForMs: readDuration(options.retryFor ?? '2m', 'Retry For'),
		recipients: recipientsOf(read('toEmail'), alert?.alert.deliver ?? []),
		send: async (to, signal) =>
			await sendEmail(
				toMail(content, { from, to, ...(replyTo === '' ? {} : { replyTo }) }),
				transport,
				signal,
			),
	};
}

function recipientsOf(
	given: string,
	deliver: ReadonlyArray<{ readonly channel: string; readonly to: string }>,
): string[] {
	const fromRule = deliver.filter(({ channel }) => channel === 'email').map(({ to }) => to);
	const { addresses, invalid } = parseRecipients(given.trim() === '' ? fromRule.join(',') : given);
	if (invalid[0] !== undefined) {
		throw new UndeliveredError(
			`"${invalid[0]}" is not an e-mail address; use one such as me@example.com. [invalidRecipient]`,
			false,
		);
	}
	if (addresses.length > 0) return addresses;
	throw new UndeliveredError(
		'Nobody to send to: To Email is empty, and the alert names no e-mail address. [invalidRecipient]',
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
