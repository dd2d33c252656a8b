import {
	FactSheet,
	type CandleNeed,
	type Observation,
	type PastCandles,
	type Splits,
} from '../facts';
import type { MarketEvent } from '../market';
import { epochMs, type EpochMs, type Log } from '../ports';
import type { CompiledRule } from '../rules';
import type { WatchScope } from './advanceWatch';
import { DueTimes } from './DueTimes';
import { FeedTime } from './FeedTime';
import { keepLastSeen, observeEvent, readLastSeen } from './keptLastSeen';
import type { KeptWatches } from './keptWatches';
import type { LiveAlert } from './LiveAlert';
import { LiveRules } from './LiveRules';

export type WatchedSettings = {
	readonly owner: WatchScope;
	readonly rules: readonly CompiledRule[];
	readonly splits?: Splits;
	/** Whose time passes while no event comes: the tape's, or the one on the wall. */
	readonly time: 'tape' | 'wall';
	/** A symbol without an event for that long isn't known any more. */
	readonly unknownAfterMs?: number;
};

/** Rules that watch a feed: they see its events, and the time that passes without one. */
export class WatchedRules {
	private readonly live: LiveRules;

	private readonly rules: ReadonlyMap<string, CompiledRule>;

	private readonly feedTime = new FeedTime();

	/** When the symbols that were heard of are no longer known. */
	private readonly silences = new DueTimes<string>();

	private lastEventAt: EpochMs | undefined;

	constructor(
		private readonly settings: WatchedSettings,
		kept: KeptWatches,
		log: Log,
	) {
		const { owner: scope, splits } = settings;
		const states = new Map(
			kept.watches.map(({ ruleId, symbol, state }) => [keyOf(ruleId, symbol), state]),
		);
		const instruments = new Map(kept.instruments);
		this.live = new LiveRules({
			scope,
			splits,
			log,
			// Each is wanted once, and isn't held any longer.
			states: (ruleId, symbol) => take(states, keyOf(ruleId, symbol)),
			instrumentStates: (symbol) => take(instruments, symbol),
		});
		this.rules = new Map(settings.rules.map((rule) => [rule.document.id, rule]));
		for (const rule of settings.rules) this.live.put(rule);
		for (const { ruleId, symbol, state } of kept.watches) {
			if (state.last !== undefined) this.live.resume(ruleId, symbol, readLastSeen(state.last));
		}
		for (const [symbol, { lastEventAt }] of kept.instruments) {
			if (lastEventAt === undefined) continue;
			this.hear(symbol, lastEventAt);
			this.moveOn(lastEventAt);
		}
	}

	needs(symbol: string): readonly CandleNeed[] {
		return this.live.needs(symbol);
	}

	fill(symbol: string, past: PastCandles): void {
		this.live.fill(symbol, past);
	}

	/** Takes in events, lets time pass up to now, and says what is to be told. */
	async judge(events: readonly MarketEvent[], now: EpochMs): Promise<readonly LiveAlert[]> {
		for (const event of events) {
			this.passTime(event.eventAt);
			this.live.observe(observeEvent(event));
			// One that comes after its time says nothing of the others.
			if (!event.quality.includes('late')) this.feedTime.hear(event.eventAt, now);
			this.hear(event.symbol, event.eventAt);
			this.moveOn(event.eventAt);
		}
		const heardUpTo = this.settings.time === 'wall' ? this.feedTime.at(now) : undefined;
		if (heardUpTo !== undefined) this.passTime(heardUpTo);
		return await this.live.drain();
	}

	/** The tape is over: its last moment, too, has passed. */
	async end(): Promise<readonly LiveAlert[]> {
		if (this.settings.time === 'tape' && this.lastEventAt !== undefined) {
			this.passTime(epochMs(this.lastEventAt + 1));
		}
		return await this.live.drain();
	}

	/** Up to when everything has been heard; `undefined` before the first event. */
	heardUpTo(now: EpochMs): EpochMs | undefined {
		return this.settings.time === 'wall' ? this.feedTime.at(now) : this.lastEventAt;
	}

	/** When `judge` is worth calling though no event has come. @param also when somebody else wants to know */
	wakeAt(also: EpochMs | undefined): EpochMs | undefined {
		if (this.settings.time === 'tape') return undefined;
		const reached = [this.live.nextDueAt, this.silences.firstAt, also].flatMap((dueAt) =>
			dueAt === undefined ? [] : (this.feedTime.reaches(epochMs(dueAt + 1)) ?? []),
		);
		// Before the first event the feed's time isn't known; who wants only to be woken needn't wait for that.
		if (reached.length === 0) return also;
		return epochMs(Math.min(...reached));
	}

	/** What must be written down to go on from here. */
	takeChanges(): KeptWatches {
		const { watches, instruments } = this.live.takeChanges();
		return {
			watches: watches.map(({ ruleId, symbol, state, last }) => {
				const rule = this.rules.get(ruleId);
				const seen = last && rule && keepLastSeen(rule, last);
				return { ruleId, symbol, state: seen === undefined ? state : { ...state, last: seen } };
			}),
			instruments: new Map(instruments),
		};
	}

	private moveOn(eventAt: EpochMs): void {
		if (eventAt > (this.lastEventAt ?? 0)) this.lastEventAt = eventAt;
	}

	private hear(symbol: string, eventAt: EpochMs): void {
		const { unknownAfterMs } = this.settings;
		if (unknownAfterMs === undefined) return;
		const key = symbol.toUpperCase();
		const dueAt = epochMs(eventAt + unknownAfterMs);
		if (dueAt > (this.silences.at(key) ?? 0)) this.silences.set(key, dueAt);
	}

	/** Up to an instant, itself not included: alerts may be due, symbols may have been silent for too long. */
	private passTime(before: EpochMs): void {
		const { unknownAfterMs = 0 } = this.settings;
		for (let due = this.silences.take(before); due !== undefined;) {
			this.live.passTime(due.dueAt);
			this.live.observe(silence(due.key, epochMs(due.dueAt - unknownAfterMs)));
			due = this.silences.take(before);
		}
		this.live.passTime(before);
	}
}

/** What is known of a symbol that hasn't been heard of for long: nothing. At its last event, so that none comes late. */
const silence = (symbol: string, lastEventAt: EpochMs): Observation => ({
	symbol,
	eventAt: lastEventAt,
	eventId: undefined,
	quality: ['stale'],
	facts: new FactSheet({ symbol }),
});

function take<Value>(from: Map<string, Value>, key: string): Value | undefined {
	const value = from.get(key);
	from.delete(key);
	return value;
}

const keyOf = (ruleId: string, symbol: string): string => JSON.stringify([ruleId, symbol]);
