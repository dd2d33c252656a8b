import type { ITriggerFunctions } from 'n8n-workflow';

import { SourceError } from '../../core/market';
import type { Past } from '../../core/pipeline';
import { openRequestPorts } from './openPorts';
import { faces } from './faces';
import type { ChosenSource, Received, SourceRequest } from './SourceFace';

/** How long one request may be tried again, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * What the source knows of the time before its first event, as the node's fields have it.
 * @param received for a node without those fields
 */
export async function openPast(
	context: ITriggerFunctions,
	{ symbols }: Pick<ChosenSource, 'symbols'>,
	received?: Received,
): Promise<Past> {
	const read: SourceRequest['read'] = (name, fallback) => context.getNodeParameter(name, fallback);
	const face = faces.find(({ value }) => value === read('source', 'simulated'));
	if (face?.requests === undefined) return { symbols, none: 'this source has no history' };
	const { receive, interval } = received ?? {
		receive: read('receive', 'quotes'),
		interval: read('interval', ''),
	};
	const ofCandles = receive === 'candles' || receive === 'runningCandles';
	const options = read('options', {}) as SourceRequest['options'];
	try {
		const { load, loadPast } = face.requests;
		const open = await (loadPast ?? load)();
		const ports = openRequestPorts(context, PATIENCE_MS);
		const requests = await open({ context, read, options }, ports);
		return {
			symbols,
			requests,
			...(ofCandles && typeof interval === 'string' ? { feedInterval: interval } : {}),
			...(loadPast === undefined ? {} : { onlyAtFirst: true }),
		};
	} catch (error) {
		// Such as a feed that's only streamed: what's wrong with the settings was said before.
		if (!(error instanceof SourceError)) throw error;
		return { symbols, none: error.message.replace(/\.$/, '') };
	}
}
