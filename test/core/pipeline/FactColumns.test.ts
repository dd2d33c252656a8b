import fc from 'fast-check';

import type { FactRef } from '../../../core/facts';
import type { Candle, MarketEvent, Quote, Trade } from '../../../core/market';
import { compileColumns, FactColumns } from '../../../core/pipeline';
import { toHistories, writeHistory } from '../../../core/pipeline/writtenHistories';
import { epochMs } from '../../../core/ports';
import { createMemoryStore } from '../../../core/storage';
import { second, trade } from '../../fakes/events';
import { FakeClock } from '../../fakes/FakeClock';
import { walk } from '../facts/bars';
import { naive } from '../facts/naiveIndicators';

const columnsOf = (...facts: FactRef[]) => compileColumns(facts.map((fact) => ({ fact })));
/** What an event has beyond its own fields. */
function addedTo(event: MarketEvent | undefined): Record<string, unknown> {
	const { marketAlerts, ...rest } = (event ?? {}) as Record<string, unknown>;
	const own = new Set([...Object.keys(trade(1, 1)), ...Object.keys(candle(0)), ...QUOTE_ONLY]);
	const values = Object.entries(rest).filter(([name]) => !own.has(name));
	return { ...Object.fromEntries(values), ...(marketAlerts === undefined ? {} : { marketAlerts }) };
}
const lastOf = (events: readonly MarketEvent[], ...facts: FactRef[]) =>
	addedTo(new FactColumns(columnsOf(...facts)).addTo(events).at(-1));

const MINUTE_MS = 60_000;
const bars = walk(300, 7);
function candle(index: number): Candle {
	const bar = bars[index] ?? bars[0]!;
	const { size: _size, side: _side, price: _price, ...event } = trade(index + 1, 1);
	const endAt = epochMs(bar.startAt + MINUTE_MS);
	return { ...event, ...bar, type: 'candle', interval: '1m', eventAt: endAt, endAt, closed: true };
}
const QUOTE_ONLY = ['bid', 'ask', 'previousClose', 'change', 'changePercent', 'peRatio', 'session'];
function quote(row: number, price: number, more: Partial<Quote> = {}): Quote {
	const { size: _size, side: _side, ...event } = trade(row, price);
	const nothing = Object.fromEntries(
		[...QUOTE_ONLY, 'open', 'high', 'low', 'volume'].map((name) => [name, null]),
	);
	return { ...nothing, ...event, ...more, type: 'quote' } as Quote;
}
const spy = (row: number, price: number, more: Partial<Trade> = {}) =>
	trade(row, price, { symbol: 'SPY', providerSymbol: 'SPY', ...more });
/** A trade a second, at these prices. */
const trades = (...prices: number[]) => prices.map((price, index) => trade(index + 1, price));

