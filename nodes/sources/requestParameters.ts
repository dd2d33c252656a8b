import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';

import { faces } from './faces';
import { INTERVALS } from './liveFields';
import { credentialsOf, optionsOf, showFor, withSearch } from './sourceParameters';
import type { RequestFace, SourceFace } from './SourceFace';

/** Sources that can be asked once, in the order of their names. */
export const requestFaces = faces.filter(
	(face): face is SourceFace & { readonly requests: RequestFace } => face.requests !== undefined,
);

/** The choice of a source, then which market, symbols and candles of it. */
export function requestFields(operations: {
	/** Those that want symbols, and those that want a length of candles. */
	readonly symbols: readonly string[];
	readonly intervals: readonly string[];
}): INodeProperties[] {
	return [
		{
			displayName: 'Source',
			name: 'source',
			type: 'options',
			noDataExpression: true,
			options: requestFaces.map(({ name, value, requests: { description } }) => ({
				name,
				value,
				description,
			})),
			default: 'simulated',
		},
		...requestFaces.flatMap((face) => {
			const { value, name, requests } = face;
			const shown = [
				...requests.market(),
				symbolsField(requests, operations.symbols),
				intervalField(name, requests, operations.intervals),
			];
			return withSearch(face, shown).map((field) => showFor(field, 'source', value));
		}),
	];
}

/** Under Options, in the order of their labels. */
export const requestOptions = (): INodeProperties[] =>
	optionsOf(requestFaces.map(({ value, requests }) => ({ value, options: requests.options })));

export const requestCredentials = (): INodeCredentialDescription[] => credentialsOf(requestFaces);

/** Names of sources by their values. */
export const requestNames = (): Record<string, string> =>
	Object.fromEntries(requestFaces.map(({ value, name }) => [value, name]));

const symbolsField = (
	{ symbol, symbolsDescription }: RequestFace,
	operations: readonly string[],
): INodeProperties => ({
	displayName: 'Symbols',
	name: 'symbols',
	type: 'string',
	typeOptions: { rows: 2 },
	default: symbol,
	placeholder: `e.g. ${symbol}`,
	description: symbolsDescription,
	displayOptions: { show: { operation: [...operations] } },
});

/** How long a candle is; or, of a source without candles, that there are none. */
function intervalField(
	source: string,
	{ intervals }: RequestFace,
	operations: readonly string[],
): INodeProperties {
	const displayOptions = { show: { operation: [...operations] } };
	if (intervals.length === 0) {
		return {
			displayName: `${source} has no candles here; choose another source, or ask for quotes`,
			name: 'noCandles',
			type: 'notice',
			default: '',
			displayOptions,
		};
	}
	return {
		displayName: 'Candle Interval',
		name: 'interval',
		type: 'options',
		options: INTERVALS.filter(({ value }) => intervals.includes(String(value))),
		default: '1h',
		description: 'How long a candle is, such as 1m, 1h or 1d',
		displayOptions,
	};
}
