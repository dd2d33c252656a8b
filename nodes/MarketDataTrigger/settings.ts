import type { ITriggerFunctions } from 'n8n-workflow';

import {
	canonicalPair,
	SourceError,
	type AlpacaSettings,
	type BinanceSettings,
	type CustomRestSettings,
	type CustomWebSocketSettings,
	type InstrumentSettings,
	type PairSettings,
	type ReplaySettings,
	type ScriptedEvent,
	type SimulatedMarketSettings,
} from '../../core/market';
import type { FactColumn } from '../../core/pipeline';
import { parseDuration } from '../../core/ports';
import { ALPACA_CREDENTIAL } from '../host/alpacaAccount';
import { listOf, textOf } from '../host/texts';
import { readAddedFacts } from './readAddedFacts';
import { readAlpaca } from './readAlpaca';
import {
	readCustomRest,
	readCustomSymbols,
	readCustomWebSocket,
	type CustomOptions,
} from './readCustom';
import { isPairSource, type PairSourceName } from './pairSources';
import { readBinance, readPairs, type LiveOptions } from './readLive';

export type TriggerSettings = {
	readonly batchSize: number;
	readonly whileBusy: 'gather' | 'conflate';
	readonly columns: readonly FactColumn[];
} & (
	| { readonly source: 'simulated'; readonly simulated: SimulatedMarketSettings }
	| { readonly source: 'replay'; readonly replay: ReplaySettings }
	| { readonly source: 'alpaca'; readonly alpaca: AlpacaSettings }
	| { readonly source: 'binance'; readonly binance: BinanceSettings }
	| { readonly source: PairSourceName; readonly pairs: PairSettings }
	| { readonly source: 'customRest'; readonly customRest: CustomRestSettings }
	| { readonly source: 'customWebSocket'; readonly customWebSocket: CustomWebSocketSettings }
);

type ScriptRow = {
	readonly at?: string;
	readonly kind?: ScriptedEvent['kind'];
	readonly symbol?: string;
	readonly percent?: number;
	readonly for?: string;
};

/** Least time between two quotes; n8n is no place for thousands of executions a second. */
const LEAST_INTERVAL_MS = 10;
const MOST_SYMBOLS = 10_000;

/**
 * Every parameter, read before `trigger()` returns: later on n8n can't work out expressions any more.
 * @throws SourceError quoting what the user must fix
 */
export async function readSettings(context: ITriggerFunctions): Promise<TriggerSettings> {
	const read = (name: string, fallback?: unknown): unknown =>
		context.getNodeParameter(name, fallback);
	const source = read('source', 'simulated');
	const isCustom = source === 'customRest' || source === 'customWebSocket';
	const names = isCustom
		? readCustomSymbols(read).map(({ symbol }) => symbol)
		: listOf(textOf(read('symbols', '')));
	const canonical = isPairSource(source) ? canonicalPair : (name: string) => name.toUpperCase();
	const symbols = [...new Set(names.map(canonical))];
	if (symbols.length > MOST_SYMBOLS) {
		refuse(`Symbols names ${symbols.length}; ${MOST_SYMBOLS} are the most.`);
	}
	const options = read('options', {}) as LiveOptions &
		CustomOptions & { batchSize?: number; whileBusy?: string };
	const common = {
		batchSize: Math.max(1, Math.floor(Number(options.batchSize ?? 1_000)) || 1_000),
		whileBusy: options.whileBusy === 'conflate' ? ('conflate' as const) : ('gather' as const),
		columns: readAddedFacts(read('addFacts', {}), symbols),
	};
	if (source === 'simulated') {
		return { ...common, source, simulated: readSimulated(read, symbols) };
	}
	if (source === 'replay')
		return { ...common, source, replay: readReplay(read, symbols, common.batchSize) };
	if (source === 'alpaca') {
		const credential = await context.getCredentials(ALPACA_CREDENTIAL);
		return { ...common, source, alpaca: readAlpaca(read, symbols, options, credential) };
	}
	if (source === 'binance') {
		return { ...common, source, binance: readBinance(read, symbols, options) };
	}
	if (isPairSource(source)) {
		return { ...common, source, pairs: readPairs(source, read, symbols, options) };
	}
	if (source === 'customRest') {
		return { ...common, source, customRest: readCustomRest(read, options) };
	}
	if (source === 'customWebSocket') {
		return { ...common, source, customWebSocket: readCustomWebSocket(read, options) };
	}
	return refuse(
		`Source is ${JSON.stringify(source)}; choose Simulated Market, Replay, Alpaca, Binance, Coinbase, Kraken, Custom REST or Custom WebSocket.`,
	);
}

