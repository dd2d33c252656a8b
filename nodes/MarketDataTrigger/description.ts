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
