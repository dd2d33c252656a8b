import { readTold, remember, saysItAll, toldChange, type TellPorts } from '../../episodes';
import type { Lane, Turn } from '../../Lane';
import type { Destination } from '../../laneTo';
import type { FailureReason, SendResult } from '../../model';
import { recipientHash } from '../../recipientHash';
import { takeTurn, type Patience } from '../../takeTurn';
import {
	asFailure,
	callApi,
	failureOfStatus,
	isAnswer,
	wordsOf,
	type ApiAnswer,
	type ApiPorts,
} from '../callApi';
import { toPagerEvent, type PagerContent } from './format';

export type Page = {
	/** `https://events.pagerduty.com`, or the region's. */
	readonly baseUrl: string;
	/** Of an integration of one service. */
	readonly routingKey: string;
	readonly content: PagerContent;
	readonly alertId: string;
	/** Missing for tests and for items that are no alerts. */
	readonly episodeId?: string;
	readonly timeoutMs: number;
};

/**
 * Sends one event when it's its turn. PagerDuty keeps the incidents; all we remember is how far each was
 * told, so that one that failed for a while doesn't open what was resolved meanwhile.
 */
export async function tellPager(
	page: Page,
	lane: Lane<Page, SendResult>,
	ports: ApiPorts & TellPorts,
	patience: Patience,
): Promise<SendResult> {
	const serve = async ([first]: readonly Page[]): Promise<Turn<Page, SendResult>> => {
		if (first === undefined) throw new Error('A turn without anyone waiting.');
		const result = await sendUnlessTold(first, ports);
		const restMs = result.status === 'failed' ? result.retryAfterMs : undefined;
		return { served: [first], result, ...(restMs === undefined ? {} : { restMs }) };
	};
	return await takeTurn(lane, page, serve, patience);
}

async function sendUnlessTold(page: Page, ports: ApiPorts & TellPorts): Promise<SendResult> {
	const { episodeId, alertId, routingKey, content } = page;
	if (episodeId === undefined) return await sendPage(page, ports);
	const address = { channel: 'pagerduty', recipient: routingKey };
	const told = (await readTold(ports.store, address, [episodeId])).get(episodeId);
	const { eventAt } = content;
	if (told !== undefined && saysItAll(told, { alertId, eventAt })) {
		return { status: 'sent', receipt: told.messageId };
	}
	const result = await sendPage(page, ports);
	if (result.status === 'sent') {
		const change = toldChange(episodeId, address, { messageId: result.receipt, alertId, eventAt });
		await remember([change], address.channel, ports);
	}
	return result;
}

/** Sends one event. @see https://developer.pagerduty.com/docs/events-api-v2/overview */
export async function sendPage(
	{ baseUrl, routingKey, content, timeoutMs }: Page,
	ports: ApiPorts,
): Promise<SendResult> {
	const answer = await callApi(
		{
			service: 'PagerDuty',
			method: 'POST',
			url: `${baseUrl.replace(/\/+$/, '')}/v2/enqueue`,
			body: { routing_key: routingKey, ...toPagerEvent(content) },
			timeoutMs,
		},
		ports,
	);
	if (!isAnswer(answer)) return answer;
	const { status, json } = answer;
	if (status === 202 && json['status'] === 'success') {
		return { status: 'sent', receipt: wordsOf(json['dedup_key']) };
	}
	const said = errorsOf(answer);
	if (status !== 400 || said === '') return failureOfStatus(answer, 'PagerDuty', ports.clock);
	const [reason, hint] = meaningOf(said);
	return asFailure({
		service: 'PagerDuty',
		reason,
		said: `400: "${said}"`,
		hint,
		secrets: [routingKey],
	});
}

/** A hundred and twenty a minute to an integration. */
export const pagerDutyDestination = ({
	baseUrl,
	routingKey,
}: Pick<Page, 'baseUrl' | 'routingKey'>): Destination => ({
	key: `pagerduty/${recipientHash(JSON.stringify([baseUrl, routingKey]))}`,
	allowances: [{ count: 120, perMs: 60_000 }],
});

function errorsOf({ json }: ApiAnswer): string {
	const { errors, message } = json;
	return Array.isArray(errors) && errors.length > 0
		? errors.map(wordsOf).join(', ')
		: wordsOf(message);
}

const meaningOf = (said: string): readonly [FailureReason, string] =>
	/routing.?key/i.test(said)
		? ['auth', 'Check the integration key in the credential.']
		: ['refused', 'Check what is sent.'];
