import { epochMs, type EpochMs } from '../../ports';
import type { Session } from '../model';
import type { Calendar } from './Calendar';
import { DAY_MS, toIsoDate, utcDayOf, type CivilDay } from './civilDay';
import { instantOf } from './zonedTime';

/** From a minute of the local day on. */
export type SessionStart = {
	readonly minute: number;
	readonly session: Session;
	readonly tradingDay: string | undefined;
};

export type Plan = Pick<Calendar, 'name' | 'label' | 'timeZone'> & {
	/** What a local date looks like, in order, from minute 0 on. */
	hoursOn(day: CivilDay): readonly SessionStart[];
};

/**
 * A calendar by local dates.
 *
 * Zones are asked once per date: an instant of a date that was seen costs a look into a map and a few
 * comparisons. A plan whose session never changes would have `nextChangeAt` search for ever.
 */
export function createZonedCalendar(plan: Plan): Calendar {
	const days = new Map<CivilDay, Day>();

	const dayOf = (civil: CivilDay): Day => {
		const known = days.get(civil);
		if (known !== undefined) return known;
		const day = toDay(civil, plan);
		if (days.size >= KEPT_DAYS) days.clear();
		days.set(civil, day);
		return day;
	};

	/** The date in UTC is the local one, or its neighbour. */
	const dayAt = (at: EpochMs): Day => {
		const day = dayOf(utcDayOf(at));
		if (at < day.startAt) return dayOf(day.civil - 1);
		return at < day.endAt ? day : dayOf(day.civil + 1);
	};

	return {
		name: plan.name,
		label: plan.label,
		timeZone: plan.timeZone,
		sessionAt: (at) => spanAt(dayAt(at), at).session,
		tradingDay: (at) => spanAt(dayAt(at), at).tradingDay,
		nextChangeAt(at) {
			let day = dayAt(at);
			const { session } = spanAt(day, at);
			for (;;) {
				const change = day.spans.find((span) => span.startAt > at && span.session !== session);
				if (change !== undefined) return change.startAt;
				day = dayOf(day.civil + 1);
			}
		},
	};
}

/** A bound on memory only: a replay meets the days in order, a watch needs two at a time. */
const KEPT_DAYS = 1_000;

const MINUTE_MS = 60_000;

type Day = {
	readonly civil: CivilDay;
	readonly startAt: EpochMs;
	readonly endAt: EpochMs;
	readonly spans: readonly [Span, ...Span[]];
};

type Span = Omit<SessionStart, 'minute'> & { readonly startAt: EpochMs };

function toDay(civil: CivilDay, plan: Plan): Day {
	const startAt = localMinute(civil, 0, plan.timeZone);
	const endAt = localMinute(civil + 1, 0, plan.timeZone);
	// Asking the zone is the slow part; on a day of 24 hours no clock was moved.
	const isEven = endAt - startAt === DAY_MS;
	const [first, ...later] = plan.hoursOn(civil).map(({ minute, session, tradingDay }): Span => ({
		startAt: isEven
			? epochMs(startAt + minute * MINUTE_MS)
			: localMinute(civil, minute, plan.timeZone),
		session,
		tradingDay,
	}));
	if (first === undefined) throw new Error(`${plan.name} has no hours on ${toIsoDate(civil)}`);
	return { civil, startAt, endAt, spans: [first, ...later] };
}

function localMinute(civil: CivilDay, minute: number, timeZone: string): EpochMs {
	const date = new Date(civil * DAY_MS);
	return instantOf(
		{
			year: date.getUTCFullYear(),
			month: date.getUTCMonth() + 1,
			day: date.getUTCDate(),
			hour: Math.floor(minute / 60),
			minute: minute % 60,
		},
		timeZone,
	);
}

function spanAt({ spans }: Day, at: EpochMs): Span {
	let found = spans[0];
	for (const span of spans) {
		if (span.startAt > at) break;
		found = span;
	}
	return found;
}
