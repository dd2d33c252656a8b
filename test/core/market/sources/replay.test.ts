import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

import fc from 'fast-check';

import {
	createReplay,
	type Candle,
	type ReplaySettings,
	type Trade,
} from '../../../../core/market';
import { FileFailure, type FileSource } from '../../../../core/ports';
import { nodeFileSource } from '../../../../core/ports/system';
import { describeSource } from '../../../contracts/source';
import { CollectingSink } from '../../../fakes/CollectingSink';
import { FakeClock } from '../../../fakes/FakeClock';
import { heapInUse } from '../../../fakes/heapInUse';
import { silentLog } from '../../../fakes/silentLog';

const DATA = resolve(__dirname, '../../../../../shared/data');
const hasData = existsSync(DATA);
if (!hasData)
	console.warn(
		'The recorded tapes (../shared/data) are not there: the replay is tested on made-up ones.',
	);

const AT = 1_700_000_000_000;
type Row = { time: number; symbol: string; price: number };
const rows: Row[] = Array.from({ length: 20 }, (_, index) => ({
	time: AT + index * 1_000,
	symbol: index % 3 === 0 ? 'AAPL' : 'SHOP',
	price: 60 + index,
}));
const csv = (of: readonly Row[]) =>
	`time,symbol,price\n${of.map((row) => `${row.time},${row.symbol},${row.price}`).join('\n')}\n`;

/** Files of text, given in pieces of a size; a name that isn't there fails as the real ones do. */
const filesOf = (
	texts: Record<string, string>,
	pieceSize = 64,
	fail?: FileFailure,
): FileSource => ({
	async *open(path) {
		const text = texts[path];
		if (text === undefined) throw new FileFailure('notFound', `There is no file "${path}".`);
		const bytes = new TextEncoder().encode(text);
		for (let from = 0; from < bytes.length; from += pieceSize)
			yield bytes.slice(from, from + pieceSize);
		if (fail !== undefined) throw fail;
	},
});

const defaults: ReplaySettings = {
	path: 'tape.csv',
	symbols: [],
	pace: 'asFastAsPossible',
	speed: 1,
	chunkSize: 5,
};
const open = (
	files: FileSource,
	settings: Partial<ReplaySettings> = {},
	start = { cursor: undefined as unknown, play: 'p1' },
	clock = new FakeClock(AT, true),
	log = silentLog(),
) => createReplay({ ...defaults, ...settings }, { clock, timer: clock, files, log }, start);

async function play(files: FileSource, settings: Partial<ReplaySettings> = {}, cursor?: unknown) {
	const sink = new CollectingSink();
	await open(files, settings, { cursor, play: 'p1' }).run(sink, sink.signal);
	return sink;
}

describeSource('a replay', (start) => open(filesOf({ 'tape.csv': csv(rows) }), {}, start));

