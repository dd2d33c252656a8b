import type { FeedReport } from '../../../core/market';
import { compileColumns, FactColumns } from '../../../core/pipeline';
import { EventQueue, type Batch, type QueueSettings } from '../../../core/pipeline/EventQueue';
import { epochMs } from '../../../core/ports';
import { trade } from '../../fakes/events';
import { FakeClock } from '../../fakes/FakeClock';

const open = (more: Partial<QueueSettings> = {}, columns?: FactColumns) =>
	new EventQueue(
		{ maxBatchSize: 3, whileBusy: 'gather', source: 'replay', ...more },
		new FakeClock(),
		columns,
	);
/** Adds the mean of the last two prices. */
const means = () =>
	new FactColumns(compileColumns([{ fact: { fact: 'sma', params: { period: 2 } }, name: 'mean' }]));
/** Prices and means as a batch has them. */
const meansOf = (batch: Batch | undefined) =>
	batch?.events.map((event) => {
		const { price, mean } = event as typeof event & { price: number; mean?: number };
		return [price, mean];
	});
/** Prices of the events that are written down with a batch. */
const writtenOf = (batch: Batch | undefined) =>
	batch?.histories.flatMap((change) =>
		'events' in change ? change.events.map((event) => 'price' in event && event.price) : [],
	);
const rows = (from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, index) => trade(from + index, 60));
const report: FeedReport = {
	kind: 'ended',
	source: 'replay',
	at: epochMs(1),
	since: epochMs(1),
	reason: 'over',
};

/** Whether a promise is still open after everything that could settle it has run. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
	const open = Symbol('open');
	await new Promise((resolve) => setImmediate(resolve));
	return (await Promise.race([promise, Promise.resolve(open)])) === open;
}

describe('EventQueue', () => {
	it('gives at once what comes while somebody waits', async () => {
		const queue = open();
		const taken = queue.take();
		await queue.accept([trade(1, 60)], 'after 1');
		expect(await taken).toMatchObject({ events: [{ price: 60 }], cursor: 'after 1', reports: [] });
	});

	it('gathers what comes while nobody takes, whole chunks at a time', async () => {
		const queue = open();
		await queue.accept(rows(1, 2), 2);
		await queue.accept(rows(3, 4), 4);
		await queue.accept(rows(5, 6), 6);
		expect(await queue.take()).toMatchObject({ events: rows(1, 4), cursor: 4 });
		expect(await queue.take()).toMatchObject({ events: rows(5, 6), cursor: 6 });
	});

	it('holds a source that can wait until there is room again', async () => {
		const queue = open();
		await queue.accept(rows(1, 6), 6);
		const held = queue.accept(rows(7, 12), 12);
		expect(await isPending(held)).toBe(true);
		await queue.take();
		expect(await isPending(held)).toBe(false);
	});

	it('keeps the latest of each symbol when asked to, and counts the others', async () => {
		const queue = open({ whileBusy: 'conflate' });
		await queue.accept([trade(1, 1), trade(2, 2, { symbol: 'AAPL' })], 2);
		await queue.accept([trade(3, 3), trade(4, 4)], 4);
		const batch = await queue.take();
		expect(batch?.events.map(({ symbol, eventId }) => [symbol, eventId.split('#')[1]])).toEqual([
			['AAPL', '2'],
			['SHOP', '4'],
		]);
		expect(batch).toMatchObject({ cursor: 4, reports: [{ kind: 'conflated', count: 2 }] });
	});

	it('does not grow while it keeps the latest only', async () => {
		const queue = open({ whileBusy: 'conflate' });
		for (let row = 1; row <= 10_000; row += 1) await queue.accept([trade(row, row)], row);
		expect(await queue.take()).toMatchObject({
			events: [{ price: 10_000 }],
			reports: [{ count: 9_999 }],
		});
	});

	it('hands on news of the feed without any event', async () => {
		const queue = open();
		queue.report(report);
		expect(await queue.take()).toMatchObject({ events: [], reports: [report], cursor: undefined });
	});

	it('keeps news in line with the events: a tape ends behind its last one', async () => {
		const queue = open();
		await queue.accept(rows(1, 3), 3);
		await queue.accept(rows(4, 5), 5);
		queue.report(report);
		expect(await queue.take()).toMatchObject({ events: rows(1, 3), reports: [], cursor: 3 });
		expect(await queue.take()).toMatchObject({ events: rows(4, 5), reports: [report], cursor: 5 });
	});

	it('adds facts to a batch from all events up to its cursor, and from none behind it', async () => {
		const queue = open({ maxBatchSize: 2 }, means());
		for (const row of [1, 2, 3, 4, 5]) await queue.accept([trade(row, row * 10)], row);
		const first = await queue.take();
		expect([meansOf(first), writtenOf(first)]).toEqual([
			[
				[10, undefined],
				[20, 15],
			],
			[10, 20],
		]);
		const second = await queue.take();
		expect([meansOf(second), writtenOf(second), second?.cursor]).toEqual([
			[
				[30, 25],
				[40, 35],
			],
			[30, 40],
			4,
		]);
	});

	it('lets every event count in what it adds, the replaced ones too', async () => {
		const queue = open({ whileBusy: 'conflate', maxBatchSize: 1 }, means());
		for (const row of [1, 2, 3]) await queue.accept([trade(row, row * 10)], row);
		const batch = await queue.take();
		await queue.accept([trade(4, 40)], 4);
		expect([meansOf(batch), writtenOf(batch), batch?.cursor]).toEqual([
			[[30, 25]],
			[10, 20, 30],
			3,
		]);
		expect(meansOf(await queue.take())).toEqual([[40, 35]]);
	});

	it('ends every wait when it is closed', async () => {
		const queue = open();
		await queue.accept(rows(1, 11), 11);
		const giver = queue.accept([trade(12, 1)], 12);
		queue.close();
		await giver;
		expect(await queue.take()).toBeUndefined();
		const other = open();
		const taker = other.take();
		other.close();
		expect(await taker).toBeUndefined();
	});
});
