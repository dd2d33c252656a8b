import type { INodeProperties } from 'n8n-workflow';

/** When a rule is judged at all. */
export function scheduleFields(): INodeProperties[] {
	return [
		{
			displayName: 'Calendar',
			name: 'calendar',
			type: 'options',
			options: [
				{ name: 'Crypto', value: 'crypto' },
				{ name: 'Forex', value: 'forex' },
				{ name: 'None', value: '' },
				{ name: 'US Equities', value: 'us-equities' },
			],
			default: '',
			description:
				'Whose trading hours and holidays; sessions without a calendar are those of US equities',
		},
		{
			displayName: 'Sessions',
			name: 'session',
			type: 'multiOptions',
			options: [
				{ name: 'Closed', value: 'closed' },
				{ name: 'Post-Market', value: 'post' },
				{ name: 'Pre-Market', value: 'pre' },
				{ name: 'Regular', value: 'regular' },
			],
			default: [],
		},
		{
			displayName: 'Days',
			name: 'days',
			type: 'multiOptions',
			// eslint-disable-next-line n8n-nodes-base/node-param-multi-options-type-unsorted-items -- a week has an order of its own
			options: [
				{ name: 'Monday', value: 'mon' },
				{ name: 'Tuesday', value: 'tue' },
				{ name: 'Wednesday', value: 'wed' },
				{ name: 'Thursday', value: 'thu' },
				{ name: 'Friday', value: 'fri' },
				{ name: 'Saturday', value: 'sat' },
				{ name: 'Sunday', value: 'sun' },
			],
			default: [],
		},
		{
			displayName: 'Times',
			name: 'times',
			type: 'string',
			default: '',
			placeholder: 'e.g. 09:30-12:00, 14:00-16:00',
			description:
				'Windows of the day, separated by commas; one that ends before it begins goes over midnight',
		},
		{
			displayName: 'Time Zone',
			name: 'timezone',
			type: 'string',
			default: '',
			placeholder: 'e.g. America/New_York',
			description: "Of days, times and dates; the calendar's own when it is empty, else UTC",
		},
		{
			displayName: 'From',
			name: 'from',
			type: 'dateTime',
			default: '',
			description: 'When the rule wakes for the first time',
		},
		{
			displayName: 'Until',
			name: 'until',
			type: 'dateTime',
			default: '',
			description: 'When the rule ends',
		},
	];
}
