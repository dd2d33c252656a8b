import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { sendWebhook } from '../../core/delivery';
import { systemClock } from '../../core/ports/system';
import { hostHttpClient } from '../host/httpClient';
import { textOf } from '../host/readRule';
import {
	alertIdOf,
	alertOf,
	readDuration,
	sendAlerts,
	UndeliveredError,
	type Sending,
} from '../host/sendAlerts';

type WebhookOptions = {
	readonly body?: unknown;
	readonly headers?: { readonly header?: ReadonlyArray<{ name: string; value: string }> };
	readonly retryFor?: string;
	readonly timeout?: string;
};

/** Each item as one POST to each address. */
export async function executeAlertWebhook(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	return await sendAlerts(context, 'webhook', (item, index) => readWebhook(context, item, index));
}

function readWebhook(
	context: IExecuteFunctions,
	{ json }: INodeExecutionData,
	index: number,
): Sending {
	const options = context.getNodeParameter('options', index, {}) as WebhookOptions;
	const alert = alertOf(json);
	const test = context.getMode() === 'manual' || alert?.alert.test === true;
	const body = readBody(options.body, withTestMark(json, test));
	const alertId = alertIdOf(context.getNodeParameter('alertId', index, ''), body);
	const timeoutMs = readDuration(options.timeout ?? '10s', 'Timeout');
	const http = hostHttpClient(context.helpers);
	return {
		alertId,
		test,
		retryForMs: readDuration(options.retryFor ?? '2m', 'Retry For'),
		recipients: urlsOf(
			textOf(context.getNodeParameter('url', index, '')),
			alert?.alert.deliver ?? [],
		),
		send: async (url, signal) =>
			await sendWebhook(
				{ url, body, alertId, headers: headersOf(options), timeoutMs },
				http,
				systemClock,
				signal,
			),
	};
}

/** In a manual run the receiver can see that it is one. */
function withTestMark(json: INodeExecutionData['json'], test: boolean): unknown {
	const { alert, title } = json;
	if (!test || typeof alert !== 'object' || alert === null) return json;
	const marked = typeof title === 'string' ? { title: `[Test] ${title}` } : {};
	return { ...json, ...marked, alert: { ...alert, test: true } };
}

function readBody(given: unknown, item: unknown): string {
	if (given === undefined || given === '') return JSON.stringify(item);
	if (typeof given !== 'string') return JSON.stringify(given);
	try {
		return JSON.stringify(JSON.parse(given));
	} catch (error) {
		throw new UndeliveredError(`The body is not JSON: ${(error as Error).message}`, false);
	}
}

function urlsOf(
	given: string,
	deliver: ReadonlyArray<{ readonly channel: string; readonly to: string }>,
): string[] {
	const url = given.trim();
	const urls =
		url === '' ? deliver.filter(({ channel }) => channel === 'webhook').map(({ to }) => to) : [url];
	if (urls.length > 0) return [...new Set(urls)];
	throw new UndeliveredError(
		'Nowhere to post to: the URL is empty, and the alert names no webhook. [invalidRecipient]',
		false,
	);
}

const headersOf = (options: WebhookOptions): Record<string, string> =>
	Object.fromEntries(
		(options.headers?.header ?? [])
			.filter(({ name }) => name.trim() !== '')
			.map(({ name, value }) => [name.trim().toLowerCase(), value]),
	);
