import { z } from 'zod/v4';

import { duration, scheduleSchema } from '../../rules';

const instant = z.iso.datetime({
	offset: true,
	error: 'use ISO 8601 with a time zone, such as "2027-01-01T00:00:00-05:00"',
});
const matchers = z
	.array(z.string())
	.min(1, 'name at least one, such as "symbol=SHOP"')
	.describe(
		'All must match: "symbol=SHOP", "rule!=Index down", "desk=tech*"; rule is its id or name, other names are labels',
	);
const count = z
	.number('use a whole number from 1 on')
	.int('use a whole number from 1 on')
	.positive('use a whole number from 1 on');
const { days, times, timezone } = scheduleSchema.shape;

/**
 * How alerts are kept from becoming noise, version 1. The names are Alertmanager's where it has them. It
 * is an API: later versions only add to it.
 */
export const noiseSchema = z.strictObject({
	groupBy: z
		.array(z.string().min(1))
		.optional()
		.describe(
			'Alerts that agree in these share a message: rule, symbol, severity or a label; an empty list is one message for all',
		),
	groupWait: duration
		.default('30s')
		.describe('How long the first alert of a group waits for others'),
	groupInterval: duration.default('5m').describe('Least time between two messages of a group'),
	silences: z
		.array(
			z.strictObject({
				matchers,
				from: instant.optional().describe('When it begins; at once when missing'),
				until: instant.describe('When it is over; alerts that still go on are told then'),
				comment: z.string().max(500).optional().describe('Why, for those who ask later'),
			}),
		)
		.default([]),
	inhibit: z
		.array(
			z.strictObject({
				source: matchers,
				target: matchers,
				equal: z
					.array(z.string().min(1))
					.default([])
					.describe('Only where source and target agree in these: symbol, severity or a label'),
				muteFor: duration
					.optional()
					.describe(
						'Mutes this long after the source was told, for crossings that are over at once; without it, as long as the source is firing',
					),
			}),
		)
		.default([])
		.describe('While a source alert is firing, matching targets are muted'),
	quietHours: z
		.strictObject({
			intervals: z
				.array(z.strictObject({ days, times }))
				.min(1, 'name at least one, such as {"times": [{"from": "22:00", "to": "07:00"}]}'),
			timezone,
			passCritical: z
				.boolean()
				.default(false)
				.describe('Whether critical alerts are told all the same'),
		})
		.optional()
		.describe('What comes then is told in one digest at the end'),
	flapping: z
		.strictObject({
			maxChanges: count.default(4).describe('One more within the window is flapping'),
			window: duration.default('10m'),
			calmFor: duration
				.default('10m')
				.describe('How long nothing must change before the current state is told'),
		})
		.optional(),
	budget: z
		.strictObject({
			messages: count.describe('Most messages to a destination'),
			per: duration.default('1h'),
			passCritical: z
				.boolean()
				.default(true)
				.describe('Whether critical alerts are told though nothing is left'),
		})
		.optional()
		.describe('What is over it is told in one message when there is room again'),
});

export type NoiseDocument = z.infer<typeof noiseSchema>;
