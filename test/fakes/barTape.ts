import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { toEventId, toStream, type Candle } from '../../core/market';
import { epochMs } from '../../core/ports';

const BARS = resolve(__dirname, '../../../shared/data/bars');
export const hasBars = existsSync(BARS);

/** The rows of a CSV file of ../shared/data/bars, by the names of its columns. */
export function readBars(file: string): Array<Record<string, string>> {
	const [head = '', ...rows] = readFileSync(resolve(BARS, file), 'utf8').trim().split(/\r?\n/);
	const names = head.split(',');
	return rows.map((row) =>
		Object.fromEntries(row.split(',').map((cell, column) => [names[column] ?? '', cell])),
	);
}

const UNITS_MS = { '1m': 60_000, '1d': 86_400_000 } as const;

/** What a row of a tape says, before it's an event. */
export type BarRow = {
	readonly start: number;
	readonly symbol: string;
	readonly open: number;
	readonly high: number;
	readonly low: number;
	readonly close: number;
	readonly volume: number;
};

/** A file of ../shared/data/bars as rows of numbers. */
export const barRows = (file: string): BarRow[] =>
	readBars(file).map(({ start, symbol = '', open, high, low, close, volume }) => ({
		start: Number(start),
		symbol,
		open: Number(open),
		high: Number(high),
		low: Number(low),
		close: Number(close),
		volume: Number(volume),
	}));

/** Rows as the candles a replay gives: seen when they end, numbered in the order they lie in. */
export function toCandles(rows: readonly BarRow[], interval: keyof typeof UNITS_MS): Candle[] {
	const stream = toStream('replay', 'bars', 'one');
	return rows.map(({ start, symbol, ...prices }, row) => ({
		type: 'candle',
		source: 'replay',
		symbol,
		providerSymbol: symbol,
		eventId: toEventId(stream, row + 1),
		eventAt: epochMs(start + UNITS_MS[interval]),
		receivedAt: epochMs(start + UNITS_MS[interval]),
		quality: [],
		interval,
		startAt: epochMs(start),
		endAt: epochMs(start + UNITS_MS[interval]),
		...prices,
		closed: true,
	}));
}
