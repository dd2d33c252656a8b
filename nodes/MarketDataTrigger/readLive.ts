import {
	binanceDefaults,
	checkBinance,
	SourceError,
	type BinanceSettings,
	type PairSettings,
} from '../../core/market';
import { parseDuration } from '../../core/ports';
import { textOf } from '../host/texts';
import { pairSources, type PairSourceName } from './pairSources';

export type LiveOptions = {
	readonly silentAfter?: unknown;
	readonly restBaseUrl?: unknown;
	readonly streamBaseUrl?: unknown;
	readonly limitPerMinute?: unknown;
};

const RECEIVE: readonly string[] = ['trades', 'quotes', 'candles', 'runningCandles'];
const LEAST_SILENCE_MS = 10_000;

/** @throws SourceError quoting what the user must fix */
export function readBinance(
	read: (name: string, fallback?: unknown) => unknown,
	symbols: readonly string[],
	options: LiveOptions,
): BinanceSettings {
	const delivery = readDelivery(read);
	const settings: BinanceSettings = {
		symbols,
		receive: readReceive(read),
		interval: textOf(read('interval', '1m')),
		delivery,
		pollEveryMs: durationOf(delivery === 'poll' ? read('pollEvery', '15s') : '15s', 'Poll Every'),
		silentAfterMs: readSilence(options),
		restBaseUrl: addressOf(options.restBaseUrl, binanceDefaults.restBaseUrl),
		streamBaseUrl: addressOf(options.streamBaseUrl, binanceDefaults.streamBaseUrl),
		weightPerMinute: limitOf(options.limitPerMinute, binanceDefaults.weightPerMinute),
	};
	checkBinance(settings);
	return settings;
}

/** @throws SourceError quoting what the user must fix */
export function readPairs(
	source: PairSourceName,
	read: Read,
	symbols: readonly string[],
	options: LiveOptions,
): PairSettings {
	const { defaults, check } = pairSources[source];
	const delivery = readDelivery(read);
	const settings: PairSettings = {
		symbols,
		receive: readReceive(read),
		interval: textOf(read('interval', '5m')),
		delivery,
		pollEveryMs: durationOf(delivery === 'poll' ? read('pollEvery', '15s') : '15s', 'Poll Every'),
		silentAfterMs: readSilence(options),
		restBaseUrl: addressOf(options.restBaseUrl, defaults.restBaseUrl),
		streamBaseUrl: addressOf(options.streamBaseUrl, defaults.streamBaseUrl),
		callsPerMinute: limitOf(options.limitPerMinute, defaults.callsPerMinute),
	};
	check(settings);
	return settings;
}

type Read = (name: string, fallback?: unknown) => unknown;

export function readReceive(read: Read): BinanceSettings['receive'] {
	const receive = textOf(read('receive', 'quotes'));
	return isReceive(receive)
		? receive
		: refuse(`Receive is ${JSON.stringify(receive)}; choose ${RECEIVE.join(', ')}.`);
}

export function readDelivery(read: Read): 'stream' | 'poll' {
	const delivery = textOf(read('delivery', 'stream'));
	return delivery === 'stream' || delivery === 'poll'
		? delivery
		: refuse(`Delivery is ${JSON.stringify(delivery)}; choose stream or poll.`);
}

export function readSilence({ silentAfter }: LiveOptions): number {
	const silentAfterMs = durationOf(silentAfter ?? '5m', 'Silent After');
	return silentAfterMs >= LEAST_SILENCE_MS
		? silentAfterMs
		: refuse(`Silent After is ${silentAfterMs} ms; ${LEAST_SILENCE_MS / 1_000}s is the least.`);
}

const isReceive = (text: string): text is BinanceSettings['receive'] => RECEIVE.includes(text);

const addressOf = (given: unknown, usual: string): string => textOf(given).trim() || usual;

function limitOf(given: unknown, usual: number): number {
	const limit = Number(given ?? usual);
	if (limit >= 1) return limit;
	return refuse(`Limit per Minute is ${JSON.stringify(given)}; use a number above 0.`);
}

export function durationOf(given: unknown, field: string): number {
	const milliseconds = typeof given === 'string' ? parseDuration(given) : undefined;
	return (
		milliseconds ??
		refuse(`${field} is ${JSON.stringify(given)}; use a duration such as 15s, 1m or 1h.`)
	);
}

function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
