import { epochMs, type EpochMs } from '../../ports';
import { NEVER, type Calendar } from '../sessions';
import type { MarketStatus } from './MarketRequests';

/** More changes of session than lie between two regular ones, whatever the holidays. */
const MOST_CHANGES = 60;

/** What a calendar says of a moment. */
export function statusBy(calendar: Calendar, now: EpochMs): MarketStatus {
	const session = calendar.sessionAt(now);
	const changes = changesAfter(calendar, now);
	const isOpen = session === 'regular';
	const nextOpenAt = changes.find(({ to }) => to === 'regular')?.at ?? null;
	const closings = changes.filter(({ from }) => from === 'regular');
	return {
		market: calendar.name,
		isOpen,
		session,
		asOf: now,
		nextOpenAt,
		nextCloseAt: closings[0]?.at ?? null,
		toldBy: 'calendar',
	};
}

function changesAfter(calendar: Calendar, now: EpochMs) {
	const changes: Array<{ at: EpochMs; from: string; to: string }> = [];
	let from = calendar.sessionAt(now);
	for (let at = now; changes.length < MOST_CHANGES;) {
		at = calendar.nextChangeAt(at);
		if (at === NEVER) break;
		const to = calendar.sessionAt(epochMs(at));
		changes.push({ at, from, to });
		from = to;
	}
	return changes;
}