// Row 1 lies at second 1 of a minute that begins 20 s earlier: 1,700,000,000 is 20 s into one.
describe('FactColumns', () => {
	it.each<[string, FactRef, readonly MarketEvent[], Record<string, unknown>]>([
		[
			'the mean of closed candles, the running one left out',
			{ fact: 'sma', params: { period: 2, interval: '2s' } },
			trades(10, 20, 30, 40, 50, 60),
			{ sma_2_2s: 40 },
		],
		[
			'the mean with the running candle',
			{ fact: 'sma', params: { period: 2, interval: '2s', candle: 'running' } },
			trades(10, 20, 30, 40, 50, 60),
			{ sma_2_2s_running: 55 },
		],
		[
			'the high of the last candle that closed',
			{ fact: 'high', params: { interval: '2s' } },
			trades(10, 30, 20, 40),
			{ high_2s: 30 },
		],
		[
			'the move over a span of time',
			{ fact: 'movePercent', params: { over: '2s' } },
			trades(50, 40, 45, 44),
			{ movePercent_2s: 10 },
		],
		['a streak', { fact: 'risingCount' }, trades(3, 1, 2, 3, 4), { risingCount: 3 }],
		[
			'a time',
			{ fact: 'timeOfDay', params: { timezone: 'Asia/Tokyo' } },
			trades(1),
			{ timeOfDay_Asia_Tokyo: '07:13:21' },
		],
		[
			'a text',
			{ fact: 'superTrendDirection', params: { period: 2, multiplier: 1 } },
			trades(5, 4, 3, 2, 1, 9),
			{ superTrendDirection_2_1: 'up' },
		],
		[
			'a fact of another instrument, as it stands at this event',
			{ fact: 'move', params: { last: 1, symbol: 'SPY' } },
			[spy(1, 400), spy(2, 410), trade(3, 50)],
			{ move_1_SPY: 10 },
		],
	])('adds %s', (_, fact, events, expected) => {
		expect(lastOf(events, fact)).toEqual(expected);
	});

	it.each<[string, string, FactRef, readonly MarketEvent[]]>([
		['warmingUp', 'too little history', { fact: 'sma', params: { period: 3 } }, trades(1, 2)],
		[
			'warmingUp',
			'another instrument that has not come yet',
			{ fact: 'move', params: { last: 1, symbol: 'SPY' } },
			trades(1, 2, 3),
		],
		[
			'notOffered',
			'a volume that quotes have none of',
			{ fact: 'averageVolume', params: { period: 1 } },
			[quote(1, 5), quote(2, 6)],
		],
		[
			'invalid',
			'an oscillator of prices that stand still',
			{ fact: 'cci', params: { period: 2 } },
			trades(5, 5, 5),
		],
		[
			'stale',
			'an event that repeats an old value',
			{ fact: 'sma', params: { period: 1 } },
			[...trades(1, 2), trade(3, 2, { quality: ['stale'] })],
		],
		[
			'invalid',
			'an event that can not be true',
			{ fact: 'sma', params: { period: 1 } },
			[...trades(1, 2), trade(3, 2_000, { quality: ['implausible'] })],
		],
		[
			'late',
			'an event that comes late',
			{ fact: 'sma', params: { period: 1 } },
			[...trades(1, 2), trade(3, 9, { eventAt: second(0), quality: ['late'] })],
		],
	])('leaves out, as %s, what is asked for %s', (reason, _, fact, events) => {
		const [column] = columnsOf(fact);
		expect(lastOf(events, fact)).toEqual({
			marketAlerts: { missing: { [column?.name ?? '']: reason } },
		});
	});

	it('keeps what is known beside what is not, and the event as it was', () => {
		const mean = (period: number) => ({ fact: 'sma', params: { period } });
		const events = trades(1, 2, 3);
		const [, , third] = new FactColumns(columnsOf(mean(2), mean(9))).addTo(events);
		expect(third).toEqual({
			...events[2],
			sma_2: 2.5,
			marketAlerts: { missing: { sma_9: 'warmingUp' } },
		});
		expect(events).toEqual(trades(1, 2, 3));
	});

	it('does not count an event that may not be used', () => {
		const doubtful = [
			trade(3, 1_000, { quality: ['implausible'] }),
			trade(4, 1_000, { quality: ['late'], eventAt: second(0) }),
		];
		const events = [...trades(1, 2), ...doubtful, trade(5, 3)];
		expect(lastOf(events, { fact: 'sma', params: { period: 3 } })).toEqual({ sma_3: 2 });
	});

	it('tells the time of a late event', () => {
		const late = trade(1, 1, { quality: ['late'] });
		expect(lastOf([late], { fact: 'weekday' })).toEqual({ weekday: 'tue' });
	});

	it.each(['rsi', 'macd', 'atr', 'adx', 'mfi', 'obv'])(
		'adds the %s its definition gives, candle by candle',
		(fact) => {
			const params = { interval: '1m' };
			const columns = columnsOf({ fact, params });
			const name = columns[0]?.name ?? '';
			const defaults: Record<string, number> = { period: 14, fast: 12, slow: 26, signal: 9 };
			const expected = naive[fact]?.(bars, (one) => defaults[one] ?? 0) ?? [];
			const actual = new FactColumns(columns)
				.addTo(bars.map((_, index) => candle(index)))
				.map((event) => addedTo(event)[name]);
			expect(actual.map((value) => typeof value)).toEqual(expected.map((value) => typeof value));
			for (const [row, value] of actual.entries()) {
				if (value !== undefined) expect(value).toBeCloseTo(Number(expected[row]), 6);
			}
			expect(actual.filter((value) => value !== undefined).length).toBeGreaterThan(200);
		},
	);

	it('hands events on as they are when nothing is to be added', () => {
		const events = trades(1, 2);
		const columns = new FactColumns([]);
		expect(columns.addTo(events)).toBe(events);
		expect(columns.takeChanges()).toEqual([]);
	});

	it('writes nothing down for facts that follow from the event alone', () => {
		const columns = new FactColumns(columnsOf({ fact: 'weekday' }));
		columns.addTo(trades(1, 2));
		expect(columns.takeChanges()).toEqual([]);
	});

	it('writes down each event once, of the instruments that history is asked of', () => {
		const columns = new FactColumns(columnsOf({ fact: 'sma', params: { symbol: 'SPY' } }));
		columns.addTo([spy(1, 400), trade(2, 60), spy(3, 401)]);
		expect(columns.takeChanges()).toEqual([
			{ symbol: 'SPY', piece: 1, events: [spy(1, 400), spy(3, 401)] },
		]);
		columns.addTo([trade(4, 60)]);
		expect(columns.takeChanges()).toEqual([]);
		columns.addTo([spy(5, 402)]);
		expect(columns.takeChanges()).toEqual([{ symbol: 'SPY', piece: 2, events: [spy(5, 402)] }]);
	});

	it('writes an instrument down whole when its events get many, however many', () => {
		const columns = new FactColumns(columnsOf({ fact: 'sma', params: { period: 2 } }));
		columns.addTo(trades(1, 2));
		columns.takeChanges();
		columns.addTo(Array.from({ length: 100_000 }, (_, index) => trade(index + 3, 60)));
		const [whole, ...more] = columns.takeChanges();
		expect(more).toEqual([]);
		expect(whole).toMatchObject({ symbol: 'SHOP', pieces: 1, state: { price: 60 } });
		expect(JSON.stringify(whole).length).toBeLessThan(1_000);
		columns.addTo([trade(100_003, 61)]);
		expect(columns.takeChanges()).toMatchObject([{ piece: 1, events: [{ price: 61 }] }]);
	});

	it('gives out what stays as it was, whatever comes later', () => {
		const columns = new FactColumns(
			columnsOf(
				{ fact: 'highest', params: { over: '10s' } },
				{ fact: 'sma', params: { period: 2, interval: '2s' } },
			),
		);
		columns.addTo([...trades(...Array.from({ length: 70 }, (_, index) => index)), spy(71, 400)]);
		const changes = columns.takeChanges();
		const then = JSON.stringify(changes);
		expect(changes).toMatchObject([{ state: {} }, { events: [{}] }]);
		columns.addTo([trade(72, 5), trade(73, 6), spy(74, 7)]);
		expect(JSON.stringify(changes)).toBe(then);
	});

	it('adds the same whether it was interrupted or not', async () => {
		const columns = columnsOf(
			{ fact: 'rsi', params: { period: 3, interval: '5s' } },
			{ fact: 'ema', params: { period: 2, interval: '5s', candle: 'running' } },
			{ fact: 'macd', params: { fast: 2, slow: 3, signal: 2 } },
			{ fact: 'obv', params: { interval: '2s' } },
			{ fact: 'high', params: { interval: '5s', candle: 'running' } },
			{ fact: 'movePercent', params: { over: '7s' } },
			{ fact: 'lowest', params: { over: '20s' } },
			{ fact: 'move', params: { last: 2, interval: '2s', symbol: 'SPY' } },
			{ fact: 'movePercent', params: { over: '4s', symbol: 'SPY' } },
			{ fact: 'fallingCount', params: { interval: '2s' } },
		);
		const coverage = { known: 0, pieces: 0, whole: 0 };
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.nat({ max: 9 })), {
					minLength: 30,
					maxLength: 300,
					size: 'max',
				}),
				fc.array(fc.nat({ max: 299 }), { maxLength: 8 }),
				fc.integer({ min: 1, max: 40 }),
				async (rows, cuts, batchSize) => {
					const events = rows.map(([price, kind], index) => {
						if (kind === 0) return trade(index + 1, price, { quality: ['implausible'] });
						return kind < 4 ? spy(index + 1, price) : trade(index + 1, price);
					});
					const whole = new FactColumns(columns).addTo(events);
					const store = createMemoryStore(new FakeClock());
					const pieces: MarketEvent[] = [];
					const ends = [...new Set([...cuts, events.length])].sort((a, b) => a - b);
					for (const [at, end] of ends.entries()) {
						const written = toHistories('w/n', await store.list('history', 'w/n/'));
						const life = new FactColumns(columns, written);
						const lived = events.slice(ends[at - 1] ?? 0, end);
						for (let from = 0; from < lived.length; from += batchSize) {
							pieces.push(...life.addTo(lived.slice(from, from + batchSize)));
							const changes = life.takeChanges();
							await store.commit(changes.flatMap((change) => writeHistory('w/n', change)));
							coverage.pieces += changes.filter((change) => 'events' in change).length;
							coverage.whole += changes.filter((change) => 'state' in change).length;
						}
					}
					expect(pieces).toEqual(whole);
					coverage.known += whole.filter((event) => Object.keys(addedTo(event)).length > 8).length;
				},
			),
			{ numRuns: 150 },
		);
		expect(coverage.known).toBeGreaterThan(1_000);
		expect(coverage.pieces).toBeGreaterThan(1_000);
		expect(coverage.whole).toBeGreaterThan(100);
	}, 30_000);
});
