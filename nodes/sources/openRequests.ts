import type { IExecuteFunctions } from 'n8n-workflow';

import { failureInWords, type MarketRequests } from '../../core/market';
import { openRequestPorts } from './openPorts';
import { readDuration, refuse } from './readLive';
import { requestFaces } from './requestParameters';
import type { SourceContext, SourceRequest } from './SourceFace';

/** A node that runs, of one of its items; or the editor that asks for a list. */
export type RequestContext = SourceContext & {
	readonly helpers: Pick<IExecuteFunctions['helpers'], 'httpRequest'>;
};

export type Opened = {
	/** The same for items whose source is set up alike. */
	readonly key: string;
	/** The value of the field Source. */
	readonly source: string;
	readonly requests: MarketRequests;
	/** An error of these requests, for whoever looks at the node. */
	readonly failureInWords: (error: Error) => Error;
};

/**
 * The source as the node's fields have it.
 * @param giveUpAfter how long a call may be tried again, where the user says nothing about it
 * @throws SourceError quoting what the user must fix
 */
export async function openRequests(context: RequestContext, giveUpAfter = '30s'): Promise<Opened> {
	const seen: unknown[] = [];
	const read: SourceRequest['read'] = (name, fallback) => {
		const value: unknown = context.getNodeParameter(name, fallback);
		seen.push(value);
		return value;
	};
	const source = read('source', 'simulated');
	const face = requestFaces.find(({ value }) => value === source);
	if (face === undefined) {
		const names = requestFaces.map(({ name }) => name).join(', ');
		refuse(`Source is ${JSON.stringify(source)}; choose one of ${names}.`);
	}
	const options = read('options', {}) as SourceRequest['options'];
	const open = await face.requests.load();
	const patience = options['giveUpAfter'] ?? giveUpAfter;
	const requests = await open(
		{ context, read, options },
		openRequestPorts(context, readDuration(patience, 'Give Up After', '30s or 2m')),
	);
	return {
		key: JSON.stringify(seen),
		source: face.value,
		requests,
		failureInWords: (error) => {
			const message = failureInWords(requests.provider, error);
			return message === error.message ? error : new Error(message, { cause: error });
		},
	};
}

/** One item of a node that runs. */
export const contextOfItem = (context: IExecuteFunctions, itemIndex: number): RequestContext => ({
	getNode: () => context.getNode(),
	getNodeParameter: (name, fallback) => context.getNodeParameter(name, itemIndex, fallback),
	getCredentials: async (type) => await context.getCredentials(type, itemIndex),
	helpers: context.helpers,
});