describe('createReplay', () => {
	it('gives each row as an event with its place on the tape, and ends', async () => {
		const sink = await play(filesOf({ 'tape.csv': csv(rows) }));
		expect(sink.events).toHaveLength(20);
		expect(sink.events[1]).toMatchObject({
			type: 'trade',
			symbol: 'SHOP',
			price: 61,
			size: null,
			eventAt: AT + 1_000,
			eventId: 'replay:tape.csv~p1#2',
			quality: [],
		});
		expect(sink.reports).toMatchObject([
			{ kind: 'ended', count: 20, reason: 'The file tape.csv is over: 20 events.' },
		]);
	});

	it('gives the same events from CSV, NDJSON and JSON, however the bytes are cut', async () => {
		const row = fc.record({
			time: fc.integer({ min: AT, max: AT + 1e9 }),
			symbol: fc.constantFrom('SHOP', 'BTC/USD', 'ÄÖ'),
			price: fc.integer({ min: 1, max: 1e6 }).map((cents) => cents / 100),
		});
		await fc.assert(
			fc.asyncProperty(
				fc.array(row, { minLength: 1, maxLength: 30 }),
				fc.integer({ min: 1, max: 50 }),
				async (tape, pieceSize) => {
					const files = filesOf(
						{
							'tape.csv': csv(tape),
							'tape.ndjson': tape.map((one) => JSON.stringify(one)).join('\n'),
							'tape.json': JSON.stringify(tape),
							'nested.json': JSON.stringify({ next: null, trades: tape }),
						},
						pieceSize,
					);
					const [first, ...others] = await Promise.all(
						Object.keys({ 'tape.csv': 0, 'tape.ndjson': 0, 'tape.json': 0, 'nested.json': 0 }).map(
							async (path) =>
								(await play(files, { path })).events.map(({ eventId: _, ...event }) => event),
						),
					);
					for (const other of others) expect(other).toEqual(first);
					expect(first).toHaveLength(tape.length);
				},
			),
			{ numRuns: 60 },
		);
	});

	it('reads lists by symbol, as providers give them', async () => {
		const bars = {
			bars: {
				MSFT: [{ t: '2024-08-08T13:30:00Z', o: 1, h: 2, l: 1, c: 2, v: 9 }],
				AAPL: [{ t: '2024-08-08T13:30:00Z', o: 3, h: 4, l: 3, c: 4, v: 9 }],
			},
		};
		const { events } = await play(filesOf({ 'bars.json': JSON.stringify(bars) }), {
			path: 'bars.json',
			candleInterval: '1m',
		});
		expect(events).toMatchObject([
			{ type: 'candle', symbol: 'MSFT', close: 2 },
			{ symbol: 'AAPL', close: 4 },
		]);
	});

	it('understands semicolons, quotes, a byte order mark and Windows line ends', async () => {
		const text = '\uFEFF"time";"symbol";"price"\r\n1700000000000;"SHOP";"60.5"\r\n';
		expect((await play(filesOf({ 'tape.csv': text }))).events).toMatchObject([
			{ symbol: 'SHOP', price: 60.5 },
		]);
	});

	it('gives only the symbols it is asked for, with the places they have on the tape', async () => {
		const { events } = await play(filesOf({ 'tape.csv': csv(rows) }), { symbols: ['AAPL'] });
		expect(events.map(({ eventId }) => Number(eventId.split('#')[1]))).toEqual([
			1, 4, 7, 10, 13, 16, 19,
		]);
	});

	it('takes the one symbol it is told where the file has no column for it', async () => {
		const text = 'time,price\n1700000000000,60\n';
		expect((await play(filesOf({ 'tape.csv': text }), { symbols: ['SHOP'] })).events).toMatchObject(
			[{ symbol: 'SHOP' }],
		);
		await expect(play(filesOf({ 'tape.csv': text }))).rejects.toMatchObject({
			name: 'SourceError',
			message: expect.stringMatching(/no column symbol, and Symbols names none/),
		});
	});

	it('marks what is older than the event before it of the same symbol', async () => {
		const late = [
			{ time: AT, symbol: 'A', price: 1 },
			{ time: AT + 5, symbol: 'A', price: 2 },
			{ time: AT + 3, symbol: 'A', price: 3 },
			{ time: AT + 3, symbol: 'B', price: 4 },
			{ time: AT + 5, symbol: 'A', price: 5 },
		];
		const { events } = await play(filesOf({ 'tape.csv': csv(late) }));
		expect(events.map(({ quality }) => quality.join())).toEqual(['', '', 'late', '', '']);
	});

	it('knows what is late after a resume as well', async () => {
		const late = [
			{ time: AT + 5, symbol: 'A', price: 2 },
			{ time: AT + 3, symbol: 'A', price: 3 },
		];
		const { events } = await play(filesOf({ 'tape.csv': csv(late) }), {}, { play: 'p1', row: 1 });
		expect(events).toMatchObject([{ price: 3, quality: ['late'] }]);
	});

	it('counts rows it cannot read, reports the first, and goes on', async () => {
		const text = `time,symbol,price\n${AT},SHOP,60\n${AT},SHOP,my-secret\n,SHOP,61\n${AT},SHOP,62\n`;
		const sink = await play(filesOf({ 'tape.csv': text }));
		expect(sink.events).toMatchObject([{ price: 60 }, { price: 62 }]);
		expect(sink.reportsOf('unreadable')).toMatchObject([
			{
				count: 2,
				reason:
					"2 rows of The file tape.csv couldn't be read; the first: row 2, the price: expected a number above 0.",
			},
		]);
		expect(JSON.stringify(sink.reports)).not.toContain('my-secret');
	});

	it('names symbols that never occur, at the end of the tape', async () => {
		const sink = await play(filesOf({ 'tape.csv': csv(rows) }), { symbols: ['SHOP', 'SHPO'] });
		expect(sink.reportsOf('unknownSymbol')).toMatchObject([
			{
				symbols: ['SHPO'],
				reason: 'SHPO never occurred in the file tape.csv. There are AAPL, SHOP.',
			},
		]);
	});

	it.each<[string, string, Partial<ReplaySettings>, FileFailure | undefined, RegExp, number]>([
		[
			'compressed data that breaks off',
			csv(rows.slice(0, 3)),
			{},
			new FileFailure('truncated', 'ends in the middle'),
			/^The file tape.csv ends in the middle, after row 3 \(3 events\): the compressed data breaks off/,
			3,
		],
		[
			'JSON that breaks off',
			JSON.stringify(rows).slice(0, 160),
			{ path: 'tape.json' },
			undefined,
			/the JSON ends in the middle/,
			3,
		],
		[
			'JSON that goes wrong',
			`${JSON.stringify(rows.slice(0, 2)).slice(0, -1)}, oops`,
			{ path: 'tape.json' },
			undefined,
			/the JSON goes wrong in the middle/,
			2,
		],
		[
			'a row without an end',
			`time,symbol,price\n${AT},SHOP,60\n${'x'.repeat(2_000_000)}`,
			{},
			undefined,
			/can't be read on/,
			1,
		],
	])(
		'says where %s ends, after the events it held',
		async (_, text, settings, fail, reason, count) => {
			const sink = await play(
				filesOf({ [settings.path ?? 'tape.csv']: text }, 64_000, fail),
				settings,
			);
			expect(sink.events).toHaveLength(count);
			expect(sink.reports.map(({ kind }) => kind)).toEqual(['down']);
			expect(sink.reports[0]?.reason).toMatch(reason);
		},
	);

	it('lets the user mend a file that is not there', async () => {
		await expect(play(filesOf({}))).rejects.toMatchObject({
			name: 'SourceError',
			code: 'notFound',
		});
	});

	it('ends a candle an interval after its start, guessed where it is not told', async () => {
		const days = [0, 3, 4, 5].map((day) => ({
			start: AT + day * 86_400_000,
			symbol: 'SHOP',
			open: 1,
			high: 2,
			low: 1,
			close: 2,
			volume: 5,
		}));
		const text = `start,symbol,open,high,low,close,volume\n${days.map((one) => Object.values(one).join(',')).join('\n')}\n`;
		const { events } = await play(filesOf({ 'tape.csv': text }));
		expect(events[0]).toMatchObject({
			type: 'candle',
			interval: '1d',
			startAt: AT,
			endAt: AT + 86_400_000,
			eventAt: AT + 86_400_000,
			closed: true,
		});
		const told = await play(filesOf({ 'tape.csv': text }), { candleInterval: '5m' });
		expect((told.events[0] as Candle).interval).toBe('5m');
	});

	it('keeps the time between events when it plays as recorded, faster if it is told', async () => {
		const clock = new FakeClock(AT, true);
		const sink = new CollectingSink();
		await open(
			filesOf({ 'tape.csv': csv(rows) }),
			{ pace: 'recorded', speed: 2 },
			undefined,
			clock,
		).run(sink, sink.signal);
		expect(sink.events.map(({ receivedAt }) => receivedAt - AT).at(-1)).toBe(9_500 - 500);
		expect(clock.now() - AT).toBe(9_500);
		expect(sink.cursors.length).toBe(20);
	});

	it.each<[string, string, string, string, string]>([
		['CSV', 'tape.csv', 'time,symbol,price,size\n', `${AT},SHOP,60.25,1\n`, ''],
		[
			'JSON lists inside an object',
			'tape.json',
			'{"trades":[{}',
			`,{"time":${AT},"symbol":"SHOP","price":60.25}`,
			']}',
		],
	])(
		'does not grow with a file of %s',
		async (_, path, head, row, tail) => {
			const encode = (text: string) => new TextEncoder().encode(text);
			const rows = encode(row.repeat(1_000));
			const files: FileSource = {
				async *open() {
					yield encode(head);
					for (let piece = 0; piece < 300; piece += 1) yield rows;
					yield encode(tail);
				},
			};
			let events = 0;
			let most = 0;
			const before = heapInUse();
			const sink = {
				accept: async (chunk: readonly unknown[]) => {
					events += chunk.length;
					if (events % 50_000 === 0) most = Math.max(most, heapInUse() - before);
				},
				report: () => {},
			};
			await open(files, { path, chunkSize: 500 }).run(sink, new AbortController().signal);
			expect(events).toBe(300_000);
			expect(most).toBeLessThan(12e6);
		},
		60_000,
	);

	it('gives up on a JSON file that holds no rows, before it has read all of it', async () => {
		let pieces = 0;
		const files: FileSource = {
			async *open() {
				yield new TextEncoder().encode('{"a":"');
				for (; pieces < 1_000; pieces += 1) yield new TextEncoder().encode('x'.repeat(100_000));
			},
		};
		const sink = await play(files, { path: 'tape.json' });
		expect(sink.reports).toMatchObject([
			{ kind: 'down', reason: expect.stringContaining('longer than a megabyte') },
		]);
		expect(pieces).toBeLessThan(20);
	});
});

