import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { Candle, Quote, Told } from '../../core/market';
import type { Opened } from '../sources/openRequests';

/** What is given for one symbol, or for an item as a whole; or why there's nothing. */
export type Given = { readonly json: readonly IDataObject[] } | { readonly error: Error };

/** One item and the source it's asked of. */
export type Asked = {
	readonly context: IExecuteFunctions;
	readonly itemIndex: number;
	readonly opened: Opened;
	readonly signal: AbortSignal | undefined;
	readonly read: (name: string, fallback?: unknown) => unknown;
};

/** An event as the trigger gives it; or the provider's own, and whose it is. */
export function toJson(
	source: string,
	{ event, raw }: Told<Quote | Candle>,
	isSimple: boolean,
): IDataObject {
	const { type, symbol, providerSymbol, eventId, receivedAt, quality, ...figures } = event;
	// It came as JSON.
	if (!isSimple) return { source, symbol, providerSymbol, raw: raw as object };
	// What people look for stands first.
	return { type, symbol, ...figures, providerSymbol, eventId, receivedAt, quality: [...quality] };
}
