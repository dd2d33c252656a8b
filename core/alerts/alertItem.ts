import { z } from 'zod/v4';

/**
 * The alert as it travels from rules to outputs and to n8n's own nodes. It is an API: its JSON Schema
 * ships with the package, and later versions only add to it.
 *
 * Instants are epoch milliseconds, UTC.
 */
const instant = z.number().int();
const factValue = z.union([z.number(), z.string(), z.boolean()]);

export const severitySchema = z.enum(['info', 'warning', 'critical']);

export const deliverSchema = z.object({
	channel: z.string().min(1).describe('Which kind of output: email, webhook …'),
	to: z.string().min(1).describe('Address, URL or chat that output sends to'),
});

export const reasonSchema = z.object({
	fact: z.string().describe('Its name in the rule'),
	params: z.record(z.string(), z.unknown()).optional().describe('Its parameters'),
	path: z.string().optional().describe('Into a fact that is an object'),
	operator: z.string(),
	left: factValue.nullable().describe('What the fact was; null when it is unknown'),
	right: z.unknown().describe('What it was compared with'),
	percent: z.number().optional().describe('Of within: how far away, in percent of the right side'),
	rightFact: z.string().optional().describe('The fact on the right side, when it was one'),
	before: z
		.object({ left: factValue, right: z.unknown() })
		.optional()
		.describe('Both sides at the event before, for crossings'),
	holds: z.boolean().nullable().describe('null when a side of it is unknown'),
	missing: z.string().optional().describe('Why it is unknown'),
});

const shape = {
	alert: z.object({
		id: z.string().describe('The same whenever the same event is judged again'),
		episodeId: z.string().describe('The same from firing to resolved'),
		ruleId: z.string(),
		ruleName: z.string(),
		symbol: z.string().describe('Empty when the item has none'),
		state: z
			.enum(['firing', 'resolved', 'reminder'])
			.describe('It began, it is over, it still goes on'),
		severity: severitySchema,
		labels: z.record(z.string(), z.string()).describe("The rule's, for those who sort alerts"),
		startedAt: instant.describe('When the episode began'),
		eventAt: instant.describe('Time of the event that told'),
		eventId: z.string().describe('Of that event'),
		test: z.boolean().describe('From a manual run: not recorded, sent marked [Test]'),
		deliver: z.array(deliverSchema).describe("Whom the rule names; an output's own field wins"),
		firstSight: z.boolean().optional().describe('The rule already held when it was first judged'),
		acrossGap: z.boolean().optional().describe('The crossing happened somewhere in a feed gap'),
		heldBack: z
			.number()
			.int()
			.optional()
			.describe(
				"Episodes that were kept quiet since the last alert, by the cooldown or the day's limit",
			),
		flapping: z
			.object({
				changes: z.number().int(),
				windowMs: z.number(),
				calmForMs: z.number(),
			})
			.optional()
			.describe('It changed this often within a window; quiet until nothing changes for a while'),
		closes: z
			.array(z.string())
			.optional()
			.describe(
				'Episodes told before that are over as well, and have no alert of their own for it',
			),
		merged: z
			.object({
				by: z.enum(['group', 'quietHours', 'budget']),
				count: z.number().int().describe('Alerts the members stand for'),
				stillFiring: z.array(z.string()).describe('Told before and not over: symbols or titles'),
			})
			.optional()
			.describe('This item is several alerts as one; they are its members'),
	}),
	title: z.string().describe('One line of at most 200 characters'),
	text: z.string().describe("The rule's message, or else why the alert came"),
	facts: z
		.record(z.string(), factValue)
		.describe('What was known: facts of the conditions, of the texts and of Include'),
	because: z.array(reasonSchema).describe('Each comparison that decided'),
	html: z.string().describe('The same as a part of a page, with tables'),
	markdown: z.string().describe('The same as Markdown, with lists'),
};

const memberSchema = z.object({
	alert: shape.alert,
	title: shape.title,
	text: shape.text,
	facts: shape.facts,
	because: shape.because,
	count: z
		.number()
		.int()
		.optional()
		.describe('Alerts of its rule and symbol it stands for, where they are several'),
});

export const alertItemSchema = z.object({
	...shape,
	members: z
		.array(memberSchema)
		.optional()
		.describe('Of several alerts in one: each as it would have been told'),
});

export type AlertItem = z.infer<typeof alertItemSchema>;
export type AlertMember = z.infer<typeof memberSchema>;
export type Reason = z.infer<typeof reasonSchema>;
export type Severity = z.infer<typeof severitySchema>;
export type DeliverTo = z.infer<typeof deliverSchema>;
