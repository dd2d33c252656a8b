import { createHash } from 'node:crypto';

import { epochMs, parseDuration, type EpochMs } from '../../../ports';
import type { Item } from '../../feed';
import type { Candle, MarketEvent, Quote, Trade } from '../../model';
import { readField, readPath, type Found } from '../../readPath';
import { stripSecrets } from '../../stripSecrets';
import { RESERVED, type CustomColumn, type CustomMapping } from './mapping';
import { parseTime } from './parseTime';
import { isObject } from './rows';
import type { CustomSymbol } from './symbols';

/** What all rows of a source have in common. */
export type RowReader = {
	readonly source: string;
	/** Tells the ids of one address from those of another. */
	readonly scope: string;
	readonly mapping: CustomMapping;
	/** What was asked for, by its name at the address in upper case; empty: whatever comes. */
	readonly symbols: ReadonlyMap<string, CustomSymbol>;
	/** What no message may show. */
	readonly secrets: readonly string[];
};

export type ReadRow = { readonly item: Item } | { readonly unreadable: string };

/** Of one row that many columns of their own are kept. */
const MOST_OWN = 100;

/**
 * One row of an answer as an event; `undefined` for one that wasn't asked for, and for a candle that's still
 * running. Never throws.
 *
 * It's known by its own id, else by its time and all it says. Without a time, what differs from the row before it
 * is new, and its time is when we got it.
 */
export function readRow(
	reader: RowReader,
	row: Found,
	answer: unknown,
	asked: CustomSymbol | undefined,
	receivedAt: EpochMs,
): ReadRow | undefined {
	const { mapping } = reader;
	const at = (column: CustomColumn): unknown => {
		const place = mapping.columns[column];
		if (place !== undefined) return readPlace(row, answer, place);
		// Numbers under their own names need no mapping; an `id` is often the instrument's.
		const isTold = column !== 'time' && column !== 'id' && column !== 'symbol';
		return isTold && isObject(row.value) ? readField(row.value, column) : undefined;
	};
	const instrument = whose(reader, at('symbol'), asked);
	if (instrument === undefined || 'unreadable' in instrument) return instrument;
	const told = mapping.columns.time === undefined ? undefined : at('time');
	const time = told === undefined ? undefined : parseTime(told, mapping.timeZone);
	if (mapping.columns.time !== undefined && time === undefined) {
		return unreadable(reader, instrument, 'time', told);
	}
	const givenId = mapping.columns.id === undefined ? undefined : textOf(at('id'));
	if (mapping.columns.id !== undefined && givenId === undefined) {
		return unreadable(reader, instrument, 'id', at('id'));
	}
	const read = readEvent(mapping, at, time ?? receivedAt, receivedAt);
	if (read === undefined || 'wrong' in read) {
		return read && unreadable(reader, instrument, read.wrong, read.given);
	}
	const { own, facts } = { own: ownColumns(mapping, row, answer), facts: read.facts };
	const content = hashOf([facts.type, time ?? null, facts, sorted(own)]);
	const key = givenId === undefined ? content : hashOf(['id', givenId]);
	const name = givenId ?? (time === undefined ? `${receivedAt} ${content}` : content);
	const event: MarketEvent = {
		...own,
		source: reader.source,
		...instrument,
		eventId: `${reader.source}:${reader.scope} ${instrument.symbol} ${facts.type} ${name.length > 100 ? hashOf(name) : name}`,
		eventAt: read.eventAt,
		receivedAt,
		quality: NO_FLAGS,
		...facts,
	};
	return { item: { event, at: 0, next: 0, within: 0, key } };
}

const NO_FLAGS: readonly never[] = [];

/** Facts of a kind of event, without what all events have. */
type Facts<T> = Omit<T, Exclude<keyof Quote & keyof Trade & keyof Candle, 'type'>>;
type Read = {
	readonly eventAt: EpochMs;
	readonly facts: Facts<Quote> | Facts<Trade> | Facts<Candle>;
};
type Wrong = { readonly wrong: string; readonly given: unknown };
type At = (column: CustomColumn) => unknown;

function readEvent(
	mapping: CustomMapping,
	at: At,
	time: EpochMs,
	receivedAt: EpochMs,
): Read | Wrong | undefined {
	switch (mapping.rowsAre) {
		case 'quotes':
			return readQuote(at, time);
		case 'trades':
			return readTrade(at, time);
		case 'candles':
			return readCandle(mapping.interval, at, time, receivedAt);
	}
}

