import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import type { AlertItem } from '../../core/alerts';
import {
	isAddress,
	sendEmail,
	splitRecipients,
	toMail,
	type EmailContent,
} from '../../core/delivery';
import type { MailTransport } from '../../core/ports';
import { nodemailerTransport, type SmtpSettings } from '../../core/ports/system';
import { isSending } from '../host/outputParameters';
import {
	alertIdOf,
	alertOf,
	isTest,
	operationOf,
	readDuration,
	sendAlerts,
	UndeliveredError,
	type Sending,
} from '../host/sendAlerts';
import { textOf } from '../host/texts';
import { readContent, type ContentOptions } from './readContent';

type EmailOptions = ContentOptions & { readonly replyTo?: string; readonly retryFor?: string };

/** Each item as one mail to each recipient, over one connection. */
export async function executeAlertEmail(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	const transport = isSending(operationOf(context))
		? nodemailerTransport(toSmtpSettings(await context.getCredentials('marketAlertsSmtpApi')))
		: undefined;
	try {
		return await sendAlerts(
			context,
			'email',
			async (item, index) => await readEmail(context, item, index, transport),
		);
	} finally {
		transport?.close();
	}
}

async function readEmail(
	context: IExecuteFunctions,
	{ json }: INodeExecutionData,
	index: number,
	transport: MailTransport | undefined,
): Promise<Sending> {
	const read = (name: string) => textOf(context.getNodeParameter(name, index, ''));
	const options = context.getNodeParameter('options', index, {}) as EmailOptions;
	const alert = alertOf(json);
	const test = isTest(context, alert);
	const alertId = alertIdOf(context, index, [read('subject'), read('text')]);
	const from = checkAddress(read('fromEmail'), 'From Email');
	const replyTo =
		textOf(options.replyTo).trim() === ''
			? {}
			: { replyTo: checkAddress(textOf(options.replyTo), 'Reply To') };
	const recipients = recipientsOf(read('toEmail'), alert);
	const retryForMs = readDuration(options.retryFor ?? '2m', 'Retry For');
	const envelope = { alertId, from, ...replyTo, test };
	const content = await readContent(context, index, json, alert, alertId, options);
	const { subject, text, html } = toMail(content, { ...envelope, to: recipients[0] ?? '' });
	return {
		alertId,
		test,
		retryForMs,
		recipients,
		title: content.title,
		message: content,
		preview: { from, subject, text, html },
		serverOf: () => 'smtp',
		send: async (to, kept) => {
			if (transport === undefined) throw new Error('This operation sends nothing.');
			return isAddress(to)
				? // What is given here came from here.
					await sendEmail(toMail(kept as EmailContent, { ...envelope, to }), transport)
				: {
						status: 'failed',
						reason: 'invalidRecipient',
						message: `"${to}" is not an e-mail address; use one such as me@example.com.`,
						again: false,
					};
		},
	};
}

function recipientsOf(given: string, alert: AlertItem | undefined): string[] {
	const deliver = alert?.alert.deliver ?? [];
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
