import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';

const SHARED = resolve(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'trades');

/** Real trades, where the project has them beside it; a tape of our own elsewhere. */
export const hasRealTapes = existsSync(join(SHARED, 'binance-spot-trades-2024-08-08.csv.gz'));

export type Trade = { readonly at: number; readonly symbol: string; readonly price: number };

/** Puts a tape where n8n may read it; its file name, and the path it came from. */
export function provideTape(
	name: 'binance' | 'bitstamp',
	userFolder: string,
): { file: string; path: string } {
	const folder = join(userFolder, '.n8n', 'market-alerts', 'tapes');
	mkdirSync(folder, { recursive: true });
	const file =
		name === 'binance'
			? 'binance-spot-trades-2024-08-08.csv.gz'
			: 'bitstamp-btcusd-trades-2011-2012.csv.gz';
	const path = join(folder, file);
	if (hasRealTapes) copyFileSync(join(SHARED, file), path);
	else writeFileSync(path, gzipSync(madeUpTape(name)));
	return { file, path };
}

/** A copy of a tape that breaks off in the middle, and how many whole rows it has. */
export function truncateTape(path: string): { file: string; rows: number } {
	const whole = readFileSync(path);
	const half = whole.subarray(0, Math.floor(whole.length / 2));
	const cut = join(dirname(path), `cut-${basename(path)}`);
	writeFileSync(cut, half);
	const text = gunzipSync(half, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
	const lines = text.split('\n').length;
	return { file: basename(cut), rows: lines - 2 }; // without the header and the half row
}

/** The trades of a tape, read the plain way. */
export function readTape(path: string): Trade[] {
	const [, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n');
	return lines.map((line) => {
		const [time = '', symbol = '', price = ''] = line.split(',');
		return { at: Number(time), symbol, price: Number(price) };
	});
}

/** A walk around the levels the rules have, for clones without the real tapes. */
function madeUpTape(name: 'binance' | 'bitstamp'): string {
	let seed = 42;
	const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
	const symbols: Array<[string, number, number]> =
		name === 'binance'
			? [
					['BTCUSDT', 61_690, 6],
					['ETHUSDT', 2_680, 0.25],
				]
			: [['BTCUSD', 5, 0.05]];
	const prices = symbols.map(([, price]) => price);
	const rows = ['time,symbol,price,size'];
	let at = name === 'binance' ? 1_723_161_255_342 : 1_315_922_016_000;
	const step = name === 'binance' ? 20 : 2_250_000;
	for (let row = 0; row < (name === 'binance' ? 30_000 : 9_999); row += 1) {
		const which = row % symbols.length;
		const [symbol, centre, width] = symbols[which]!;
		const price = prices[which]! + (random() - 0.5) * width + (centre - prices[which]!) * 0.002;
		prices[which] = price;
		at += Math.floor(random() * 2 * step);
		rows.push(`${at},${symbol},${price.toFixed(2)},1`);
	}
	return `${rows.join('\n')}\n`;
}
