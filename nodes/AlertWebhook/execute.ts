import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { hostOf, sendWebhook } from '../../core/delivery';
import { systemClock } from '../../core/ports/system';
import { hostHttpClient } from '../host/httpClient';
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
import { isObject, markAsTest, parsed, readBody, type BodyOptions } from './readBody';
import { readSecrets, toHeaders, type HeaderFields, type WebhookSecrets } from './readHeaders';

type WebhookOptions = BodyOptions & {
	readonly headers?: HeaderFields;
	readonly retryFor?: string;
	readonly timeout?: string;
};

/** What is kept of a post, to send it again. */
type Message = { readonly body: string };

/** Each item as one POST to each address. */
export async function executeAlertWebhook(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	const secrets = isSending(operationOf(context)) ? await readSecrets(context) : { headers: {} };
	return await sendAlerts(
		context,
		'webhook',
		async (item, index) => await readWebhook(context, item, index, secrets),
	);
}

async function readWebhook(
	context: IExecuteFunctions,
	{ json }: INodeExecutionData,
	index: number,
	secrets: WebhookSecrets,
): Promise<Sending> {
	const options = context.getNodeParameter('options', index, {}) as WebhookOptions;
	const given = textOf(context.getNodeParameter('url', index, '')).trim();
	const alert = alertOf(json);
	const test = isTest(context, alert);
	const own: Record<string, string> = {
		...toHeaders(options.headers),
		...(test ? { 'market-alerts-test': 'true' } : {}),
	};
	const isJson = /json/i.test(own['content-type'] ?? 'json');
	const alertId = alertIdOf(context, index, withoutReports(options.body ?? json));
	const message: Message = { body: await readBody(context, json, alert, options, isJson) };
	const timeoutMs = readDuration(options.timeout ?? '10s', 'Timeout');
	const http = hostHttpClient(context.helpers);
	const { signingSecrets } = secrets;
	return {
		alertId,
		test,
		message,
		preview: {
			body: parsed(test ? markAsTest(message.body) : message.body) as IDataObject,
			headers: Object.keys(own), // a value may be a key
		},
		retryForMs: readDuration(options.retryFor ?? '2m', 'Retry For'),
		recipients: given === '' ? urlsOf(alert?.alert.deliver ?? []) : [given],
		serverOf: (url) => hostOf(url) ?? '',
		send: async (url, kept) => {
			const { body } = kept as Message; // what is given here came from here
			const request = {
				url,
				body: test ? markAsTest(body) : body,
				// Or else a receiver would take the alert itself for a repeat of its test.
				alertId: test ? `${alertId}-test-${systemClock.now()}` : alertId,
				// Whoever writes a rule names an address; keys of the credential aren't theirs.
				headers: { ...own, ...(url === given ? secrets.headers : {}) },
				timeoutMs,
				...(signingSecrets === undefined ? {} : { signingSecrets }),
			};
			return await sendWebhook(request, http, systemClock);
		},
	};
}

/** What earlier outputs reported of this item differs from run to run. */
function withoutReports(content: unknown): unknown {
	if (!isObject(content)) return content;
	const { marketAlerts: _, ...rest } = content;
	return rest;
}

function urlsOf(
	deliver: ReadonlyArray<{ readonly channel: string; readonly to: string }>,
): string[] {
	const urls = deliver.filter(({ channel }) => channel === 'webhook').map(({ to }) => to);
	if (urls.length > 0) return [...new Set(urls)];
	throw new UndeliveredError(
		'Nowhere to post to: the URL is empty, and the alert names no webhook. [invalidRecipient]',
		false,
	);
}
