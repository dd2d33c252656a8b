import type { MarketEvent } from '../model';
import type { SourceSink } from '../Source';
import type { LanePosition } from './Lane';
import { RecentKeys } from './RecentKeys';

/** Where a live source stands: the place behind the last event of each symbol. */
export type LiveCursor = { readonly lanes: Readonly<Record<string, LanePosition>> };

/** Events at most in one hand-over. */
const CHUNK = 500;
/** Events that may wait for a sink that has no room; beyond that the world isn't listened to. */
const MOST_WAITING = 20_000;

/** Brings events to a sink that may make us wait, and says with each hand-over where we stand behind it. */
export class FeedPump {
	private waiting: Array<{
		symbol: string;
		event: MarketEvent;
		position: LanePosition;
		key: string | undefined;
	}> = [];

	private readonly positions: Map<string, LanePosition>;

	/** What was handed over, where it has no place. */
	private readonly keys = new Map<string, RecentKeys>();

	private wake: () => void = () => {};

	/** @param remembers so many keys of each symbol are written down */
	constructor(
		private readonly from: LiveCursor,
		private readonly remembers = 0,
	) {
		this.positions = new Map(Object.entries(from.lanes));
	}

	get isFull(): boolean {
		return this.waiting.length >= MOST_WAITING;
	}

	push(symbol: string, event: MarketEvent, position: LanePosition, key?: string): void {
		this.waiting.push({ symbol, event, position, key });
		if (this.waiting.length === 1) this.wake();
	}

	/** Resolves when `signal` aborts. */
	async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
		const stop = () => this.wake();
		signal.addEventListener('abort', stop, { once: true });
		while (!signal.aborted) {
			if (this.waiting.length === 0) {
				await new Promise<void>((resolve) => (this.wake = resolve));
				continue;
			}
			const chunk = this.waiting.splice(0, CHUNK);
			for (const { symbol, position, key } of chunk) {
				this.positions.set(symbol, position);
				if (key !== undefined) this.keysOf(symbol).add(key);
			}
			const cursor: LiveCursor = { lanes: this.lanes() };
			await sink.accept(
				chunk.map(({ event }) => event),
				cursor,
			);
		}
		signal.removeEventListener('abort', stop);
	}

	private lanes(): Record<string, LanePosition> {
		return Object.fromEntries(
			[...this.positions].map(([symbol, position]) => {
				const keys = this.keys.get(symbol);
				return [symbol, keys === undefined ? position : { ...position, keys: keys.list() }];
			}),
		);
	}

	private keysOf(symbol: string): RecentKeys {
		const found =
			this.keys.get(symbol) ?? new RecentKeys(this.remembers, this.from.lanes[symbol]?.keys);
		this.keys.set(symbol, found);
		return found;
	}
}

/** A cursor as it comes back from the store; anything else is none. */
export function readCursor(value: unknown): LiveCursor {
	const lanes = (value as LiveCursor | null | undefined)?.lanes;
	if (typeof lanes !== 'object' || lanes === null) return { lanes: {} };
	// JSON has no infinity; where nothing was within, it comes back as null.
	const entries = Object.entries(lanes).flatMap(([symbol, position]) =>
		Number.isFinite(position?.next) ? [[symbol, toPosition(position)]] : [],
	);
	return { lanes: Object.fromEntries(entries) as LiveCursor['lanes'] };
}

function toPosition({ next, within, keys }: LanePosition): LanePosition {
	const texts = Array.isArray(keys)
		? keys.filter((key): key is string => typeof key === 'string')
		: undefined;
	return {
		next,
		within: within ?? Number.NEGATIVE_INFINITY,
		...(texts === undefined ? {} : { keys: texts }),
	};
}
