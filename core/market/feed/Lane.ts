import type { Clock, Random, Timer } from '../../ports';
import { exponentialBackoff } from '../../resilience';
import type { MarketEvent } from '../model';
import { ProviderFailure, waitAfter } from '../ProviderFailure';
import { admitEvent, newNeighbourhood, type Doubt, type QualityPolicy } from '../quality';
import { RecentKeys } from './RecentKeys';

/**
 * An event and its place in its lane: where it stands, and where the next one must stand so that nothing is
 * missing between them. A trade stands at its number, a closed candle at its start. Those that don't move on
 * (a quote, a running candle) are ordered by `within`.
 */
export type Item = {
	readonly event: MarketEvent;
	readonly at: number;
	readonly next: number;
	readonly within: number;
	/** Where nothing is numbered: what it's known by, in place of a place. */
	readonly key?: string;
};

/** Behind which item a lane stands; plain JSON. */
export type LanePosition = {
	readonly next: number;
	readonly within: number;
	/** What the latest items are known by, where they have no place. */
	readonly keys?: readonly string[];
};

export type HistoryPage = {
	/** In order, from the place that was asked for. */
	readonly items: readonly Item[];
	/** There's more behind the last. */
	readonly more: boolean;
	/** Before this place nothing is missing, though some places may have no item: nothing was traded. */
	readonly completeTo?: number;
};

/** Why something is missing: a failure, or in words. */
export type Reason = ProviderFailure | string;

/** @throws ProviderFailure */
export type History = (from: number, signal: AbortSignal) => Promise<HistoryPage>;

export type LaneSettings = {
	readonly symbol: string;
	readonly quality: QualityPolicy;
	/** Between two items a place may be unused: only an interruption makes a gap, and nobody knows how large. */
	readonly isSparse?: boolean;
	/** Of items that are known by a key: so many are remembered. */
	readonly remembers?: number;
	/** How many items lie between two places. */
	readonly countBetween: (from: number, to: number) => number;
	/** The place so many items before another; to begin where catching up is still worth it. */
	readonly placeBefore: (to: number, count: number) => number;
	/** The place of now, where time tells it. */
	readonly placeOfNow?: () => number;
	/** What the source still has, oldest first; a source without history can't be caught up with. */
	readonly history?: History;
};

/** Who gets a lane's events, and hears what became of the others. */
export interface LaneOwner {
	/** Whether there's no room: what comes now is fetched later, or missing. */
	readonly isFull: boolean;
	give(
		symbol: string,
		event: MarketEvent,
		position: LanePosition,
		doubts: readonly Doubt[],
		key?: string,
	): void;
	duplicate(symbol: string, item: Item): void;
	/** Couldn't be fetched, and won't be tried again. */
	missed(
		symbol: string,
		missing: { from: number; to: number; count: number },
		reason: Reason,
	): void;
	/** Came while there was no room, and no history can bring it back. */
	leftOut(symbol: string): void;
	/** A defect of ours, caught where nobody waits for it. */
	broken(error: unknown): void;
}

export type LanePorts = {
	readonly clock: Clock;
	readonly timer: Timer;
	readonly random: Random;
	readonly signal: AbortSignal;
};

/** More than that isn't fetched after an interruption: it would be told as missing. */
const MOST_FETCHED = 20_000;
/** What may wait while the past is fetched. */
const MOST_HELD = 5_000;
const GIVE_UP_AFTER_MS = 120_000;
/** History may lag behind the stream. */
const LAG_MS = 1_000;
const MOST_LAGS = 5;
const REMEMBERED_GAPS = 8;

/**
 * One instrument's events, in order and complete as far as can be. A gap is fetched from the source's history
 * while the live events wait; what stays missing is told, and the event after it says `gapBefore`.
 */
export class Lane {
	private next: number | undefined;

	private within = Number.NEGATIVE_INFINITY;

	private interrupted = false;

	private catchingUp = false;

	/** Something was let go that the history has. */
	private behind = false;

	private held: Item[] = [];

	private gaps: Array<{ from: number; to: number }> = [];

	private readonly neighbourhood = newNeighbourhood();

	private readonly recent: RecentKeys;

	constructor(
		private readonly settings: LaneSettings,
		private readonly ports: LanePorts,
		private readonly owner: LaneOwner,
		position: LanePosition | undefined,
	) {
		this.recent = new RecentKeys(settings.remembers ?? 0, position?.keys);
		if (position === undefined) return;
		({ next: this.next, within: this.within } = position);
		this.interrupt();
	}

	get symbol(): string {
		return this.settings.symbol;
	}

