import { SourceError } from '../../core/market';
import { parseDuration } from '../../core/ports';
import { listOf, textOf } from '../host/texts';
import { readFoundSymbols } from './foundSymbols';
import { REHEARSAL_MS } from './rehearse';
import type { ChosenSource, Received, SourceRequest } from './SourceFace';

/** What all live sources are told. */
export type LiveSettings = Required<Received> & {
	readonly symbols: readonly string[];
	readonly delivery: 'stream' | 'poll';
	readonly pollEveryMs: number;
	readonly silentAfterMs: number;
};

const RECEIVE: readonly string[] = ['trades', 'quotes', 'candles', 'runningCandles'];
const LEAST_SILENCE_MS = 10_000;
const MOST_SYMBOLS = 10_000;

/** @throws SourceError quoting what the user must fix */
export function readLive(
	request: SourceRequest,
	of: { readonly interval: string; readonly canonical?: (symbol: string) => string },
): LiveSettings {
	const { read, options } = request;
	const delivery = textOf(read('delivery', 'stream'));
	if (delivery !== 'stream' && delivery !== 'poll') {
		refuse(`Delivery is ${JSON.stringify(delivery)}; choose stream or poll.`);
	}
	const every = delivery === 'poll' ? read('pollEvery', '15s') : '15s';
	return {
		symbols: readSymbols(request, of.canonical),
		...(request.receive === undefined
			? readReceived(request, of.interval)
			: { interval: of.interval, ...request.receive }),
		delivery,
		pollEveryMs: readDuration(every, 'Poll Every'),
		silentAfterMs: readSilence(options),
	};
}

/** Nobody waits for the next full hour in the editor: the last closed candles are fetched. */
export function rehearsable<S extends LiveSettings>(
	settings: S,
	choose: (settings: S) => ChosenSource,
): ChosenSource {
	const chosen = choose(settings);
	if (settings.receive !== 'candles') return chosen;
	const polled: S = { ...settings, delivery: 'poll', pollEveryMs: REHEARSAL_MS };
	return { ...chosen, forRehearsal: choose(polled) };
}

/** Those that are written down, then those that were picked, each once. */
export function readSymbols(
	{ read }: SourceRequest,
	canonical: (symbol: string) => string = (symbol) => symbol.toUpperCase(),
): string[] {
	const named = [...listOf(textOf(read('symbols', ''))), ...readFoundSymbols(read)];
	return withinLimit([...new Set(named.map(canonical))]);
}

export function withinLimit<T>(symbols: T[]): T[] {
	if (symbols.length <= MOST_SYMBOLS) return symbols;
	return refuse(`Symbols names ${symbols.length}; ${MOST_SYMBOLS} are the most.`);
}

export function readSilence({ silentAfter }: SourceRequest['options']): number {
	const silentAfterMs = readDuration(silentAfter ?? '5m', 'Silent After');
	if (silentAfterMs >= LEAST_SILENCE_MS) return silentAfterMs;
	return refuse(`Silent After is ${silentAfterMs} ms; ${LEAST_SILENCE_MS / 1_000}s is the least.`);
}

export const readAddress = (given: unknown, usual: string): string => textOf(given).trim() || usual;

export function readLimit(given: unknown, usual: number): number {
	const limit = Number(given ?? usual);
	if (limit >= 1) return limit;
	return refuse(`Limit per Minute is ${JSON.stringify(given)}; use a number above 0.`);
}

export function readDuration(given: unknown, field: string, like = '15s, 1m or 1h'): number {
	const milliseconds = typeof given === 'string' ? parseDuration(given) : undefined;
	if (milliseconds !== undefined) return milliseconds;
	return refuse(`${field} is ${JSON.stringify(given)}; use a duration such as ${like}.`);
}

export function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}

function readReceived({ read }: SourceRequest, interval: string): Required<Received> {
	const receive = textOf(read('receive', 'quotes'));
	if (!isReceive(receive)) {
		refuse(`Receive is ${JSON.stringify(receive)}; choose ${RECEIVE.join(', ')}.`);
	}
	return { receive, interval: textOf(read('interval', interval)) };
}

const isReceive = (text: string): text is Received['receive'] => RECEIVE.includes(text);
