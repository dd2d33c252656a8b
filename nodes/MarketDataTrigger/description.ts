import type { INodeProperties } from 'n8n-workflow';

import { sourceFields, sourceOptions } from '../sources';
import { addFactsField } from './addFactsField';

/** The trigger's fields, fresh at each call: n8n adds to the array it's given. */
export function triggerParameters(): INodeProperties[] {
	return [
		...sourceFields({ receive: true }),
		addFactsField(),
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				{
					displayName: 'Batch Size',
					name: 'batchSize',
					type: 'number',
					typeOptions: { minValue: 1, maxValue: 10000 },
					default: 1000,
					description: 'Most events one execution gets',
				},
				{
					displayName: 'Only During Session',
					name: 'session',
					type: 'multiOptions',
					options: [
						{ name: 'Post-Market', value: 'post', description: '16:00 to 20:00 in New York' },
						{ name: 'Pre-Market', value: 'pre', description: '4:00 to 9:30 in New York' },
						{ name: 'Regular', value: 'regular', description: '9:30 to 16:00 in New York' },
					],
					default: [],
					description:
						'Which sessions of the exchange events are wanted from, with its holidays and half days; none means all. Crypto is always regular, currencies from Sunday to Friday evening.',
				},
				...sourceOptions(),
				{
					displayName: 'While Busy',
					name: 'whileBusy',
					type: 'options',
					options: [
						{
							name: 'Keep Every Event',
							value: 'gather',
							description: 'Events gather while an execution runs, and none is left out',
						},
						{
							name: 'Keep the Latest of Each Symbol',
							value: 'conflate',
							description: 'Older ones are replaced and counted on the Feed output',
						},
					],
					default: 'gather',
					description: 'What becomes of events that arrive while an execution runs',
				},
			],
		},
	];
}
