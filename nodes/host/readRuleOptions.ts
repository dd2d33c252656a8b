import { findCalendar, instantOf, isTimeZone } from '../../core/market';
import { toCondition, type ConditionRow } from './readCondition';
import { isFilled, listOf, textOf } from './texts';

/** The collection of settings a rule has beside its conditions, as n8n gives it; an expression may give anything. */
export type RuleOptions = {
	readonly severity?: string;
	readonly interval?: string;
	readonly holdFor?: unknown;
	readonly keepFiringFor?: unknown;
	readonly remindEvery?: unknown;
	readonly resetWhen?: { readonly condition?: readonly ConditionRow[] };
	readonly maxAlerts?: number;
	readonly maxPerDay?: number;
	readonly notifyResolved?: boolean;
	readonly schedule?: { readonly window?: ScheduleFields };
	readonly labels?: { readonly label?: ReadonlyArray<{ name: unknown; value: unknown }> };
	readonly include?: unknown;
	readonly symbols?: unknown;
	readonly title?: unknown;
	readonly message?: unknown;
};

type ScheduleFields = {
	readonly calendar?: string;
	readonly session?: readonly string[];
	readonly days?: readonly string[];
	readonly times?: unknown;
	readonly timezone?: unknown;
	readonly from?: unknown;
	readonly until?: unknown;
};

/** The parts of a rule document that the options are; what's empty is left out. */
export function fromOptions(options: RuleOptions, ruleName: string): Record<string, unknown> {
	const { interval, maxAlerts = 0, maxPerDay = 0, notifyResolved, severity } = options;
	const texts = ['holdFor', 'keepFiringFor', 'remindEvery', 'title', 'message'] as const;
	const include = listOf(options.include);
	const symbols = listOf(options.symbols);
	const labels = (options.labels?.label ?? [])
		.map(({ name, value }) => [textOf(name), textOf(value)] as const)
		.filter(([name]) => name !== '');
	const resets = options.resetWhen?.condition ?? [];
	const schedule = readSchedule(options.schedule?.window ?? {});
	return {
		...Object.fromEntries(
			texts.flatMap((name) => {
				const text = textOf(options[name]);
				return isFilled(text) ? [[name, text]] : [];
			}),
		),
		...(severity === undefined ? {} : { severity }),
		...(interval === undefined || interval === 'event' ? {} : { interval }),
		...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
		...(include.length === 0 ? {} : { include }),
		// A list that came out empty is no wish to watch all of them.
		...(symbols.length === 0 && !Array.isArray(options.symbols) ? {} : { symbols }),
		...(resets.length === 0
			? {}
			: { resetWhen: { all: resets.map((row, index) => toCondition(row, index, ruleName)) } }),
		...(maxAlerts === 0 ? {} : { maxAlerts }),
		...(maxPerDay === 0 ? {} : { maxPerDay }),
		...(notifyResolved === true ? { notifyResolved } : {}),
		...(Object.keys(schedule).length === 0 ? {} : { schedule }),
	};
}

function readSchedule(fields: ScheduleFields): Record<string, unknown> {
	const { calendar = '', session = [], days = [], times } = fields;
	const [timezone, from, until] = [fields.timezone, fields.from, fields.until].map((field) =>
		textOf(field).trim(),
	);
	const windows = listOf(times).map((window) => {
		const [begin = '', end = ''] = window.split(/\s*[-–]\s*/);
		return { from: begin, to: end };
	});
	const named = isFilled(timezone) ? timezone : undefined;
	const zone = named ?? findCalendar(calendar)?.timeZone ?? 'UTC';
	return {
		...(calendar === '' ? {} : { calendar }),
		...(session.length === 0 ? {} : { session }),
		...(days.length === 0 ? {} : { days }),
		...(windows.length === 0 ? {} : { times: windows }),
		...(named === undefined ? {} : { timezone: named }),
		...(isFilled(from) ? { from: withZone(from, zone) } : {}),
		...(isFilled(until) ? { until: withZone(until, zone) } : {}),
	};
}

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?$/;

/** A date or a time without a zone is one of the schedule's zone. */
export function withZone(text: string, zone: string): string {
	const parts = LOCAL.exec(text);
	if (parts === null || !isTimeZone(zone)) return text;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
		.slice(1)
		.map((part: string | undefined) => Number(part ?? 0));
	return new Date(instantOf({ year, month, day, hour, minute, second }, zone)).toISOString();
}
