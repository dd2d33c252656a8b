import { StoreError, type Clock, type Log, type Random, type Store, type Timer } from '../ports';
import { retry, type RetryPolicy } from '../resilience';
import {
	keyOf,
	pruneLog,
	readRecord,
	record,
	type DeliveryKey,
	type DeliveryRecord,
	type DeliverySubject,
} from './deliveryLog';
import type { DeliveryOutcome, SendResult } from './model';
import { redactRecipient } from './redactRecipient';

export type Delivery = DeliveryKey & {
	/** From a manual run: sent, neither looked up nor written down. */
	readonly test: boolean;
	/** Send it even if it was delivered before. */
	readonly again?: boolean;
	readonly subject: DeliverySubject;
	/** What is told, as JSON: kept for sending it again. */
	readonly message?: unknown;
};

export type DeliveryPorts = {
	readonly store: Store;
	readonly clock: Clock;
	readonly timer: Timer;
	readonly random: Random;
	readonly log: Log;
};

/** First wait up to 1 s, doubling to 30 s. */
export const retryFor = (deadlineMs: number): RetryPolicy => ({
	firstMs: 1_000,
	factor: 2,
	maxMs: 30_000,
	deadlineMs,
});

/** Deliveries on their way in this process: an execution that timed out may still be sending. */
const onTheirWay = new Map<string, Promise<DeliveryOutcome>>();

/**
 * Tells one alert to one recipient, once.
 *
 * What was delivered is written down after it was sent: a crash in between repeats the one that was on its
 * way, under the same id, and loses none. A repeat of what was delivered is answered with the earlier
 * outcome; what failed is written down too, and tried anew. The signal cuts waits short but never a try: one
 * that's cut may have been read, and nobody would write it down.
 * @throws StoreError when the log can't be read
 */
export async function deliver(
	delivery: Delivery,
	send: () => Promise<SendResult>,
	policy: RetryPolicy,
	ports: DeliveryPorts,
	signal?: AbortSignal,
): Promise<DeliveryOutcome> {
	if (delivery.test) return await sendWithRetry(delivery, send, policy, ports, signal);
	const key = keyOf(delivery);
	for (let running; (running = onTheirWay.get(key)) !== undefined;) {
		const outcome = await running;
		if (delivery.again === true) continue;
		if (outcome.status === 'delivered') return { ...outcome, repeated: true };
		// The one that was joined was stopped; that says nothing about this one.
		if (outcome.reason !== 'cancelled' || signal?.aborted) return outcome;
	}
	const mine = deliverOnce(delivery, send, policy, ports, signal).finally(() =>
		onTheirWay.delete(key),
	);
	onTheirWay.set(key, mine);
	return await mine;
}

async function deliverOnce(
	delivery: Delivery,
	send: () => Promise<SendResult>,
	policy: RetryPolicy,
	ports: DeliveryPorts,
	signal: AbortSignal | undefined,
): Promise<DeliveryOutcome> {
	const earlier = await readRecord(delivery, ports.store);
	if (earlier?.delivered !== undefined && delivery.again !== true) {
		return { ...earlier.delivered, repeated: true };
	}
	const outcome = await sendWithRetry(delivery, send, policy, ports, signal);
	return await writeDown(delivery, outcome, earlier, ports);
}

async function writeDown(
	delivery: Delivery,
	outcome: DeliveryOutcome,
	earlier: DeliveryRecord | undefined,
	ports: DeliveryPorts,
): Promise<DeliveryOutcome> {
	const { alertId, channel } = delivery;
	try {
		await record(delivery, outcome, earlier, ports);
	} catch (error) {
		if (!(error instanceof StoreError)) throw error;
		if (outcome.status === 'failed') {
			ports.log.warn(
				`That alert ${alertId} could not be sent by ${channel} to ${outcome.to} could not be written down: ${error.message}`,
			);
			return outcome;
		}
		ports.log.warn(
			`Alert ${alertId} was sent by ${channel} to ${outcome.to}, but that could not be written down: ${error.message} It may be sent a second time.`,
		);
		return { ...outcome, recorded: false };
	}
	await pruneLog(ports);
	return outcome;
}

async function sendWithRetry(
	{ recipient }: Delivery,
	send: () => Promise<SendResult>,
	policy: RetryPolicy,
	ports: DeliveryPorts,
	signal: AbortSignal | undefined,
): Promise<DeliveryOutcome> {
	const to = redactRecipient(recipient);
	const stopped = { status: 'failed', to, reason: 'cancelled' } as const;
	if (signal?.aborted) {
		return { ...stopped, message: 'The execution was stopped before this was sent.', attempts: 0 };
	}
	const ended = await retry<string, Extract<SendResult, { status: 'failed' }>>(
		async () => {
			const result = await send();
			if (result.status === 'sent') return { done: result.receipt };
			const { again, retryAfterMs } = result;
			return { failed: result, again, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
		},
		policy,
		ports,
		signal,
	);
	const attempts = ended.tries;
	if ('done' in ended) {
		return { status: 'delivered', to, at: ports.clock.now(), attempts, receipt: ended.done };
	}
	const { reason, message, again } = ended.failed;
	if (again && signal?.aborted) {
		return {
			...stopped,
			message: `The execution was stopped before this was delivered. Last try: ${message}`,
			attempts,
		};
	}
	return { status: 'failed', to, reason, message, attempts };
}
