import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Bar } from '../../../core/market';
import { epochMs } from '../../../core/ports';

const REFERENCE = resolve(__dirname, '../../../../shared/data/indicators');
export const hasReference = existsSync(REFERENCE);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** 2017-01-03 00:00 UTC */
const START = 1_483_401_600_000;

/** A bar from its four prices; the n-th one begins n steps after midnight UTC. */
export const barAt = (
	index: number,
	[open, high, low, close]: readonly [number, number, number, number],
	volume: number | null,
	stepMs = HOUR_MS,
): Bar => ({ startAt: epochMs(START + index * stepMs), open, high, low, close, volume });

/** The columns of a file of ../shared/data/indicators by name; an empty cell is `undefined`. */
export function readReference(file: string): Record<string, Array<number | undefined>> {
	const [head = '', ...rows] = readFileSync(resolve(REFERENCE, `${file}.csv`), 'utf8')
		.trim()
		.split(/\r?\n/);
	const cells = rows.map((row) => row.split(','));
	return Object.fromEntries(
		head
			.split(',')
			.map((name, column) => [
				name,
				cells.map((row) => (row[column] ? Number(row[column]) : undefined)),
			]),
	);
}

/** The input of the reference files. A minute apart, so that all of them lie in one UTC day. */
export function referenceBars(): Bar[] {
	const { open = [], high = [], low = [], close = [], volume = [] } = readReference('input');
	const at = (column: ReadonlyArray<number | undefined>, row: number) => column[row] ?? Number.NaN;
	return open.map((_, row) =>
		barAt(
			row,
			[at(open, row), at(high, row), at(low, row), at(close, row)],
			at(volume, row),
			MINUTE_MS,
		),
	);
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** A random walk of hourly bars in cents, about 1 % up or down each. */
export function walk(length: number, seed: number): Bar[] {
	const random = randomFrom(seed);
	const cents = (price: number) => Math.round(price * 100) / 100;
	const bars: Bar[] = [];
	let last = 100;
	for (let index = 0; index < length; index += 1) {
		const open = cents(last * (1 + (random() - 0.5) / 200));
		const close = cents(open * Math.exp((random() - 0.5) / 25));
		const high = cents(Math.max(open, close) * (1 + random() / 100));
		const low = cents(Math.min(open, close) * (1 - random() / 100));
		bars.push(barAt(index, [open, high, low, close], Math.floor(random() * 10_000)));
		// Pulled back to 100, lest a long walk ends at a fraction of a cent.
		last = close * (100 / close) ** 0.01;
	}
	return bars;
}
