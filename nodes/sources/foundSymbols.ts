import type {
	IDisplayOptions,
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
	INodeProperties,
} from 'n8n-workflow';

import type { FoundSymbol } from '../../core/market';
import { asNodeError } from '../host/nodeErrors';
import { textOf } from '../host/texts';
import type { SourceFace, SourceRequest } from './SourceFace';

/** More nobody reads; another letter brings the wanted one up. */
const MOST_LISTED = 100;
/** Somebody looks at the list while a busy provider is asked again. */
const PATIENCE = '5s';
/** Picks that other fields take notice of: n8n watches single values only, and nobody picks more by hand. */
const WATCHED = 20;

/** Symbols that are searched for at the source, beside those that are written down. */
export const foundSymbolsField = (
	{ credential }: Pick<SourceFace, 'credential'>,
	displayOptions?: IDisplayOptions,
): INodeProperties => ({
	displayName: 'Find Symbols',
	name: 'foundSymbols',
	type: 'fixedCollection',
	typeOptions: {
		multipleValues: true,
		multipleValueButtonText: 'Find Symbol',
	},
	placeholder: 'Find Symbol',
	default: {},
	description: 'Searched for at the source, and taken beside those under Symbols',
	options: [
		{
			displayName: 'Symbol',
			name: 'symbol',
			values: [
				{
					displayName: 'Symbol',
					name: 'symbol',
					type: 'resourceLocator',
					default: { mode: 'list', value: '' },
					description: 'Search by symbol or, where the source knows names, by name',
					modes: [
						{
							displayName: 'From List',
							name: 'list',
							type: 'list',
							placeholder: 'Search by symbol or name...',
							typeOptions: {
								searchListMethod: 'findSymbols',
								searchable: true,
								searchFilterRequired: true,
								// Else n8n wants the credential of some other source.
								skipCredentialsCheckInRLC: credential?.required !== true,
							},
						},
					],
				},
			],
		},
	],
	...(displayOptions === undefined ? {} : { displayOptions }),
});

/** Where the picks are, for what depends on them. */
export const foundSymbolsPaths = Array.from(
	{ length: WATCHED },
	(_, row) => `foundSymbols.symbol[${row}].symbol.value`,
);

/** The symbols that were picked; a row nobody has filled in yet is none. */
export function readFoundSymbols(read: SourceRequest['read']): string[] {
	const { symbol: rows = [] } = read('foundSymbols', {}) as {
		readonly symbol?: ReadonlyArray<{ readonly symbol?: unknown }>;
	};
	return rows
		.map(({ symbol }) => textOf((symbol as { value?: unknown } | undefined)?.value).trim())
		.filter((symbol) => symbol !== '');
}

/** For the node's `methods.listSearch`: asks the source as its fields have it, with its credential. */
export async function findSymbols(
	this: ILoadOptionsFunctions,
	text = '',
): Promise<INodeListSearchResult> {
	try {
		const found = await search(this, text);
		return { results: found.slice(0, MOST_LISTED).map(toListed) };
	} catch (error) {
		throw asNodeError(this.getNode(), error);
	}
}

async function search(context: ILoadOptionsFunctions, text: string) {
	const [{ openRequests }, { faces }] = await Promise.all([
		import('./openRequests'),
		import('./faces'),
	]);
	const source = context.getNodeParameter('source', 'simulated');
	const face = faces.find(({ value }) => value === source);
	if (face !== undefined && face.requests === undefined) throw noSearch(face.name);
	const { requests, failureInWords } = await openRequests(context, PATIENCE);
	if (requests.search === undefined) throw noSearch(requests.provider);
	try {
		return await requests.search(text);
	} catch (error) {
		throw failureInWords(error as Error);
	}
}

const noSearch = (source: string): Error =>
	new Error(`${source} has no search; write its symbols under Symbols.`);

const toListed = ({ symbol, name, exchange, kind }: FoundSymbol): INodeListSearchItems => ({
	name: [symbol, name, exchange ?? kind].filter((part) => part !== undefined).join(' · '),
	value: symbol,
});
