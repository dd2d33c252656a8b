import { instantOf, wallClockAt } from '../../market';
import { epochMs, type EpochMs } from '../../ports';
import { compileSchedule } from '../../rules';
import type { NoiseDocument } from './schema';

export type QuietHours = {
	readonly passCritical: boolean;
	/** When the quiet that lies around an instant ends; `undefined` when it isn't quiet then. */
	endsAt(at: EpochMs): EpochMs | undefined;
};

/** A week, and one more for windows over midnight. */
const DAYS_AHEAD = 9;

/** @returns `undefined` when they never end */
export function compileQuietHours(
	document: NonNullable<NoiseDocument['quietHours']>,
): QuietHours | undefined {
	const { intervals, timezone = 'UTC', passCritical } = document;
	const schedules = intervals.map(({ days, times }) =>
		compileSchedule({ timezone, ...(days && { days }), ...(times && { times }) }),
	);
	const isQuiet = (at: EpochMs) => schedules.some((schedule) => schedule.isAwake(at));
	// A window ends at its end, or with its day.
	const ends = ['24:00', ...intervals.flatMap(({ times }) => times?.map(({ to }) => to) ?? [])];
	const findEnd = (at: EpochMs): EpochMs => {
		let quiet = at;
		for (const turn of turnsAfter(at, [...new Set(ends)], timezone)) {
			if (!isQuiet(turn)) return firstCalm(quiet, turn, isQuiet);
			quiet = turn;
		}
		return NEVER;
	};
	// The calendar is slow, and a night is long.
	let known = { from: NEVER, until: NEVER };
	const endsAt = (at: EpochMs): EpochMs | undefined => {
		if (at >= known.from && at < known.until) return known.until;
		if (!isQuiet(at)) return undefined;
		known = { from: at, until: findEnd(at) };
		return known.until;
	};
	const someDay = epochMs(Date.UTC(2026, 0, 4, 12));
	return endsAt(someDay) === NEVER ? undefined : { passCritical, endsAt };
}

const NEVER = epochMs(Number.MAX_SAFE_INTEGER);

/** The instants of a week and a day at which a window may end, in order. */
function turnsAfter(at: EpochMs, ends: readonly string[], timeZone: string): EpochMs[] {
	const { year, month, day } = wallClockAt(at, timeZone);
	return Array.from({ length: DAYS_AHEAD }, (_, ahead) => ahead)
		.flatMap((ahead) =>
			ends.map((end) => {
				const [hours = 0, minute = 0, second = 0] = end.split(':').map(Number);
				const date = new Date(Date.UTC(year, month - 1, day + ahead, hours));
				return instantOf(
					{
						year: date.getUTCFullYear(),
						month: date.getUTCMonth() + 1,
						day: date.getUTCDate(),
						hour: date.getUTCHours(),
						minute,
						second,
					},
					timeZone,
				);
			}),
		)
		.filter((turn) => turn > at)
		.sort((a, b) => a - b);
}

/** Where clocks go forward over the end of a window, it ends at the jump. */
function firstCalm(quiet: EpochMs, calm: EpochMs, isQuiet: (at: EpochMs) => boolean): EpochMs {
	if (isQuiet(epochMs(calm - 1))) return calm;
	let [last, first] = [quiet as number, calm as number];
	while (first - last > 1) {
		const middle = Math.floor((last + first) / 2);
		if (isQuiet(epochMs(middle))) last = middle;
		else first = middle;
	}
	return epochMs(first);
}
