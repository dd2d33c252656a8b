import {
	calendarOf,
	onlyDuring,
	type MarketEvent,
	type Session,
	type Source,
} from '../../../core/market';
import { epochMs } from '../../../core/ports';
import { CollectingSink } from '../../fakes/CollectingSink';
import { FakeClock } from '../../fakes/FakeClock';

const at = (iso: string) => epochMs(Date.parse(iso));
const base = {
	source: 'test',
	providerSymbol: '',
	receivedAt: at('2026-01-30T12:00:00Z'),
	quality: [],
};

const trade = (symbol: string, iso: string): MarketEvent => ({
	...base,
	type: 'trade',
	symbol,
	eventId: `${symbol} ${iso}`,
	eventAt: at(iso),
	price: 1,
	size: 1,
	side: null,
});

const candle = (interval: string, startIso: string, endIso: string): MarketEvent => ({
	...base,
	type: 'candle',
	symbol: 'AAPL',
	eventId: `${interval} ${startIso}`,
	eventAt: at(endIso),
	startAt: at(startIso),
	endAt: at(endIso),
	interval,
	...{ open: 1, high: 1, low: 1, close: 1, volume: 1, closed: true },
});

/** A tape: each step is a chunk of events, and the time that passes after it. */
const tape = (
	chunks: readonly (readonly MarketEvent[])[],
	clock: FakeClock,
	stepMs = 0,
): Source => ({
	run: async (sink) => {
		for (const [index, chunk] of chunks.entries()) {
			await sink.accept(chunk, index);
			await clock.advance(stepMs);
		}
		const now = clock.now();
		sink.report({ kind: 'ended', source: 'test', at: now, since: now, reason: 'over' });
	},
});

async function play(
	chunks: readonly (readonly MarketEvent[])[],
	sessions: readonly Session[],
	stepMs = 0,
) {
	const clock = new FakeClock();
	const sink = new CollectingSink();
	await onlyDuring(tape(chunks, clock, stepMs), { source: 'test', sessions }, clock).run(
		sink,
		sink.signal,
	);
	return sink;
}

describe('the market an instrument belongs to', () => {
	it.each([
		['AAPL', 'us-equities'],
		['BRK.B', 'us-equities'],
		['BTC/USD', 'crypto'],
		['ETH/BTC', 'crypto'],
		['usdt/usd', 'crypto'],
		['EUR/USD', 'forex'],
		['usd/jpy', 'forex'],
		['OANDA:EUR_USD', 'forex'],
		['BINANCE:BTCUSDT', 'crypto'],
	])('%s: %s', (symbol, calendar) => {
		expect(calendarOf(symbol).name).toBe(calendar);
	});
});

describe('a source that is wanted during some sessions only', () => {
	// Friday 2026-01-30: New York is 5 hours behind UTC; Monday 2026-01-19 was Martin Luther King Day.
	it.each<[string, MarketEvent, Session[], boolean]>([
		[
			'the first trade of the regular session',
			trade('AAPL', '2026-01-30T14:30:00Z'),
			['regular'],
			true,
		],
		['a trade before it', trade('AAPL', '2026-01-30T14:29:59.999Z'), ['regular'], false],
		[
			'that trade with the pre-market wanted',
			trade('AAPL', '2026-01-30T14:29:59.999Z'),
			['pre', 'regular'],
			true,
		],
		['a trade at the very end', trade('AAPL', '2026-01-30T21:00:00Z'), ['regular'], false],
		[
			'a trade after the end with after hours wanted',
			trade('AAPL', '2026-01-30T21:00:00Z'),
			['post'],
			true,
		],
		[
			'a trade on a holiday',
			trade('AAPL', '2026-01-19T15:00:00Z'),
			['pre', 'regular', 'post'],
			false,
		],
		['crypto in the night', trade('BTC/USD', '2026-01-31T03:00:00Z'), ['regular'], true],
		['currencies on a Saturday', trade('EUR/USD', '2026-01-31T12:00:00Z'), ['regular'], false],
		[
			'the last candle of the session',
			candle('1m', '2026-01-30T20:59:00Z', '2026-01-30T21:00:00Z'),
			['regular'],
			true,
		],
		[
			'the candle after it',
			candle('1m', '2026-01-30T21:00:00Z', '2026-01-30T21:01:00Z'),
			['regular'],
			false,
		],
		[
			'the hour that holds the opening',
			candle('1h', '2026-01-30T14:00:00Z', '2026-01-30T15:00:00Z'),
			['regular'],
			true,
		],
		['a day', candle('1d', '2026-01-30T00:00:00Z', '2026-01-31T00:00:00Z'), ['regular'], true],
	])('%s: %#', async (_, event, sessions, isWanted) => {
		const { events, reportsOf } = await play([[event]], sessions).then((sink) => ({
			events: sink.events,
			reportsOf: sink.reportsOf('outsideSession'),
		}));
		expect(events).toEqual(isWanted ? [event] : []);
		expect(reportsOf).toMatchObject(isWanted ? [] : [{ count: 1 }]);
	});

	it('keeps the cursor behind the last event that was let through', async () => {
		const inside = trade('AAPL', '2026-01-30T15:00:00Z');
		const outside = trade('AAPL', '2026-01-30T23:00:00Z');
		const sink = await play([[inside], [inside, outside], [outside], [outside]], ['regular']);
		expect(sink.cursors).toEqual([
			{ cursor: 0, after: 1 },
			{ cursor: 1, after: 2 },
		]);
	});

	it('tells what was left out once an hour, and before the end', async () => {
		const outside = trade('AAPL', '2026-01-30T23:00:00Z');
		const chunks = Array.from({ length: 7 }, () => [outside, outside]);
		const { reports } = await play(chunks, ['regular'], 1_200_000);
		expect(reports).toMatchObject([
			{ kind: 'outsideSession', count: 8, since: 1_700_000_000_000 },
			{ kind: 'outsideSession', count: 6 },
			{ kind: 'ended' },
		]);
		expect(reports[0]?.reason).toBe('8 events outside the chosen sessions were left out.');
	});

	it('keeps to the calendar it is given, whatever the symbol', async () => {
		const clock = new FakeClock();
		const sink = new CollectingSink();
		const event = trade('BTCUSDT', '2026-01-31T03:00:00Z');
		const filter = { source: 'test', sessions: ['regular'], calendar: 'crypto' } as const;
		await onlyDuring(tape([[event]], clock), filter, clock).run(sink, sink.signal);
		expect(sink.events).toEqual([event]);
	});
});
