import { z } from 'zod/v4';

import { parseDuration } from '../ports';

/** A value that is itself a fact: `{ "fact": "previousClose" }`. */
export type FactValueRef = { fact: string; params?: Record<string, unknown>; path?: string };

export type ConditionLeaf = {
	fact: string;
	operator: string;
	value: unknown;
	params?: Record<string, unknown> | undefined;
	path?: string | undefined;
	priority?: number | undefined;
	name?: string | undefined;
};
export type Condition =
	| ConditionLeaf
	| { all: Condition[]; priority?: number | undefined; name?: string | undefined }
	| { any: Condition[]; priority?: number | undefined; name?: string | undefined }
	| { not: Condition; priority?: number | undefined; name?: string | undefined }
	| { condition: string; priority?: number | undefined };

const priority = z.number().int().positive().optional();
const name = z.string().optional();

const leafSchema = z.looseObject({
	fact: z.string().min(1),
	operator: z.string().min(1),
	value: z.unknown().describe('What to compare with; { "fact": … } compares with another fact'),
	params: z.record(z.string(), z.unknown()).optional(),
	path: z.string().optional().describe('JSONPath into the fact'),
	priority,
	name,
});

const conditionSchema: z.ZodType<Condition> = z.lazy(() =>
	z.union([
		z.looseObject({ all: z.array(conditionSchema).min(1), priority, name }),
		z.looseObject({ any: z.array(conditionSchema).min(1), priority, name }),
		z.looseObject({ not: conditionSchema, priority, name }),
		z.looseObject({ condition: z.string().min(1), priority }),
		leafSchema as unknown as z.ZodType<ConditionLeaf>, // looseObject's index signature says more than we use
	]),
);

const USE_DURATION = 'use a duration such as "30s", "5m", "1h" or "1d"';
/** As text everywhere: `30s`, `5m`, `1h`, `1d`. */
export const duration = z
	.string(USE_DURATION)
	.regex(/^\s*\d{1,9}(\.\d{1,3})?\s*(ms|s|m|h|d)\s*$/, USE_DURATION);

const durationOrCandles = z
	.string()
	.regex(
		/^\s*(\d{1,9}(\.\d{1,3})?\s*(ms|s|m|h|d)|[1-9]\d{0,2}\s*candles?)\s*$/,
		'use a duration such as "30s" or "5m", or candles, up to 999, such as "3 candles"',
	);

/** Of `holdFor`: how many candles; `undefined` when it's a span of time. */
export function candlesIn(holdFor: string | undefined): number | undefined {
	const [, count] = /^\s*(\d+)\s*candles?\s*$/.exec(holdFor ?? '') ?? [];
	return count === undefined ? undefined : Number(count);
}

const interval = duration.refine((text) => (parseDuration(text) ?? 0) > 0, {
	error: 'use a duration above 0, such as "1m", "5m", "1h" or "1d"',
});

const count = z
	.number()
	.int('use a whole number from 1 on')
	.positive('use a whole number from 1 on');

const timeOfDay = z
	.string()
	.regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$|^24:00$/, 'use a time of day such as "09:30"');
/** Those our calendars have. */
const session = z.enum(['pre', 'regular', 'post', 'closed']);
const instant = z.iso.datetime({
	offset: true,
	error: 'use ISO 8601 with a time zone, such as "2027-01-01T00:00:00-05:00"',
});

export const scheduleSchema = z.strictObject({
	calendar: z
		.enum(['us-equities', 'crypto', 'forex'])
		.optional()
		.describe(
			'Whose hours and holidays; without "session" the rule is awake in all but the closed ones',
		),
	session: z
		.union([session, z.array(session).min(1)], {
			error: 'use one or several of "pre", "regular", "post", "closed", such as ["pre", "regular"]',
		})
		.optional()
		.describe('Sessions of the calendar; of us-equities when none is named'),
	days: z
		.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
		.min(1)
		.optional()
		.describe("Days of the week in the schedule's time zone"),
	times: z
		.array(z.strictObject({ from: timeOfDay, to: timeOfDay }))
		.min(1)
		.optional()
		.describe('Windows of the day; one whose end comes before its beginning goes over midnight'),
	timezone: z
		.string()
		.min(1)
		.optional()
		.describe("IANA name; the calendar's own when one is named, else UTC"),
	from: instant.optional().describe('When the rule wakes for the first time'),
	until: instant.optional().describe('When the rule ends; this very instant is past it'),
});

