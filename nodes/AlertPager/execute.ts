import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import type { AlertItem } from '../../core/alerts';
import {
	isRoutingKey,
	laneTo,
	pagerActionOf,
	pagerDutyDestination,
	tellPager,
	toPagerEvent,
	toPagerSeverity,
	type Page,
	type PagerAction,
	type PagerContent,
	type SendResult,
} from '../../core/delivery';
import { openChatPorts, patienceFor, type ChatPorts } from '../host/chatPorts';
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

type PagerOptions = {
	readonly event?: PagerAction | 'byState';
	readonly retryFor?: string;
	readonly source?: unknown;
};

/** An event, and incidents to resolve with it. */
type PagerMessage = Omit<PagerContent, 'test'> & { readonly closes: readonly string[] };

const TIMEOUT_MS = 15_000;

/** Each item as one event to PagerDuty. */
export async function executeAlertPager(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	const credential = isSending(operationOf(context))
		? await context.getCredentials('marketAlertsPagerDutyApi')
		: {};
	const ports = await openChatPorts(context);
	return await sendAlerts(context, 'pagerduty', (item, index) =>
		readPage(context, { credential, ports }, item, index),
	);
}

function readPage(
	context: IExecuteFunctions,
	{ credential, ports }: { credential: ICredentialDataDecryptedObject; ports: ChatPorts },
	{ json }: INodeExecutionData,
	index: number,
): Sending {
	const read = (name: string) => textOf(context.getNodeParameter(name, index, ''));
	const options = context.getNodeParameter('options', index, {}) as PagerOptions;
	const alert = alertOf(json);
	const test = isTest(context, alert);
	const alertId = alertIdOf(context, index, [read('title'), read('text')]);
	const retryForMs = readDuration(options.retryFor ?? '2m', 'Retry For');
	const message: PagerMessage = {
		...actionsOf(options.event, alert),
		incident: read('incidentKey').trim() || alertId,
		summary: read('title'),
		text: read('text'),
		severity: toPagerSeverity(read('severity')),
		source: textOf(options.source) || (alert?.alert.symbol ?? ''),
		eventAt: alert?.alert.eventAt ?? ports.clock.now(),
		...(alert === undefined ? {} : detailsOf(alert)),
	};
	// Sent again it goes out though its episode was told.
	const isFresh = test || operationOf(context) === 'sendAgain';
	const page: Omit<Page, 'routingKey' | 'content'> = {
		baseUrl: textOf(credential['baseUrl']).trim() || 'https://events.pagerduty.com',
		alertId,
		...(isFresh || alert === undefined ? {} : { episodeId: alert.alert.episodeId }),
		timeoutMs: TIMEOUT_MS,
	};
	const signal = context.getExecutionCancelSignal();
	return {
		alertId,
		test,
		retryForMs,
		recipients: routingKeysOf(context, credential, alert),
		title: message.summary,
		message,
		preview: toPagerEvent({ ...message, test }) as IDataObject, // JSON, as it's posted
		serverOf: () => 'pagerduty',
		send: async (routingKey, kept): Promise<SendResult> => {
			if (!isRoutingKey(routingKey)) return notAKey;
			// What is given here came from here.
			const { closes, ...own } = kept as PagerMessage;
			const content: PagerContent = { ...own, test };
			const whole: Page = { ...page, content, routingKey };
			const patience = { patienceMs: patienceFor(retryForMs), signal };
			const lane = laneTo<Page, SendResult>(pagerDutyDestination(whole), ports);
			for (const one of closes.map((incident) => closing(whole, incident))) {
				const result = await tellPager(one, lane, ports, patience);
				if (result.status === 'failed') return result;
			}
			return await tellPager(whole, lane, ports, patience);
		},
	};
}

const detailsOf = ({ alert, facts, because }: AlertItem) => ({
	group: alert.ruleName,
	labels: alert.labels,
	facts,
	because,
});

/** Of an alert that stands for others, the incidents of those that are over are resolved as well. */
function actionsOf(
	given: PagerOptions['event'],
	alert: AlertItem | undefined,
): Pick<PagerMessage, 'action' | 'closes'> {
	if (given !== undefined && given !== 'byState') return { action: given, closes: [] };
	if (alert === undefined) return { action: 'trigger', closes: [] };
	return { action: pagerActionOf(alert.alert), closes: alert.alert.closes ?? [] };
}

/** Resolves another incident in the name of the same alert. */
const closing = ({ episodeId, ...page }: Page, incident: string): Page => ({
	...page,
	...(episodeId === undefined ? {} : { episodeId: incident }),
	content: { ...page.content, action: 'resolve', incident },
});

/** Those the alert's rule names, or else the credential's. */
function routingKeysOf(
	context: IExecuteFunctions,
	credential: ICredentialDataDecryptedObject,
	alert: AlertItem | undefined,
): string[] {
	const named = (alert?.alert.deliver ?? [])
		.filter(({ channel }) => channel.toLowerCase() === 'pagerduty')
		.map(({ to }) => to.trim());
	const keys = named.length > 0 ? named : [textOf(credential['routingKey']).trim()];
	const filled = keys.filter((key) => key !== '');
	if (filled.length > 0 || !isSending(operationOf(context))) return [...new Set(filled)];
	throw new UndeliveredError(
		'Nowhere to send to: the integration key in the credential is empty. [invalidRecipient]',
		false,
	);
}

const notAKey: SendResult = {
	status: 'failed',
	reason: 'invalidRecipient',
	message:
		'The recipient is not an integration key; use the 32 letters and digits PagerDuty shows.',
	again: false,
};
