import type { INodeProperties } from 'n8n-workflow';

import { budgetField } from '../budget';
import { ALL_KINDS, FUNDAMENTALS } from '../eventsOf';
import {
	deliveryField,
	intervalField,
	pollEveryField,
	receiveField,
	silentAfterOption,
	symbolsField,
} from '../liveFields';
import type { OpenRequests, ReadSource, SourceFace } from '../SourceFace';

/**
 * A venue of crypto pairs that wants no key. The figures are those of the core, which isn't loaded for a list of
 * fields; a test holds them together.
 */
export type PairVenue = {
	readonly value: string;
	readonly name: string;
	readonly symbols: { readonly usual: string; readonly alsoLike: string };
	readonly intervals: readonly string[];
	readonly interval: string;
	readonly intervalDescription: string;
	readonly limitPerMinute: number;
	/** What is limited. */
	readonly limited: string;
	readonly restBaseUrl: string;
	readonly streamBaseUrl: string;
	/** Facts its quotes don't have, beside what no venue of pairs has. */
	readonly quotesWithout: readonly string[];
	readonly load: () => Promise<ReadSource>;
	readonly loadRequests: () => Promise<OpenRequests>;
};

export const pairFace = (venue: PairVenue): SourceFace => ({
	value: venue.value,
	name: venue.name,
	description: 'Crypto pairs as they trade; free, no account needed',
	fields: () => ({
		market: [
			symbolsField(
				venue.symbols.usual,
				venue.symbols.usual,
				`Pairs, separated by commas or line breaks; ${venue.symbols.alsoLike} works as well`,
			),
		],
		receive: [
			receiveField([
				{
					name: 'Candles',
					value: 'candles',
					description: 'Each candle once, when it has closed',
				},
				{
					name: 'Quotes',
					value: 'quotes',
					description: 'Price, bid and ask, change and volume of 24 hours; about one a second',
				},
				{
					name: 'Running Candles',
					value: 'runningCandles',
					description: 'Each change of the running candle as well, about every 2 seconds',
				},
				{
					name: 'Trades',
					value: 'trades',
					description: 'Every trade; up to hundreds a second',
				},
			]),
			intervalField(venue.intervals, venue.interval, venue.intervalDescription),
		],
		delivery: [
			deliveryField({
				poll: 'Asked for again and again',
				stream: 'Sent to us as it happens; costs no requests',
			}),
			pollEveryField(),
			budgetField({ show: { delivery: ['poll'] } }),
		],
	}),
	options: () => options(venue),
	load: venue.load,
	events: { kinds: ALL_KINDS, without: [...FUNDAMENTALS, ...venue.quotesWithout] },
	requests: {
		description: 'Crypto pairs; free, no account needed',
		symbol: venue.symbols.usual.split(',')[0] ?? '',
		symbolsDescription: `One or more pairs, separated by commas or line breaks; ${venue.symbols.alsoLike} works as well`,
		intervals: venue.intervals,
		market: () => [],
		options: () => requestOptions(venue),
		load: venue.loadRequests,
	},
});

const options = ({ streamBaseUrl, ...venue }: PairVenue): INodeProperties[] => [
	...requestOptions(venue),
	silentAfterOption(),
	{
		displayName: 'Stream Address',
		name: 'streamBaseUrl',
		type: 'string',
		default: streamBaseUrl,
		description: 'Another host of the provider, where the usual one is blocked',
	},
];

const requestOptions = ({
	limitPerMinute,
	limited,
	restBaseUrl,
}: Pick<PairVenue, 'limitPerMinute' | 'limited' | 'restBaseUrl'>): INodeProperties[] => [
	{
		displayName: 'Limit per Minute',
		name: 'limitPerMinute',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: limitPerMinute,
		description: `${limited} per minute. Lower it where other programs use the same IP address.`,
	},
	{
		displayName: 'REST Address',
		name: 'restBaseUrl',
		type: 'string',
		default: restBaseUrl,
		description: 'Another host of the provider, where the usual one is blocked',
	},
];
