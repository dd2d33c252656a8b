import type { Candle, MarketEvent, Quote } from '../../../../core/market';
import { admitEvent, newNeighbourhood, usualQuality } from '../../../../core/market/quality';
import { epochMs } from '../../../../core/ports';
import { second, trade } from '../../../fakes/events';

const base = trade(0, 1);
const quote = (price: number | null, bid: number | null, ask: number | null): Quote => ({
	type: 'quote',
	source: 'x',
	symbol: 'X',
	providerSymbol: 'X',
	eventId: 'x',
	eventAt: base.eventAt,
	receivedAt: base.receivedAt,
	quality: [],
	price,
	bid,
	ask,
	open: null,
	high: null,
	low: null,
	previousClose: null,
	change: null,
	changePercent: null,
	volume: null,
	peRatio: null,
	session: null,
});
const candle = (open: number, high: number, low: number, close: number): Candle => ({
	type: 'candle',
	source: 'x',
	symbol: 'X',
	providerSymbol: 'X',
	eventId: 'x',
	eventAt: base.eventAt,
	receivedAt: base.receivedAt,
	quality: [],
	interval: '1m',
	startAt: base.eventAt,
	endAt: second(60),
	open,
	high,
	low,
	close,
	volume: null,
	closed: true,
});

const flagsOf = (prices: readonly number[]) => {
	const before = newNeighbourhood();
	return prices.map((price, row) =>
		admitEvent(before, trade(row, price), usualQuality).event.quality.join(),
	);
};
const BAD = 'implausible';

describe('admitEvent', () => {
	it.each<[string, MarketEvent, RegExp]>([
		['a trade for nothing', trade(1, 0), /has the price 0/],
		['a trade below nothing', trade(1, -5), /has the price -5/],
		['a quote for nothing', quote(0, 1, 2), /has the price 0/],
		['a crossed quote', quote(10, 11, 10), /is crossed: bid 11 above ask 10/],
		[
			'a candle with its high below its close',
			candle(10, 11, 9, 12),
			/contradicts itself: open 10, high 11, low 9, close 12/,
		],
		['a candle with its low above its open', candle(10, 20, 15, 16), /contradicts itself/],
		['a candle for nothing', candle(10, 11, 0, 10), /has the price 0/],
	])('flags %s, with a reason', (_, event, reason) => {
		const { event: admitted, doubts } = admitEvent(newNeighbourhood(), event, usualQuality);
		expect(admitted.quality).toEqual([BAD]);
		expect(doubts).toMatchObject([{ flag: BAD, reason: expect.stringMatching(reason) }]);
	});

	it.each<[string, MarketEvent]>([
		['a locked quote', quote(10, 10, 10)],
		['a quote with one side', quote(10, null, 11)],
		['a quote without a price', quote(null, 1, 2)],
		['a candle that stands still', candle(10, 10, 10, 10)],
	])('has nothing against %s, and gives it on as it is', (_, event) => {
		expect(admitEvent(newNeighbourhood(), event, usualQuality)).toEqual({ event, doubts: [] });
	});

	it.each<[string, number[], string[]]>([
		['a far-off price among its neighbours', [100, 101, 100, 5, 100], ['', '', '', BAD, '']],
		['two, that do not agree', [100, 101, 100, 5, 900, 100], ['', '', '', BAD, BAD, '']],
		[
			'three that agree are a new level',
			[100, 101, 100, 50, 51, 50, 50, 100],
			['', '', '', BAD, BAD, '', '', BAD],
		],
		['a trend is none', [100, 108, 116, 125, 135, 145], ['', '', '', '', '', '']],
		['before there are neighbours', [100, 5, 100], ['', '', '']],
		['a jump of just the limit', [100, 100, 100, 110], ['', '', '', '']],
		['a jump just above', [100, 100, 100, 110.1], ['', '', '', BAD]],
	])('judges by the last few: %s', (_, prices, flags) => {
		expect(flagsOf(prices)).toEqual(flags);
	});

	it('takes any price after a gap', () => {
		const before = newNeighbourhood();
		for (let row = 0; row < 5; row += 1) admitEvent(before, trade(row, 100), usualQuality);
		const after = trade(5, 50, { quality: ['gapBefore'] });
		expect(admitEvent(before, after, usualQuality).event.quality).toEqual(['gapBefore']);
	});

	it('flags what is older than the one before, and what arrived too late', () => {
		const before = newNeighbourhood();
		admitEvent(before, trade(5, 100), usualQuality);
		expect(admitEvent(before, trade(4, 100), usualQuality).event.quality).toEqual(['late']);
		const old = trade(6, 100, { receivedAt: epochMs(trade(6, 1).eventAt + 61_000) });
		const { event, doubts } = admitEvent(before, old, usualQuality);
		expect(event.quality).toEqual(['stale']);
		expect(doubts[0]?.reason).toBe(
			"came 61 s after it happened (or this machine's clock is ahead)",
		);
	});

	it('never changes the event it was given', () => {
		const event = Object.freeze(trade(1, 0));
		admitEvent(newNeighbourhood(), event, usualQuality);
		expect(event.quality).toEqual([]);
	});
});
