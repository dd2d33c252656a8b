import type { IExecuteFunctions } from 'n8n-workflow';

import type { HttpClient } from '../../core/ports';
import { hostHttpClient } from '../../nodes/host/httpClient';
import { itemSource, runNode } from './runWorkflow';

/** The HTTP client nodes have: n8n's own helper, taken from a run of a node. */
export async function n8nHttp(): Promise<HttpClient> {
	const taken: HttpClient[] = [];
	const taker = {
		description: { ...itemSource([]).description, inputs: ['main' as const] },
		async execute(this: IExecuteFunctions) {
			taken.push(hostHttpClient(this.helpers));
			return [[]];
		},
	};
	await runNode({ type: taker, items: [{}] });
	const [http] = taken;
	if (http === undefined) throw new Error('n8n-core gave no HTTP helper.');
	return http;
}
