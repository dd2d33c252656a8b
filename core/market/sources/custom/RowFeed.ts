import { createHash } from 'node:crypto';

import { parseDuration, type Clock } from '../../../ports';
import type { Item, LaneSettings, LiveFeed, LiveSettings } from '../../feed';
import { ProviderFailure } from '../../ProviderFailure';
import { usualQualityOver, type QualityPolicy } from '../../quality';
import type { CustomMapping } from './mapping';
import { readRow, type RowReader } from './readRow';
import { readRows } from './rows';
import type { CustomSymbol } from './symbols';

/** Keys that are written down with the cursor, and of one symbol at most and at least. */
const MOST_KEYS = 2_000;
const MOST_OF_ONE = 1_000;
const LEAST_OF_ONE = 20;
/** Of one symbol, when nobody said which there will be. */
const OF_UNNAMED = 50;
const MOST_SYMBOLS = 5_000;

export type RowFeedSettings = {
	readonly source: 'customRest' | 'customWebSocket';
	/** The address without its query; tells its ids from others. */
	readonly address: string;
	readonly symbols: readonly CustomSymbol[];
	readonly mapping: CustomMapping;
	readonly staleAfterMs?: number;
	readonly secrets: readonly string[];
	/** How far apart two rows of a symbol are at least: prices move further in longer times. */
	readonly everyMs: number;
};

/** Rows of any shape become events of a feed: what's known is passed by, what can't be read is counted. */
export class RowFeed {
	private readonly reader: RowReader;

	private readonly quality: QualityPolicy;

	private readonly lastAt = new Map<string, number>();

	constructor(
		private readonly settings: RowFeedSettings,
		private readonly clock: Clock,
	) {
		const { source, address, symbols, mapping, secrets } = settings;
		this.reader = {
			source,
			scope: createHash('sha256').update(address).digest('base64url').slice(0, 8),
			mapping,
			symbols: new Map(symbols.map((one) => [one.providerSymbol.toUpperCase(), one])),
			secrets,
		};
		const spanMs =
			mapping.rowsAre === 'candles' ? (parseDuration(mapping.interval) ?? 0) : settings.everyMs;
		this.quality = {
			...usualQualityOver(spanMs),
			staleAfterMs: settings.staleAfterMs ?? Number.POSITIVE_INFINITY,
		};
	}

	/** What a feed of these rows is. */
	get live(): Pick<LiveSettings, 'source' | 'things' | 'watched' | 'remembers'> {
		const { source, symbols, mapping } = this.settings;
		return {
			source,
			things: mapping.rowsAre,
			watched: symbols.map(({ symbol }) => ({ lane: this.laneOf(symbol) })),
			remembers: this.remembers,
		};
	}

	/**
	 * The rows of one answer, in the order of their times.
	 * @param asked of whom they are when they don't say it themselves
	 * @returns the symbols it had rows of
	 * @throws ProviderFailure when there are no rows
	 */
	take(feed: LiveFeed, answer: unknown, asked: CustomSymbol | undefined): Set<string> {
		const found = readRows(answer, this.settings.mapping.rowsPath);
		if ('missing' in found) {
			throw new ProviderFailure('schema', `gave an answer without rows: ${found.missing}.`);
		}
		if (found.leftOut > 0) {
			feed.news.unreadable(undefined, `an answer has ${found.leftOut} rows too many`);
		}
		const receivedAt = this.clock.now();
		const items = new Map<string, Item[]>();
		for (const row of found.rows) {
			const read = readRow(this.reader, row, answer, asked, receivedAt);
			if (read === undefined) continue;
			if ('unreadable' in read) feed.news.unreadable(asked?.symbol, read.unreadable);
			else {
				const { symbol } = read.item.event;
				items.set(symbol, [...(items.get(symbol) ?? []), read.item]);
			}
		}
		for (const [symbol, ofOne] of items) this.give(feed, symbol, ofOne);
		return new Set(items.keys());
	}

	private give(feed: LiveFeed, symbol: string, items: readonly Item[]): void {
		const lane = feed.lanes.get(symbol) ?? this.another(feed, symbol);
		if (lane === undefined) return;
		const inOrder = [...items].sort((a, b) => a.event.eventAt - b.event.eventAt);
		const newest = inOrder.slice(-this.remembers);
		const lastAt = this.lastAt.get(symbol) ?? Number.POSITIVE_INFINITY;
		const lost = inOrder.slice(0, -newest.length).filter(({ event }) => event.eventAt > lastAt);
		if (lost.length > 0) {
			feed.news.unreadable(
				symbol,
				`an answer has ${items.length} rows of ${symbol}, of which the newest ${newest.length} are looked at`,
			);
		}
		for (const item of newest) {
			if (this.settings.source === 'customWebSocket') feed.heard(symbol);
			if (lane.isUnchanged(item)) {
				// Sent twice it's odd; asked for twice, it isn't.
				if (this.settings.source === 'customWebSocket' && this.remembers > 1) {
					feed.duplicate(symbol, item);
				}
				continue;
			}
			feed.heard(symbol);
			lane.take(item);
			this.lastAt.set(symbol, Math.max(this.lastAt.get(symbol) ?? 0, item.event.eventAt));
		}
	}

	private another(feed: LiveFeed, symbol: string) {
		if (feed.lanes.size < MOST_SYMBOLS) return feed.watch(this.laneOf(symbol));
		feed.news.unreadable(symbol, `there are more than ${MOST_SYMBOLS} symbols`);
		return undefined;
	}

	private laneOf(symbol: string): LaneSettings {
		return {
			symbol,
			quality: this.quality,
			remembers: this.remembers,
			countBetween: () => 0,
			placeBefore: (to) => to,
		};
	}

	/** Where rows have neither time nor id, only the last one is what it was: a price may come back. */
	private get remembers(): number {
		const { symbols, mapping } = this.settings;
		if (mapping.columns.time === undefined && mapping.columns.id === undefined) return 1;
		if (symbols.length === 0) return OF_UNNAMED;
		const each = Math.floor(MOST_KEYS / symbols.length);
		return Math.min(Math.max(each, LEAST_OF_ONE), MOST_OF_ONE);
	}
}
