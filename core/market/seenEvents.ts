import { parseEventId } from './eventId';

/** Which events went by already. Plain JSON. */
export type SeenEvents = {
	/** The highest sequence per stream of ours, the stream heard last at the end. */
	readonly streams: Readonly<Record<string, number>>;
	/** Ids of other origin, the oldest first. */
	readonly others: readonly string[];
};

const MAX_STREAMS = 8;
const MAX_OTHERS = 1_000;

export const nothingSeen: SeenEvents = { streams: {}, others: [] };

export function hasSeen(seen: SeenEvents, eventId: string): boolean {
	const position = parseEventId(eventId);
	return position === undefined
		? seen.others.includes(eventId)
		: position.sequence <= (seen.streams[position.stream] ?? -1);
}

export function addSeen(seen: SeenEvents, eventId: string): SeenEvents {
	const position = parseEventId(eventId);
	if (position === undefined) {
		return { ...seen, others: [...seen.others, eventId].slice(-MAX_OTHERS) };
	}
	const { [position.stream]: _, ...rest } = seen.streams;
	const kept = Object.entries(rest).slice(-(MAX_STREAMS - 1));
	return {
		...seen,
		streams: { ...Object.fromEntries(kept), [position.stream]: position.sequence },
	};
}

/** Whether an event comes from a stream of ours that this state hasn't met: a tape played anew. */
export function isNewStream(seen: SeenEvents, eventId: string): boolean {
	const position = parseEventId(eventId);
	return position !== undefined && seen.streams[position.stream] === undefined;
}