describe('the recorded tapes', () => {
	const recorded = nodeFileSource({ base: DATA, allowed: [] });
	it(`are read row by row${hasData ? '' : ' (not there: nothing to read)'}`, async () => {
		if (!hasData) return;
		for (const [path, count] of [
			['trades/binance-spot-trades-2024-08-08.csv.gz', 34_419],
			['trades/bitstamp-btcusd-trades-2011-2012.csv.gz', 9_999],
		] as const) {
			const sink = await play(recorded, { path, chunkSize: 500 });
			expect([sink.events.length, sink.reports.map(({ kind }) => kind)]).toEqual([
				count,
				['ended'],
			]);
			const [, first = ''] = gunzipSync(readFileSync(resolve(DATA, path)))
				.toString()
				.split('\n');
			const trade = sink.events[0] as Trade;
			expect([trade.eventAt, trade.symbol, trade.price, trade.size].join(',')).toBe(first.trim());
			expect(sink.events.some(({ quality }) => quality.length > 0)).toBe(false);
		}
		for (const [path, interval, count] of [
			['bars/us-minute-2020-11-msft.csv', '1m', 11_190],
			['bars/us-daily-2015-2017.csv', '1d', 8_674],
		] as const) {
			const sink = await play(recorded, { path, chunkSize: 500 });
			expect([sink.events.length, (sink.events[0] as Candle).interval]).toEqual([count, interval]);
		}
	}, 60_000);
});