	/** Where the next item must stand; `undefined` before the first. */
	get expected(): number | undefined {
		return this.next;
	}

	/** Whether it's what was given last: an answer that hasn't changed. */
	isUnchanged(item: Item): boolean {
		if (item.key !== undefined) return this.recent.has(item.key);
		return item.at === this.next && item.next === item.at && item.within === this.within;
	}

	/** A live item. */
	take(item: Item): void {
		if (this.catchingUp) {
			if (this.held.length < MOST_HELD) this.held.push(item);
			else this.behind = true;
			return;
		}
		if (this.owner.isFull) {
			if (this.settings.history === undefined) {
				this.interrupted = true;
				this.owner.leftOut(this.symbol);
			} else this.behind = true;
			return;
		}
		if ((this.behind || this.isGap(item)) && this.settings.history !== undefined) {
			this.behind = false;
			this.held.push(item);
			this.catchUp();
		} else this.place(item);
	}

	/** Events may be missing from here on; where there's a history, `catchUp` will tell. */
	interrupt(): void {
		if (this.settings.history === undefined) this.interrupted = true;
	}

	/** Fetches what came since the last event; live ones wait meanwhile. */
	catchUp(): void {
		const { history } = this.settings;
		if (history === undefined || this.next === undefined || this.catchingUp) return;
		this.catchingUp = true;
		this.fetchPast(history).catch((error: unknown) => this.owner.broken(error));
	}

	/** Puts an item where it belongs; a gap before it is final. What the history gave is old by nature. */
	private place(item: Item, isOld = false): void {
		const { next } = this;
		if (item.key !== undefined) {
			this.placeByKey(item, item.key);
			return;
		}
		if (next !== undefined && item.at < next) {
			this.placeOld(item);
			return;
		}
		if (next !== undefined && this.isGap(item)) this.lose(next, item.at, 'the history has none');
		const moves = item.next > item.at;
		if (!moves && item.at === this.next && item.within <= this.within) {
			if (item.within === this.within) this.owner.duplicate(this.symbol, item);
			else this.give(item, [{ flag: 'late', reason: 'is older than the one before it' }]);
			return;
		}
		this.next = item.next;
		this.within = moves ? Number.NEGATIVE_INFINITY : item.within;
		this.give(item, [], isOld);
	}

	/** The first item that's wanted stands here, or later. */
	expect(place: number): void {
		this.next ??= place;
	}

	/** Items of the history; what's known of them is passed by. Before `completeTo` there are no others. */
	placeAll(items: readonly Item[], completeTo = Number.NEGATIVE_INFINITY): void {
		for (const item of items) {
			this.placeHeldBefore(item.at, completeTo);
			if (this.isKnown(item)) continue;
			this.passEmpty(Math.min(item.at, completeTo));
			this.place(item, true);
		}
		this.placeHeldBefore(completeTo, completeTo);
		this.passEmpty(completeTo);
	}

	/** What the history left out may have come by the stream. */
	private placeHeldBefore(place: number, completeTo: number): void {
		while (this.held[0] !== undefined && this.held[0].at < place) {
			const item = this.held.shift();
			if (item === undefined || this.isKnown(item)) continue;
			this.passEmpty(Math.min(item.at, completeTo));
			this.place(item);
		}
	}

	/** Moves on over places where nothing is. */
	private passEmpty(to: number): void {
		if (this.next === undefined || to <= this.next) return;
		this.next = to;
		this.within = Number.NEGATIVE_INFINITY;
	}

	/** Begins at the present rather than far in the past, and says what that leaves out. */
	skipTo(place: number): void {
		if (this.next === undefined) return;
		const earliest = this.settings.placeBefore(place, MOST_FETCHED);
		if (earliest > this.next) {
			const reason = this.settings.isSparse
				? "what's that old isn't fetched"
				: `more than ${MOST_FETCHED} aren't fetched`;
			this.lose(this.next, earliest, reason);
		}
	}

	private placeByKey(item: Item, key: string): void {
		if (this.recent.has(key)) {
			this.owner.duplicate(this.symbol, item);
			return;
		}
		this.recent.add(key);
		this.next = item.next;
		this.give(item);
	}

	private placeOld(item: Item): void {
		const gap = this.gapOf(item);
		if (gap === undefined || item.next === item.at) {
			this.owner.duplicate(this.symbol, item);
			return;
		}
		this.gaps = this.gaps.flatMap((one) =>
			one === gap
				? [
						{ from: gap.from, to: item.at },
						{ from: item.next, to: gap.to },
					].filter(({ from, to }) => from < to)
				: [one],
		);
		this.give(item, [{ flag: 'late', reason: 'came after it was given up' }]);
	}

