import { StoreError, type Change, type Log, type Store } from '../ports';
import { recipientHash } from './recipientHash';

export type TellPorts = { readonly store: Store; readonly log: Log };

/** Where an episode was told. */
export type Address = { readonly channel: string; readonly recipient: string };

/** What a recipient was last told of an episode. */
export type Told = {
	/** Of the first message, as the service names it. */
	readonly messageId: string;
	/** The alert that was last told. */
	readonly alertId: string;
	/** Time of its event, epoch ms. */
	readonly eventAt: number;
};

/**
 * Whether there's nothing left to say: it was told before, or couldn't be for a while, and what came after
 * it could. Telling it then would turn back time.
 */
export const saysItAll = (
	told: Told | undefined,
	{ alertId, eventAt }: Pick<Told, 'alertId' | 'eventAt'>,
): boolean => told !== undefined && (told.alertId === alertId || told.eventAt > eventAt);

const episodeKey = (episodeId: string, { channel, recipient }: Address): string =>
	`${encodeURIComponent(episodeId)}/${channel}/${recipientHash(recipient)}`;

/** @throws StoreError */
export async function readTold(
	store: Store,
	address: Address,
	episodeIds: readonly string[],
): Promise<ReadonlyMap<string, Told>> {
	const ids = [...new Set(episodeIds)];
	const keys = ids.map((id) => episodeKey(id, address));
	if (keys.length === 0) return new Map();
	const entries = await store.read('episode', keys);
	return new Map(
		ids.flatMap((id, index) => {
			// Only `toldChange` writes there.
			const told = entries.get(keys[index] ?? '')?.value as Told | undefined;
			return told === undefined ? [] : [[id, told]];
		}),
	);
}

export const toldChange = (episodeId: string, address: Address, told: Told): Change => ({
	put: { space: 'episode', key: episodeKey(episodeId, address), value: told },
});

/** What was sent was sent, whether or not it can be written down. */
export async function remember(
	changes: readonly Change[],
	channel: string,
	{ store, log }: TellPorts,
): Promise<void> {
	try {
		if (changes.length > 0) await store.commit(changes);
	} catch (error) {
		if (!(error instanceof StoreError)) throw error;
		log.warn(
			`A message was sent by ${channel}, but where could not be written down: ${error.message} What comes later of its alerts will be a new message.`,
		);
	}
}