function readQuote(at: At, eventAt: EpochMs): Read | Wrong {
	const given = at('price') ?? at('close');
	const number = (column: CustomColumn) => toNumber(at(column)) ?? null;
	// An empty side of the book is often written as zero.
	const side = (column: CustomColumn) => toNumber(at(column)) || null;
	const [price, bid, ask] = [toNumber(given) ?? null, side('bid'), side('ask')];
	if (price === null && (!isNothing(given) || (bid === null && ask === null))) {
		return { wrong: 'price', given };
	}
	return {
		eventAt,
		facts: {
			type: 'quote',
			price,
			bid,
			ask,
			open: number('open'),
			high: number('high'),
			low: number('low'),
			previousClose: side('previousClose'),
			change: number('change'),
			changePercent: number('changePercent'),
			volume: number('volume'),
			peRatio: number('peRatio'),
			session: null,
		},
	};
}

function readTrade(at: At, eventAt: EpochMs): Read | Wrong {
	const price = toNumber(at('price'));
	if (price === undefined) return { wrong: 'price', given: at('price') };
	const size = toNumber(at('size') ?? at('volume')) ?? null;
	return { eventAt, facts: { type: 'trade', price, size, side: null } };
}

/** One that hasn't ended by our clock is still running. */
function readCandle(
	interval: string,
	at: At,
	startAt: EpochMs,
	receivedAt: EpochMs,
): Read | Wrong | undefined {
	const endAt = epochMs(startAt + (parseDuration(interval) ?? 0));
	if (endAt > receivedAt) return undefined;
	const [open, high, low] = [toNumber(at('open')), toNumber(at('high')), toNumber(at('low'))];
	const close = toNumber(at('close') ?? at('price'));
	if (open === undefined || high === undefined || low === undefined || close === undefined) {
		const given = [at('open'), at('high'), at('low'), at('close')];
		return { wrong: 'open, high, low, close', given };
	}
	const volume = toNumber(at('volume')) ?? null;
	return {
		eventAt: endAt,
		facts: {
			type: 'candle',
			interval,
			startAt,
			endAt,
			open,
			high,
			low,
			close,
			volume,
			closed: true,
		},
	};
}

function whose(
	{ symbols, mapping, secrets }: RowReader,
	given: unknown,
	asked: CustomSymbol | undefined,
): CustomSymbol | { readonly unreadable: string } | undefined {
	if (mapping.columns.symbol === undefined && asked !== undefined) return asked;
	const name = textOf(given);
	if (name === undefined || name.length > 100) {
		return { unreadable: `a row has the symbol ${quoted(given, secrets)}` };
	}
	const known = symbols.get(name.toUpperCase());
	if (known !== undefined || symbols.size > 0) return known;
	return { symbol: name.toUpperCase(), providerSymbol: name };
}

function readPlace(row: Found, answer: unknown, place: string): unknown {
	if (place === '~') return row.name;
	if (place === '.') return row.value;
	if (!place.startsWith('$')) {
		const { value } = row;
		if (typeof value !== 'object' || value === null) return undefined;
		return readField(value as Record<string, unknown>, place);
	}
	try {
		return readPath(answer, place);
	} catch {
		return undefined; // a path of the user's that can't be followed here
	}
}

/** Fields that aren't facts go along under their own names, and those the user named. */
function ownColumns(
	mapping: CustomMapping,
	row: Found,
	answer: unknown,
): Readonly<Record<string, unknown>> {
	const used = new Set(Object.values(mapping.columns));
	const further = isObject(row.value)
		? Object.entries(row.value).filter(([name]) => !used.has(name) && !RESERVED.has(name))
		: [];
	const named = mapping.own.map(
		({ name, place }) => [name, readPlace(row, answer, place)] as const,
	);
	return Object.fromEntries(
		[...further.slice(0, MOST_OWN), ...named].filter(([, value]) => value !== undefined),
	);
}

const sorted = (columns: Readonly<Record<string, unknown>>): unknown =>
	Object.entries(columns).sort(([a], [b]) => (a < b ? -1 : 1));

const hashOf = (value: unknown): string =>
	createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);

const NUMERIC = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** Feeds write prices as numbers or as texts. */
function toNumber(value: unknown): number | undefined {
	const number = typeof value === 'string' && NUMERIC.test(value) ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function textOf(value: unknown): string | undefined {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

const isNothing = (value: unknown): boolean =>
	value === undefined || value === null || value === '';

const quoted = (given: unknown, secrets: readonly string[]): string =>
	stripSecrets(JSON.stringify(given) ?? 'missing', secrets, 40);

const unreadable = (
	{ secrets }: RowReader,
	{ symbol }: CustomSymbol,
	field: string,
	given: unknown,
) => ({
	unreadable: `a row of ${stripSecrets(symbol, secrets, 60)} has ${field} ${quoted(given, secrets)}`,
});
