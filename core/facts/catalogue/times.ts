import type { FactDefinition, FactParam } from './definition';

const timeZone: FactParam = {
	name: 'timezone',
	label: 'Time Zone',
	type: 'text',
	default: 'UTC',
	description: 'Name of the zone: UTC, America/New_York, Europe/Berlin',
};

/** Facts that follow from the time of the event alone. */
export const timeFacts: readonly FactDefinition[] = [
	{
		name: 'session',
		label: 'Session',
		type: 'text',
		description:
			'Trading session: pre, regular, post, overnight or closed. With a calendar, by its hours at the time of the event; without one, as the source says.',
		kind: 'time',
		offeredBy: ['quote'],
		params: [
			{
				name: 'calendar',
				label: 'Calendar',
				type: 'options',
				options: ['us-equities', 'crypto', 'forex'],
				description: 'Whose hours',
			},
		],
	},
	{
		name: 'timeOfDay',
		label: 'Time of Day',
		type: 'text',
		description: 'Wall clock at the event, 24 hours: 09:30:00',
		kind: 'time',
		params: [timeZone],
	},
	{
		name: 'weekday',
		label: 'Weekday',
		type: 'text',
		description: 'mon, tue, wed, thu, fri, sat or sun',
		kind: 'time',
		params: [timeZone],
	},
	{
		name: 'date',
		label: 'Date',
		type: 'text',
		description: 'Date at the event: 2026-11-27',
		kind: 'time',
		params: [timeZone],
	},
];
