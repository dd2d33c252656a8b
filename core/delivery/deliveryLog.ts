import {
	epochMs,
	StoreError,
	type Change,
	type Clock,
	type Entry,
	type EpochMs,
	type Log,
	type Store,
} from '../ports';
import type { DeliveryOutcome } from './model';
import { recipientHash } from './recipientHash';

/** What tells one delivery from another. */
export type DeliveryKey = {
	readonly alertId: string;
	readonly channel: string;
	/** Address, URL or chat. Kept as a hash only: it may hold a secret. */
	readonly recipient: string;
};

/** What an entry of the log is about, for those who read it; as far as it's known. */
export type DeliverySubject = {
	readonly ruleId?: string;
	readonly ruleName?: string;
	readonly symbol?: string;
	/** `firing`, `resolved`, `reminder`. */
	readonly state?: string;
	readonly title: string;
};

export type Delivered = Extract<DeliveryOutcome, { status: 'delivered' }>;
export type Failed = Extract<DeliveryOutcome, { status: 'failed' }> & { readonly at: EpochMs };

/** One alert to one recipient: how it ended the last time it was delivered, and how it failed since. */
export type DeliveryRecord = {
	readonly alertId: string;
	readonly channel: string;
	readonly subject: DeliverySubject;
	readonly delivered?: Delivered;
	readonly failed?: Failed;
};

/** What was told under an id, as JSON, and what it was about. */
export type KeptMessage = { readonly subject: DeliverySubject; readonly message: unknown };

/** What to look for; what isn't given matches everything. */
export type DeliveryFilter = {
	readonly channel: string;
	readonly alertId?: string;
	/** Id or name. */
	readonly rule?: string;
	/** As it was sent to, or as the log shows it. */
	readonly recipient?: string;
	readonly status?: DeliveryOutcome['status'];
	readonly since?: EpochMs;
	readonly limit: number;
};

const DAY_MS = 86_400_000;
const KEEP_MS = 90 * DAY_MS;
/** Messages are larger than what's said about them, and old news isn't sent again. */
const KEEP_MESSAGES_MS = 7 * DAY_MS;
const PRUNE_EVERY_MS = 3_600_000;
/** Characters of JSON; a larger message isn't kept. */
const MAX_MESSAGE = 65_536;
/** The newest entries that a search looks through. */
const MAX_SEARCHED = 10_000;

const prunedAt = new WeakMap<Store, number>();

export const keyOf = (delivery: DeliveryKey): string =>
	`${prefixOf(delivery)}${recipientHash(delivery.recipient)}`;

/** What is known of a delivery. */
export async function readRecord(
	delivery: DeliveryKey,
	store: Store,
): Promise<DeliveryRecord | undefined> {
	const key = keyOf(delivery);
	const entry = (await store.read('delivery', [key])).get(key);
	return entry === undefined ? undefined : toRecord(entry);
}

/**
 * Writes down how a delivery ended, and what was to be told. A failure leaves standing what was delivered
 * before: a repeat of that is still skipped.
 * @throws StoreError
 */
export async function record(
	delivery: DeliveryKey & { readonly subject: DeliverySubject; readonly message?: unknown },
	outcome: DeliveryOutcome,
	earlier: DeliveryRecord | undefined,
	{ store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
	const { alertId, channel, subject, message } = delivery;
	const key = keyOf(delivery);
	const before = earlier?.delivered === undefined ? {} : { delivered: earlier.delivered };
	const value: DeliveryRecord = {
		alertId,
		channel,
		subject,
		...(outcome.status === 'delivered'
			? { delivered: outcome }
			: { ...before, failed: { ...outcome, at: clock.now() } }),
	};
	const told: Change = { put: { space: 'delivery', key, value } };
	if (message === undefined || JSON.stringify(message).length > MAX_MESSAGE) {
		await store.commit([told]);
		return;
	}
	const kept: KeptMessage = { subject, message };
	try {
		await store.commit([told, { put: { space: 'message', key, value: kept } }]);
	} catch (error) {
		if (!(error instanceof StoreError) || error.code !== 'full') throw error;
		await store.commit([told]); // that it was told is small, and matters more than the words
	}
}

/** What was told under an id: to this recipient, or else to another. */
export async function readMessage(
	delivery: DeliveryKey,
	store: Store,
): Promise<KeptMessage | undefined> {
	const key = keyOf(delivery);
	const own = (await store.read('message', [key])).get(key);
	const [other] = own === undefined ? await store.list('message', prefixOf(delivery)) : [own];
	return other?.value as KeptMessage | undefined; // only `record` writes there
}

/** Deliveries, the newest first; of an alert, or else among the 10,000 newest of all channels. */
export async function listDeliveries(
	filter: DeliveryFilter,
	store: Store,
): Promise<DeliveryRecord[]> {
	const { alertId, channel, recipient, rule, since, status, limit } = filter;
	const prefix = alertId === undefined ? '' : prefixOf({ alertId, channel });
	const entries = await store.list('delivery', prefix, {
		newestFirst: alertId === undefined,
		limit: MAX_SEARCHED,
	});
	const hash = recipient === undefined ? '' : `/${recipientHash(recipient)}`;
	return entries
		.sort((a, b) => b.writtenAt - a.writtenAt)
		.map((entry) => ({ key: entry.key, found: toRecord(entry) }))
		.filter(({ key, found }) => {
			const { ruleId, ruleName } = found.subject;
			const last = lastOutcomeOf(found);
			return (
				found.channel === channel &&
				(rule === undefined || rule === ruleId || rule === ruleName) &&
				(recipient === undefined || key.endsWith(hash) || last.to === recipient) &&
				(status === undefined || last.status === status) &&
				(since === undefined || last.at >= since)
			);
		})
		.slice(0, limit)
		.map(({ found }) => found);
}

/** How it ended the last time it was tried. */
export const lastOutcomeOf = (record: DeliveryRecord): Delivered | Failed =>
	record.failed ?? (record.delivered as Delivered); // one of them is always there

/** Removes what's old, now and then; a store that's too busy for it is asked again at a later delivery. */
export async function pruneLog(ports: {
	readonly store: Store;
	readonly clock: Clock;
	readonly log: Log;
}): Promise<void> {
	const { store, clock, log } = ports;
	const now = clock.now();
	if (now - (prunedAt.get(store) ?? 0) < PRUNE_EVERY_MS) return;
	try {
		await store.prune('delivery', epochMs(now - KEEP_MS));
		await store.prune('episode', epochMs(now - KEEP_MS));
		await store.prune('message', epochMs(now - KEEP_MESSAGES_MS));
		prunedAt.set(store, now);
	} catch (error) {
		if (!(error instanceof StoreError)) throw error;
		log.warn(`Old deliveries could not be removed from the store: ${error.message}`);
	}
}

/** Before there was a record, the outcome alone was kept. */
function toRecord({ key, value }: Entry): DeliveryRecord {
	if (!isOutcome(value)) return value as DeliveryRecord;
	const [alertId = '', channel = ''] = key.split('/');
	return {
		alertId: decodeURIComponent(alertId),
		channel,
		subject: { title: '' },
		delivered: value,
	};
}

const isOutcome = (value: unknown): value is Delivered =>
	(value as { status?: unknown }).status === 'delivered';

const prefixOf = ({ alertId, channel }: Omit<DeliveryKey, 'recipient'>): string =>
	`${encodeURIComponent(alertId)}/${channel}/`;