	private give(item: Item, known: readonly Doubt[] = [], isOld = false): void {
		const { interrupted } = this;
		this.interrupted = false;
		const event = interrupted && known.length === 0 ? withGap(item.event) : item.event;
		const { quality } = this.settings;
		const policy = isOld ? { ...quality, staleAfterMs: Number.POSITIVE_INFINITY } : quality;
		const admitted = admitEvent(this.neighbourhood, event, policy);
		const doubts = known.length === 0 ? admitted.doubts : known;
		this.owner.give(
			this.symbol,
			known.length === 0 ? admitted.event : flagged(event, known),
			{ next: this.next ?? item.next, within: this.within },
			doubts,
			item.key,
		);
	}

	/** Whether it lies before what's expected, and isn't one of those that were given up. */
	private isKnown(item: Item): boolean {
		return this.next !== undefined && item.at < this.next && this.gapOf(item) === undefined;
	}

	private gapOf({ at }: Item): { from: number; to: number } | undefined {
		return this.gaps.find(({ from, to }) => at >= from && at < to);
	}

	private isGap(item: Item): boolean {
		return !this.settings.isSparse && this.next !== undefined && item.at > this.next;
	}

	private lose(from: number, to: number, reason: Reason): void {
		const count = this.settings.countBetween(from, to);
		this.owner.missed(this.symbol, { from, to, count }, reason);
		this.gaps = [...this.gaps, { from, to }].slice(-REMEMBERED_GAPS);
		this.next = to;
		this.within = Number.NEGATIVE_INFINITY;
		this.interrupted = true;
	}

	private async fetchPast(history: History): Promise<void> {
		const reason = await this.fetchAll(history);
		this.catchingUp = false;
		const held = this.held;
		this.held = [];
		if (this.ports.signal.aborted) return;
		if (this.settings.isSparse && reason !== undefined && this.next !== undefined) {
			this.lose(this.next, Math.max(held[0]?.at ?? 0, this.next), reason);
		}
		for (const item of held) {
			if (this.isKnown(item)) continue; // the history had it, too
			if (this.next !== undefined && this.isGap(item)) {
				this.lose(this.next, item.at, reason ?? 'the history has none');
			}
			this.place(item);
		}
	}

	/** @returns why something may be left; `undefined` when nothing is */
	private async fetchAll(history: History): Promise<Reason | undefined> {
		const { clock, timer, random, signal } = this.ports;
		const until = clock.now() + GIVE_UP_AFTER_MS;
		let backoff = exponentialBackoff({ firstMs: 1_000, factor: 2, maxMs: 30_000 }, random);
		let lags = 0;
		for (let fetched = 0; !signal.aborted;) {
			const first = this.held[0];
			const present = first?.at ?? this.settings.placeOfNow?.();
			if (present !== undefined) this.skipTo(present);
			let page: HistoryPage;
			try {
				page = await history(this.next ?? 0, signal);
			} catch (error) {
				if (!(error instanceof ProviderFailure)) throw error;
				const wait = waitAfter(error, backoff);
				if (clock.now() + wait > until) return error;
				backoff = backoff.next();
				await timer.sleep(wait, signal);
				continue;
			}
			const before = this.next;
			this.placeAll(page.items, page.completeTo);
			fetched += page.items.length;
			const goesOn = page.items.length > 0 || this.next !== before;
			if (page.more && goesOn && fetched < MOST_FETCHED * 2) continue;
			if (fetched >= MOST_FETCHED * 2) return `more than ${MOST_FETCHED * 2} aren't fetched`;
			if (this.hasReachedNow(lags)) return undefined;
			lags += 1;
			if (lags > MOST_LAGS) return 'the history has none';
			await timer.sleep(LAG_MS, signal);
		}
		return 'stopped';
	}

	/** Whether the history joins what came live; where places may be unused, it must hold the first of that. */
	private hasReachedNow(lags: number): boolean {
		const [first] = this.held;
		if (!this.settings.isSparse) return first === undefined || !this.isGap(first);
		return first === undefined ? lags > 0 : this.isKnown(first);
	}
}

const withGap = (event: MarketEvent): MarketEvent =>
	event.quality.includes('gapBefore')
		? event
		: { ...event, quality: [...event.quality, 'gapBefore'] };

const flagged = (event: MarketEvent, doubts: readonly Doubt[]): MarketEvent => ({
	...event,
	quality: [...new Set([...event.quality, ...doubts.map(({ flag }) => flag)])],
});
