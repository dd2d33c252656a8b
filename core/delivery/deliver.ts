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

/** First wait 1 s, doubling to 30 s. */
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
 * outcome.
 * @throws StoreError when the log can't be read
 */
export async function deliver(
	delivery: Delivery,
	send: (signal: AbortSignal | undefined) => Promise<SendResult>,
	policy: RetryPolicy,
	ports: DeliveryPorts,
	signal?: AbortSignal,
): Promise<DeliveryOutcome> {
	if (delivery.test) return await sendWithRetry(send, policy, ports, signal);
	const key = keyOf(delivery);
	const running = onTheirWay.get(key);
	if (running !== undefined) {
		const outcome = await running;
		return outcome.status === 'delivered' ? { ...outcome, repeated: true } : outcome;
	}
	const mine = deliverOnce(delivery, key, send, policy, ports, signal);
	onTheirWay.set(key, mine);
	try {
		return await mine;
	} finally {
		onTheirWay.delete(key);
	}
}

async function deliverOnce(
	{ alertId, channel }: Delivery,
	key: string,
	send: (signal: AbortSignal | undefined) => Promise<SendResult>,
	policy: RetryPolicy,
	ports: DeliveryPorts,
	signal: AbortSignal | undefined,
): Promise<DeliveryOutcome> {
	const earlier = (await ports.store.read('delivery', [key])).get(key)?.value as
		DeliveryOutcome | undefined;
	if (earlier?.status === 'delivered') return { ...earlier, repeated: true };
	const outcome = await sendWithRetry(send, policy, ports, signal);
	if (outcome.status !== 'delivered') return outcome;
	try {
		await ports.store.commit([{ put: { space: 'delivery', key, value: outcome } }]);
		await prune(ports);
		return outcome;
	} catch (error) {
		if (!(error instanceof StoreError)) throw error;
		ports.log.warn(
			`Alert ${alertId} was sent by ${channel}, but that could not be written down: ${error.message} It may be sent a second time.`,
		);
		return { ...outcome, recorded: false };
	}
}

async function sendWithRetry(
	send: (signal: AbortSignal | undefined) => Promise<SendResult>,
	policy: RetryPolicy,
	ports: DeliveryPorts,
	signal: AbortSignal | undefined,
): Promise<DeliveryOutcome> {
	const ended = await retry<string, Extract<SendResult, { status: 'failed' }>>(
		async (abort) => {
			const result = await send(abort);
			if (result.status === 'sent') return { done: result.receipt };
			const { again, retryAfterMs } = result;
			return { failed: result, again, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
		},
		policy,
		ports,
		signal,
	);
	if ('done' in ended) {
		return {
			status: 'delivered',
			at: ports.clock.now(),
			attempts: ended.tries,
			receipt: ended.done,
		};
	}
	const { reason, message } = ended.failed;
	return { status: 'failed', reason, message, attempts: ended.tries };
}

async function prune({ store, clock }: DeliveryPorts): Promise<void> {
	const now = clock.now();
	if (now - (prunedAt.get(store) ?? 0) < PRUNE_EVERY_MS) return;
	prunedAt.set(store, now);
	await store.prune('delivery', epochMs(now - KEEP_MS));
}

const keyOf = ({ alertId, channel, recipient }: Delivery): string =>
	`${encodeURIComponent(alertId)}/${channel}/${createHash('sha256').update(recipient).digest('hex').slice(0, 32)}`;
