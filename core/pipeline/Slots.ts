/* eslint-disable @typescript-eslint/no-non-null-assertion -- rows of typed arrays are always there */
import { noAlert, type AlertState } from '../alerts';
import { lengthen, Rows } from '../rules';

/** What was last said of a slot to its alert. */
export const SAID = { nothing: 0, holds: 1, fails: 2, unknown: 3, asleep: 4 } as const;

/** Its conditions can't be indexed: it is looked at whenever there is an event. */
export const RECHECKED = 1;
/** It hasn't been looked at since it came, or since everything began anew. */
export const FRESH = 2;
/** Chosen for this event already. */
export const CHOSEN = 4;
/** Outside its schedule. */
export const ASLEEP = 8;
/** Has an edge. */
export const EDGED = 16;
/** What the clock tells of it can't be read again later: that is kept while the clock is wanted. */
export const FLEETING = 32;
/** Each event that holds is an episode of its own. */
export const EACH = 64;
/** Changed since changes were taken. */
export const CHANGED = 128;

/** One rule on one instrument each, as rows of numbers. */
export class Slots {
	rule = new Int32Array(0);

	/** The number of its instrument. */
	lane = new Int32Array(0);

	/** Its conditions in the gate, or -1. */
	top = new Int32Array(0);

	/** Of `resetWhen`, or -1. */
	resetTop = new Int32Array(0);

	said = new Uint8Array(0);

	traits = new Uint8Array(0);

	/** Another number for each life of a row. */
	life = new Int32Array(0);

	/** The next slot of the same rule, or -1. */
	next = new Int32Array(0);

	/** Most are one of a few that nothing ever happened to. */
	readonly alert: AlertState[] = [];

	private readonly rows = new Rows((room) => {
		this.rule = lengthen(this.rule, room);
		this.lane = lengthen(this.lane, room);
		this.top = lengthen(this.top, room);
		this.resetTop = lengthen(this.resetTop, room);
		this.said = lengthen(this.said, room);
		this.traits = lengthen(this.traits, room);
		this.life = lengthen(this.life, room);
		this.next = lengthen(this.next, room);
	});

	open(rule: number, lane: number): number {
		const slot = this.rows.take();
		this.rule[slot] = rule;
		this.lane[slot] = lane;
		this.top[slot] = this.resetTop[slot] = this.next[slot] = -1;
		this.said[slot] = SAID.nothing;
		this.traits[slot] = 0;
		this.alert[slot] = noAlert;
		return slot;
	}

	close(slot: number): void {
		this.life[slot]! += 1;
		this.traits[slot] = 0;
		this.alert[slot] = noAlert;
		this.rows.give(slot);
	}

	has(slot: number, trait: number): boolean {
		return (this.traits[slot]! & trait) !== 0;
	}

	mark(slot: number, trait: number): void {
		this.traits[slot]! |= trait;
	}

	unmark(slot: number, trait: number): void {
		this.traits[slot]! &= ~trait;
	}

	/** Whether the alert is another one than before. */
	move(slot: number, alert: AlertState): boolean {
		const moved = quietly(alert);
		if (this.alert[slot] === moved) return false;
		this.alert[slot] = moved;
		return true;
	}
}

/** Of alerts that nothing has happened to there are but four. */
function quietly(alert: AlertState): AlertState {
	const { phase, episode, toldAt, toldInAll, toldCandle, heldBack } = alert;
	const isQuiet =
		phase === 'inactive' &&
		episode === undefined &&
		toldAt === undefined &&
		toldInAll === undefined &&
		toldCandle === undefined &&
		heldBack === 0;
	return isQuiet ? QUIET[(alert.judged ? 2 : 0) + (alert.certain ? 1 : 0)]! : alert;
}

const QUIET: readonly AlertState[] = [false, true].flatMap((judged) =>
	[false, true].map((certain) => (judged || certain ? { ...noAlert, judged, certain } : noAlert)),
);
