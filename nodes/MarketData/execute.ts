import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Quote, Told } from '../../core/market';
import { asNodeError } from '../host/nodeErrors';
import { contextOfItem, openRequests } from '../sources/openRequests';
import { toJson, type Asked, type Given } from './Asked';
import { giveCandles } from './giveCandles';
import { giveIndicator } from './giveIndicator';
import { readSymbols, refuse } from './readFields';

/**
 * Every item is answered for itself; quotes of all items are asked for together. What fails stops the node, or
 * with Continue becomes an item that says why, and the others go on.
 */
export async function executeMarketData(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const signal = context.getExecutionCancelSignal();
	const operation = String(context.getNodeParameter('operation', 0, 'quote'));
	const give = OPERATIONS[operation];
	const quotes = new QuoteRound(signal);
	const asked: Array<Asked | Error> = [];
	for (const itemIndex of items.keys()) {
		const one = await ask(context, itemIndex, signal);
		asked.push(one);
		if (operation === 'quote' && !(one instanceof Error)) quotes.add(one);
	}
	const given: INodeExecutionData[] = [];
	for (const [itemIndex, one] of asked.entries()) {
		const answers = await answersOf(one, async (of) => {
			if (operation === 'quote') return await quotes.answer(of);
			if (give === undefined) return refuse(`Operation is ${JSON.stringify(operation)}.`);
			return await give(of);
		});
		for (const answer of answers) given.push(...toItems(context, itemIndex, answer));
	}
	return [given];
}

const OPERATIONS: Readonly<Record<string, (asked: Asked) => Promise<readonly Given[]>>> = {
	candles: giveCandles,
	indicator: giveIndicator,
	search: giveFound,
	status: giveStatus,
};

async function ask(
	context: IExecuteFunctions,
	itemIndex: number,
	signal: AbortSignal | undefined,
): Promise<Asked | Error> {
	try {
		const opened = await openRequests(contextOfItem(context, itemIndex));
		const read: Asked['read'] = (name, fallback) =>
			context.getNodeParameter(name, itemIndex, fallback);
		return { context, itemIndex, opened, signal, read };
	} catch (error) {
		return error as Error;
	}
}

async function answersOf(
	asked: Asked | Error,
	give: (asked: Asked) => Promise<readonly Given[]>,
): Promise<readonly Given[]> {
	if (asked instanceof Error) return [{ error: asked }];
	try {
		return await give(asked);
	} catch (error) {
		return [{ error: asked.opened.failureInWords(error as Error) }];
	}
}

function toItems(
	context: IExecuteFunctions,
	itemIndex: number,
	given: Given,
): INodeExecutionData[] {
	const pairedItem = { item: itemIndex };
	if ('json' in given) return given.json.map((json) => ({ json, pairedItem }));
	const error = asNodeError(context.getNode(), given.error, itemIndex);
	if (!context.continueOnFail()) throw error;
	// Only an item that says nothing else goes to the error output, where the node has one.
	return [{ json: { error: error.message }, pairedItem }];
}

/** Quotes of all items, in one request for those whose source is the same. */
class QuoteRound {
	private readonly symbols = new Map<string, Set<string>>();

	private readonly answers = new Map<string, Promise<ReadonlyMap<string, Told<Quote> | Error>>>();

	constructor(private readonly signal: AbortSignal | undefined) {}

	add({ opened, read }: Asked): void {
		const known = this.symbols.get(opened.key) ?? new Set();
		for (const symbol of readSymbols(read)) known.add(symbol);
		this.symbols.set(opened.key, known);
	}

	async answer(asked: Asked): Promise<readonly Given[]> {
		const { opened, read } = asked;
		const { key, requests, source } = opened;
		const symbols = readSymbols(read);
		if (symbols.length === 0) refuse('Symbols is empty; name at least one.');
		if (requests.quotes === undefined) return refuse(`${requests.provider} has no quotes.`);
		const all = [...(this.symbols.get(key) ?? [])];
		const answer = this.answers.get(key) ?? requests.quotes(all, this.signal);
		this.answers.set(key, answer);
		const quotes = await answer;
		const isSimple = read('simplify', true) !== false;
		return symbols.map((symbol) => {
			const quote = quotes.get(symbol) ?? new Error(`Nothing was told of ${symbol}.`);
			if (quote instanceof Error) return { error: opened.failureInWords(quote) };
			return { json: [toJson(source, quote, isSimple)] };
		});
	}
}

async function giveFound(asked: Asked): Promise<readonly Given[]> {
	const { opened, read, signal } = asked;
	const { requests, source } = opened;
	const text = String(read('text', '')).trim();
	if (text === '') refuse('Text is empty; use a part of a symbol, such as BTC or AAPL.');
	const limit = Number(read('limit', 50));
	if (!(limit >= 1)) refuse(`Limit is ${JSON.stringify(read('limit', 50))}; use a number above 0.`);
	if (requests.search === undefined) return refuse(`${requests.provider} has no search.`);
	const found = await requests.search(text, signal);
	return [{ json: found.slice(0, limit).map((one) => ({ source, ...one })) }];
}

async function giveStatus({ opened, read, signal }: Asked): Promise<readonly Given[]> {
	const { requests, source } = opened;
	if (requests.status === undefined) return refuse(`${requests.provider} has no market status.`);
	const { raw, ...status } = await requests.status(signal);
	if (read('simplify', true) === false && raw !== undefined) {
		return [{ json: [{ source, raw: raw }] }];
	}
	return [{ json: [{ source, ...status }] }];
}
