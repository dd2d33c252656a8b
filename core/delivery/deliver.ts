import { createHash } from 'node:crypto';

import {
	epochMs,
	StoreError,
	type Clock,
	type Log,
	type Random,
	type Store,
	type Timer,
} from '../ports';
import { retry, type RetryPolicy } from '../resilience';
import type { DeliveryOutcome, SendResult } from './model';
import { redactRecipient } from './redactRecipient';

export type Delivery = {
	readonly alertId: string;
	readonly channel: string;
	/** Address, URL or chat. Kept as a hash only: it may hold a secret. */
	readonly recipient: string;
	/** From a manual run: sent, neither looked up nor written down. */
	readonly test: boolean;
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

const KEEP_MS = 90 * 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;

/** Deliveries on their way in this process: an execution that timed out may still be sending. */
const onTheirWay = new Map<string, Promise<DeliveryOutcome>>();
const prunedAt = new WeakMap<Store, number>();

/**
 * Tells one alert to one recipient, once.
 *
 * What was delivered is written down after it was sent: a crash in between repeats the one that was on its
 * way, under the same id, and loses none. A repeat of what's written down is answered with the earlier
 * outcome. The signal cuts waits short but never a try: one that's cut may have been read, and nobody
 * would write it down.
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
		if (outcome.status === 'delivered') return { ...outcome, repeated: true };
		// The one that was joined was stopped; that says nothing about this one.
		if (outcome.reason !== 'cancelled' || signal?.aborted) return outcome;
	}
	const mine = deliverOnce(delivery, key, send, policy, ports, signal).finally(() =>
		onTheirWay.delete(key),
	);
	onTheirWay.set(key, mine);
	return await mine;
}

async function deliverOnce(
	delivery: Delivery,
	key: string,
	send: () => Promise<SendResult>,
	policy: RetryPolicy,
	ports: DeliveryPorts,
	signal: AbortSignal | undefined,
): Promise<DeliveryOutcome> {
	// Only `deliverOnce` writes there.
	const earlier = (await ports.store.read('delivery', [key])).get(key)?.value as
		DeliveryOutcome | undefined;
	if (earlier?.status === 'delivered') return { ...earlier, repeated: true };
	const outcome = await sendWithRetry(delivery, send, policy, ports, signal);
	if (outcome.status !== 'delivered') return outcome;
	try {
		await ports.store.commit([{ put: { space: 'delivery', key, value: outcome } }]);
	} catch (error) {
		if (!(error instanceof StoreError)) throw error;
		ports.log.warn(
			`Alert ${delivery.alertId} was sent by ${delivery.channel} to ${outcome.to}, but that could not be written down: ${error.message} It may be sent a second time.`,
		);
		return { ...outcome, recorded: false };
	}
	await prune(ports);
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

/** Now and then; a store that's too busy for it is asked again at a later delivery. */
async function prune({ store, clock, log }: DeliveryPorts): Promise<void> {
	const now = clock.now();
	if (now - (prunedAt.get(store) ?? 0) < PRUNE_EVERY_MS) return;
	try {
		await store.prune('delivery', epochMs(now - KEEP_MS));
		prunedAt.set(store, now);
	} catch (error) {
		if (!(error instanceof StoreError)) throw error;
		log.warn(`Old deliveries could not be removed from the store: ${error.message}`);
	}
}

const keyOf = ({ alertId, channel, recipient }: Delivery): string =>
	`${encodeURIComponent(alertId)}/${channel}/${createHash('sha256').update(recipient).digest('hex').slice(0, 32)}`;