function readSimulated(
	read: (name: string, fallback?: unknown) => unknown,
	symbols: readonly string[],
): SimulatedMarketSettings {
	if (symbols.length === 0) refuse('Symbols is empty; name at least one, such as SHOP.');
	const intervalMs = readDuration(read('interval', '1s'), 'Interval');
	if (intervalMs < LEAST_INTERVAL_MS) {
		refuse(`Interval is ${intervalMs} ms; ${LEAST_INTERVAL_MS} ms is the least.`);
	}
	const instruments = read('instruments', {}) as { instrument?: readonly InstrumentSettings[] };
	const script = read('script', {}) as { event?: readonly ScriptRow[] };
	return {
		seed: Number(read('seed', 1)) || 0,
		symbols,
		intervalMs,
		scenario: read('scenario', 'demo') === 'demo' ? 'demo' : 'calm',
		instruments: (instruments.instrument ?? []).map(toInstrument),
		script: (script.event ?? []).map((row, index) => toScriptedEvent(row, index + 1)),
	};
}

function toInstrument(row: InstrumentSettings): InstrumentSettings {
	const symbol = String(row.symbol).trim().toUpperCase();
	const startPrice = Number(row.startPrice);
	if (symbol === '') refuse('An instrument has no symbol; fill it in, or remove the instrument.');
	if (!(startPrice > 0)) {
		refuse(`Start Price of ${symbol} is ${JSON.stringify(row.startPrice)}; use a number above 0.`);
	}
	return {
		symbol,
		startPrice,
		driftPercent: Number(row.driftPercent) || 0,
		volatilityPercent: Math.abs(Number(row.volatilityPercent)) || 0,
	};
}

function toScriptedEvent(row: ScriptRow, number: number): ScriptedEvent {
	const symbol = String(row.symbol ?? '')
		.trim()
		.toUpperCase();
	const kind = row.kind ?? 'crash';
	const field = (name: string) => `${name} of scripted event ${number}`;
	if (symbol === '') refuse(`${field('Symbol')} is empty; name one, such as SHOP.`);
	const atMs = readDuration(row.at ?? '10s', field('At'));
	if (kind === 'silence') {
		return { kind, atMs, symbol, forMs: readDuration(row.for ?? '5s', field('For')) };
	}
	const percent = Number(row.percent ?? 5);
	if (!Number.isFinite(percent)) {
		refuse(`${field('Percent')} is ${JSON.stringify(row.percent)}; use a number such as 5.`);
	}
	if (kind === 'gap') return { kind, atMs, symbol, percent };
	return { kind, atMs, symbol, percent, forMs: readDuration(row.for ?? '5s', field('For')) };
}

function readReplay(
	read: (name: string, fallback?: unknown) => unknown,
	symbols: readonly string[],
	batchSize: number,
): ReplaySettings {
	const path = textOf(read('filePath', '')).trim();
	if (path === '') refuse('File is empty; name the file to replay, such as trades.csv.gz.');
	const speed = Number(read('speed', 1));
	if (!(speed > 0)) refuse(`Speed is ${JSON.stringify(read('speed', 1))}; use a number above 0.`);
	return {
		path,
		symbols,
		pace: read('pace', 'asFastAsPossible') === 'recorded' ? 'recorded' : 'asFastAsPossible',
		speed,
		chunkSize: Math.min(500, batchSize),
	};
}

function readDuration(given: unknown, field: string): number {
	const milliseconds = typeof given === 'string' ? parseDuration(given) : undefined;
	return (
		milliseconds ??
		refuse(`${field} is ${JSON.stringify(given)}; use a duration such as 200ms, 1s or 5m.`)
	);
}

function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