/**
 * A rule as it lies on disk and in the editor, version 1. It is an API: its JSON Schema ships, and it
 * changes only with a version and a migration.
 */
export const ruleDocumentSchema = z.strictObject({
	$schema: z.string().optional().describe('Where the schema of this document lies, for editors'),
	version: z.literal(1).describe('Of the form of this document'),
	id: z.string().min(1).max(200).describe('State belongs to it; the name may change'),
	name: z.string().min(1).max(200).describe('How its alerts are called'),
	symbols: z
		.array(z.string().min(1))
		.min(1, 'name at least one, or leave "symbols" out to watch every symbol')
		.optional()
		.describe('Instruments the rule watches; all of them when missing or "*"'),
	conditions: conditionSchema.describe('json-rules-engine conditions: all, any or not at the top'),
	namedConditions: z
		.record(z.string(), conditionSchema)
		.optional()
		.describe('Conditions that others refer to by { "condition": "name" }'),
	interval: interval
		.optional()
		.describe('Candle interval of every fact of candles that names none, and of firing by candle'),
	fire: z
		.enum(['onChange', 'everyMatch', 'once', 'oncePerCandle', 'onCandleClose'])
		.default('onChange')
		.describe(
			'When an alert is told. onChange: when the rule begins to hold; everyMatch: at each event for which it holds; once: one time per symbol; oncePerCandle: at the first event of a candle for which it holds; onCandleClose: at each closed candle for which it holds',
		),
	holdFor: durationOrCandles
		.optional()
		.describe(
			'How long it must hold before the alert fires; "3 candles": at so many closed candles in a row',
		),
	keepFiringFor: duration
		.optional()
		.describe('How long it must have stopped holding before the alert is over'),
	resetWhen: conditionSchema
		.optional()
		.describe('The alert is over when this holds, not as soon as the conditions stop holding'),
	remindEvery: duration.optional().describe('How often to tell again while the alert goes on'),
	notifyResolved: z
		.boolean()
		.default(false)
		.describe('Whether to tell when an alert that was told is over'),
	maxPerDay: count.optional().describe('Most alerts of one symbol a day, UTC'),
	maxAlerts: count
		.optional()
		.describe('Most alerts of one symbol in all; then it is quiet until the conditions change'),
	cooldown: duration.optional().describe('Least time between two alerts of one symbol'),
	schedule: scheduleSchema
		.optional()
		.describe('When the rule is judged at all; outside it sleeps and remembers where it was'),
	severity: z
		.enum(['info', 'warning', 'critical'])
		.default('info')
		.describe('Travels with the alert'),
	labels: z
		.record(z.string(), z.string())
		.default({})
		.describe('Names and values that travel with the alert'),
	include: z
		.array(
			z.union([
				z.string().min(1),
				z.strictObject({
					fact: z.string().min(1),
					params: z.record(z.string(), z.unknown()).optional(),
					path: z.string().optional(),
				}),
			]),
		)
		.default([])
		.describe('Further facts the alert shall carry'),
	title: z
		.string()
		.max(1_000)
		.optional()
		.describe('Headline of the alert, a template: "[[symbol]] at [[price]]"'),
	message: z
		.string()
		.max(10_000)
		.optional()
		.describe('Text of the alert, a template; without one the alert says why'),
	deliver: z
		.array(z.strictObject({ channel: z.string().min(1), to: z.string().min(1) }))
		.default([])
		.describe('Recipients for outputs that name none of their own'),
});

export type RuleDocument = z.infer<typeof ruleDocumentSchema>;
export type ScheduleDocument = z.infer<typeof scheduleSchema>;

/** Parts of the design that later releases bring; a document that uses one is refused by name. */
export const notYetSupported: ReadonlySet<string> = new Set(['unknownAfter', 'grouping']);
