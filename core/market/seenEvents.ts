import { parseEventId, type EventPosition } from './eventId';

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
	const heard = Object.keys(seen.streams);
	if (heard.length === 1 && heard[0] === position.stream) {
		return { streams: { [position.stream]: position.sequence }, others: seen.others };
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

/** The same, moved forward in place: for who looks at every event. */
export class SeenLog {
	/** Streams heard before this one, the last one at the end; most have heard but one. */
	private streams: Map<string, number> | undefined;

	private others: Set<string> | undefined;

	private prefix = '';

	private stream = '';

	private sequence = -1;

	/** Where the event stands that was met last; `undefined` for one of other origin. */
	private met: EventPosition | undefined;

	/** The same of one of the stream heard last; -1 for any other. */
	private metSequence = -1;

	constructor(seen: SeenEvents = nothingSeen) {
		if (seen.others.length > 0) this.others = new Set(seen.others);
		for (const [stream, sequence] of Object.entries(seen.streams)) {
			this.addStream(stream, sequence);
		}
	}

	/** As `hasSeen` and `isNewStream` have it. */
	meet(eventId: string): 'seen' | 'new' | 'newStream' {
		// Most are of the stream heard last, and are read without taking them apart.
		const sequence = this.stream === '' ? -1 : numberAfter(this.prefix, eventId);
		if (sequence >= 0) {
			this.met = undefined;
			this.metSequence = sequence;
			return sequence <= this.sequence ? 'seen' : 'new';
		}
		this.metSequence = -1;
		this.met = parseEventId(eventId);
		if (this.met === undefined) return this.others?.has(eventId) === true ? 'seen' : 'new';
		const last = this.streams?.get(this.met.stream);
		if (last === undefined) return 'newStream';
		return this.met.sequence <= last ? 'seen' : 'new';
	}

	/** @param eventId the one that was met last */
	add(eventId: string): void {
		if (this.metSequence >= 0) this.sequence = this.metSequence;
		else if (this.met === undefined) this.addOther(eventId);
		else this.addStream(this.met.stream, this.met.sequence);
	}

	get state(): SeenEvents {
		const streams = Object.fromEntries(this.streams ?? []);
		if (this.stream !== '') streams[this.stream] = this.sequence;
		return { streams, others: [...(this.others ?? [])] };
	}

	private addOther(eventId: string): void {
		this.others ??= new Set();
		this.others.add(eventId);
		if (this.others.size <= MAX_OTHERS) return;
		for (const oldest of this.others) {
			this.others.delete(oldest);
			return;
		}
	}

	private addStream(stream: string, sequence: number): void {
		if (this.stream !== '') {
			this.streams ??= new Map();
			this.streams.set(this.stream, this.sequence);
			this.streams.delete(stream);
			for (const oldest of this.streams.keys()) {
				if (this.streams.size < MAX_STREAMS) break;
				this.streams.delete(oldest);
			}
		}
		this.stream = stream;
		this.sequence = sequence;
		this.prefix = `${stream}#`;
	}
}

/** The number an id ends with after a prefix, of one to 16 digits; -1 where there's none. */
function numberAfter(prefix: string, eventId: string): number {
	const digits = eventId.length - prefix.length;
	if (digits < 1 || digits > 16 || !eventId.startsWith(prefix)) return -1;
	let number = 0;
	for (let at = prefix.length; at < eventId.length; at += 1) {
		const digit = eventId.charCodeAt(at) - 48;
		if (digit < 0 || digit > 9) return -1;
		number = number * 10 + digit;
	}
	return number;
}
