import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { hostOf, sendWebhook } from '../../core/delivery';
import { systemClock } from '../../core/ports/system';
import { hostHttpClient } from '../host/httpClient';
import { textOf } from '../host/texts';
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
	readonly headers?: { readonly header?: ReadonlyArray<{ name?: unknown; value?: unknown }> };
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
	const body = readBody(options.body, json, test);
	const alertId = alertIdOf(context, index, withoutReports(options.body ?? json));
	const headers = { ...headersOf(options), ...(test ? { 'market-alerts-test': 'true' } : {}) };
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
		serverOf: (url) => hostOf(url) ?? '',
		send: async (url) =>
			await sendWebhook({ url, body, alertId, headers, timeoutMs }, http, systemClock),
	};
}

/** In a manual run the receiver can see that it is one: by a header, and in an alert of ours. */
function withTestMark(content: unknown, test: boolean): unknown {
	if (!test || !isObject(content) || !isObject(content['alert'])) return content;
	const { alert, title } = content;
	const marked = typeof title === 'string' ? { title: `[Test] ${title}` } : {};
	return { ...content, ...marked, alert: { ...alert, test: true } };
}

/** What earlier outputs reported of this item differs from run to run. */
function withoutReports(content: unknown): unknown {
	if (!isObject(content)) return content;
	const { marketAlerts: _, ...rest } = content;
	return rest;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

function readBody(given: unknown, item: unknown, test: boolean): string {
	if (given === undefined || given === '') return JSON.stringify(withTestMark(item, test));
	if (typeof given !== 'string') return JSON.stringify(withTestMark(given, test));
	try {
		return JSON.stringify(withTestMark(JSON.parse(given), test));
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

/** Names in lower case. @throws UndeliveredError naming the header that can't be sent; its value may be a secret */
function headersOf(options: WebhookOptions): Record<string, string> {
	const headers: Record<string, string> = {};
	for (const one of options.headers?.header ?? []) {
		const name = textOf(one.name).trim().toLowerCase();
		if (name === '') continue;
		const value = textOf(one.value).trim();
		if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
			throw new UndeliveredError(
				`"${name}" can't be the name of a header; use letters, digits and hyphens.`,
				false,
			);
		}
		if (!/^[\t\x20-\x7e\xa0-\xff]*$/.test(value)) {
			throw new UndeliveredError(
				`The value of the header "${name}" has characters that can't be sent, such as line breaks.`,
				false,
			);
		}
		headers[name] = value;
	}
	return headers;
}
