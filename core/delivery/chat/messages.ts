import type { Change, Store } from '../../ports';
import type { Address } from '../episodes';
import { recipientHash } from '../recipientHash';
import { cut } from '../template';
import type { ChatPart } from './model';

/** More than that of one alert no message has room for. */
const MAX_TEXT = 4_096;

/**
 * What stands in a message that tells several alerts: to change one of them, all must be written anew. It
 * lies beside the episodes, whose ids are encoded, so that no key of theirs begins with `@`.
 */
const messageKey = (messageId: string, { channel, recipient }: Address): string =>
	`@message/${encodeURIComponent(messageId)}/${channel}/${recipientHash(recipient)}`;

/** Empty for a message that tells one. @throws StoreError */
export async function readParts(
	store: Store,
	address: Address,
	messageId: string,
): Promise<readonly ChatPart[]> {
	const key = messageKey(messageId, address);
	// Only `partsChange` writes there.
	const parts = (await store.read('episode', [key])).get(key)?.value as ChatPart[] | undefined;
	return parts ?? [];
}

export const partsChange = (
	messageId: string,
	address: Address,
	parts: readonly ChatPart[],
): Change => ({
	put: {
		space: 'episode',
		key: messageKey(messageId, address),
		value: parts.map((part) => ({ ...part, text: cut(part.text, MAX_TEXT) })),
	},
});
