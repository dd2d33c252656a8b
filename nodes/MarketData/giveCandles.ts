import { MOST_CANDLES, type CandlesTold, type CandlesWanted } from '../../core/market';
import { systemClock } from '../../core/ports/system';
import { nodeLog } from '../host/log';
import { textOf } from '../host/texts';
import { toJson, type Asked, type Given } from './Asked';
import { readCount, readSymbols, readTime, refuse } from './readFields';

/** Past candles of each symbol. */
export async function giveCandles(asked: Asked): Promise<readonly Given[]> {
	const { opened, read } = asked;
	const range = rangeOf(asked);
	const { running } = read('options', {}) as { readonly running?: unknown };
	const isSimple = read('simplify', true) !== false;
	return await eachSymbol(asked, async (symbol) => {
		const told = await fetchCandles(asked, { symbol, range, running: running === true });
		return told.candles.map((candle) => toJson(opened.source, candle, isSimple));
	});
}

/** One symbol after the other; one that fails leaves the others alone, as far as the node is told to go on. */
export async function eachSymbol(
	{ context, read, opened }: Asked,
	give: (symbol: string) => Promise<Extract<Given, { json: unknown }>['json']>,
): Promise<readonly Given[]> {
	const symbols = readSymbols(read);
	if (symbols.length === 0) refuse('Symbols is empty; name at least one.');
	const given: Given[] = [];
	for (const symbol of symbols) {
		try {
			given.push({ json: await give(symbol) });
		} catch (error) {
			if (!context.continueOnFail()) throw error;
			given.push({ error: opened.failureInWords(error as Error) });
		}
	}
	return given;
}

/** Says in the log how far it is, where it takes more than one call, and on the node what can't be had. */
export async function fetchCandles(
	{ context, opened, read, signal }: Asked,
	wanted: Pick<CandlesWanted, 'symbol' | 'range' | 'running'>,
): Promise<CandlesTold> {
	const { requests } = opened;
	if (requests.candles === undefined)
		return refuse(`${requests.provider} has no candles here; choose another source.`);
	const log = nodeLog(context.logger, context.getNode().name);
	const { symbol, range } = wanted;
	const of = 'last' in range ? ` of ${range.last}` : '';
	let calls = 0;
	const told = await requests.candles(
		{
			...wanted,
			interval: textOf(read('interval', '1h')),
			onProgress: (candles) => {
				calls += 1;
				if (calls > 1) log.info(`${candles}${of} candles of ${symbol} by now (call ${calls}).`);
			},
		},
		signal,
	);
	if (told.short !== undefined) {
		context.addExecutionHints({ message: told.short, type: 'warning', location: 'outputPane' });
	}
	return told;
}

function rangeOf({ context, read }: Asked): CandlesWanted['range'] {
	const range = textOf(read('range', 'last'));
	if (range === 'last') {
		return { last: readCount(read('last', 100), 'Number of Candles', MOST_CANDLES) };
	}
	if (range !== 'between') refuse(`Range is ${JSON.stringify(range)}; choose last or between.`);
	const zone = context.getTimezone();
	const to = textOf(read('to', '')).trim();
	return {
		from: readTime(read('from', ''), 'From', zone),
		to: to === '' ? systemClock.now() : readTime(read('to', ''), 'To', zone),
	};
}
