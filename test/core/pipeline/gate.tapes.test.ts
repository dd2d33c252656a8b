import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { observe, type Observation } from '../../../core/facts';
import { toEventId, toStream, type MarketEvent, type Trade } from '../../../core/market';
import { epochMs } from '../../../core/ports';
import { compileRule, type CompiledRule } from '../../../core/rules';
import { barRows, hasBars, toCandles } from '../../fakes/barTape';
import { walk } from '../facts/bars';
import { expectSame, linesOf } from './gate/compare';
import { Live } from './gate/Live';

const TRADES = resolve(__dirname, '../../../../shared/data/trades');
const hasTrades = existsSync(TRADES);

type Tape = { readonly name: string; readonly events: readonly MarketEvent[] };

/** Rows of a file of ../shared/data/trades. */
function tradesIn(file: string): Trade[] {
	const text = gunzipSync(readFileSync(resolve(TRADES, file))).toString('utf8');
	const stream = toStream('replay', file, 'one');
	const [, ...rows] = text.trim().split(/\r?\n/);
	return rows.map((row, index) => {
		const [time, symbol = '', price, size] = row.split(',');
		const at = epochMs(Number(time));
		return {
			type: 'trade',
			source: 'replay',
			symbol,
			providerSymbol: symbol,
			eventId: toEventId(stream, index + 1),
			eventAt: at,
			receivedAt: at,
			quality: [],
			price: Number(price),
			size: Number(size),
			side: null,
		};
	});
}

const candles = (file: string, interval: '1m' | '1d', from = 0, to?: number): Tape => ({
	name: file,
	events: toCandles(barRows(file).slice(from, to), interval),
});

/** Without the real ones: a walk as trades. */
const madeUp = (): Tape => ({
	name: 'made up, as ../shared/data is not there',
	events: walk(1_500, 3).map((bar, index): Trade => ({
		type: 'trade',
		source: 'replay',
		symbol: index % 3 === 0 ? 'B' : 'A',
		providerSymbol: 'A',
		eventId: toEventId(toStream('replay', 'walk', 'one'), index + 1),
		eventAt: epochMs(1_767_623_400_000 + index * 1_000),
		receivedAt: epochMs(1_767_623_400_000 + index * 1_000),
		quality: [],
		price: bar.close,
		size: 1,
		side: null,
	})),
});

const tapes: Tape[] = [
	...(hasTrades
		? ['binance-spot-trades-2024-08-08.csv.gz', 'bitstamp-btcusd-trades-2011-2012.csv.gz'].map(
				(file): Tape => ({ name: file, events: tradesIn(file) }),
			)
		: []),
	...(hasBars
		? [
				candles('us-minute-2020-11-msft.csv', '1m'),
				candles('spy-minute-2011-01.csv', '1m'),
				candles('coinbase-minute-2018-04.csv', '1m'),
				candles('us-daily-2015-2017.csv', '1d'),
			]
		: []),
	...(hasTrades && hasBars ? [] : [madeUp()]),
];

const priceOf = (event: MarketEvent): number =>
	'close' in event ? event.close : (event.price ?? 0);

/** Rules all over the range of each symbol, a level of every kind of comparison, and every way of firing. */
function rulesFor(events: readonly MarketEvent[]): CompiledRule[] {
	const perSymbol = KINDS.length;
	const symbols = [...new Set(events.map(({ symbol }) => symbol))];
	return symbols.flatMap((symbol, which) => {
		const prices = events
			.filter((event) => event.symbol === symbol)
			.map(priceOf)
			.toSorted((a, b) => a - b);
		const other = symbols[(which + 1) % symbols.length]!;
		return KINDS.map((kind, at) => {
			// A price that was paid, so that it's met exactly.
			const level = prices[Math.floor(((at + 0.5) / perSymbol) * prices.length)]!;
			const upper =
				prices[Math.min(prices.length - 1, Math.floor(((at + 2) / perSymbol) * prices.length))]!;
			return compileRule({
				version: 1,
				id: `${symbol} ${at}`,
				name: `${symbol} ${at}`,
				symbols: [symbol],
				...kind(level, Math.max(level, upper), other),
			});
		});
	});
}

type Kind = (level: number, upper: number, other: string) => object;
const all = (...conditions: object[]) => ({ conditions: { all: conditions } });
const price = (operator: string, value: unknown) => ({ fact: 'price', operator, value });
const KINDS: readonly Kind[] = [
	(level) => ({ ...all(price('lessThan', level)), cooldown: '5m', notifyResolved: true }),
	(level) => ({ ...all(price('greaterThanInclusive', level)), holdFor: '30s', remindEvery: '1h' }),
	(level) => ({ ...all(price('crossesAbove', level)), cooldown: '1m' }),
	(level, upper) => ({ ...all(price('between', [level, upper])), keepFiringFor: '2m' }),
	(level) => all(price('crosses', level)),
	(level, upper) => ({ conditions: { not: price('outside', [level, upper]) }, fire: 'once' }),
	(level) => ({
		...all(price('greaterThan', level)),
		resetWhen: { all: [price('lessThan', level * 0.999)] },
		notifyResolved: true,
	}),
	(level) => all(price('equal', level)),
	(_, __, other) =>
		all(price('greaterThan', { fact: 'highest', params: { over: '10m' } }), {
			fact: 'movePercent',
			params: { over: '10m', symbol: other },
			operator: 'greaterThan',
			value: 0,
		}),
	(level) => ({
		conditions: {
			any: [
				{ fact: 'rsi', params: { period: 9 }, operator: 'greaterThan', value: 75 },
				{
					all: [
						price('lessThan', level),
						{ fact: 'fallingCount', operator: 'greaterThan', value: 3 },
					],
				},
			],
		},
		interval: '5m',
	}),
	(level) => ({ ...all(price('greaterThan', level)), fire: 'onCandleClose', interval: '5m' }),
	(level) => ({ ...all(price('lessThan', level)), fire: 'oncePerCandle', interval: '15m' }),
	(level) => ({
		...all(price('greaterThan', level)),
		fire: 'everyMatch',
		cooldown: '10m',
		schedule: { session: 'regular' },
	}),
	(level, upper) => ({ ...all(price('entersRange', [level, upper])), maxPerDay: 2 }),
];

describe.each(tapes.map((tape) => [tape.name, tape] as const))('a tape: %s', (_, tape) => {
	it('is told the same by the gate that asks always and the one that asks where something changed', async () => {
		const rules = rulesFor(tape.events);
		const always = new Live('askAlways');
		const changed = new Live('askChanged');
		for (const rule of rules) {
			always.put(rule);
			changed.put(rule);
		}
		let [told, byClock] = [0, 0];
		for (const [at, event] of tape.events.entries()) {
			const observation: Observation = observe(event);
			always.observe(observation);
			changed.observe(observation);
			if (at % 50 !== 49 && at !== tape.events.length - 1) continue;
			const alerts = await always.drain();
			const expected = linesOf(alerts);
			byClock += alerts.filter((alert) => alert.byClock).length;
			const found = linesOf(await changed.drain());
			expectSame(at, 'told', found, expected);
			told += expected.length;
		}
		expectSame(tape.events.length, 'kept', changed.kept(), always.kept());
		const { judgeCalls, disagreements } = changed.counts;
		// What the clock tells is confirmed once more.
		const spared = 1 - (judgeCalls - byClock) / always.counts.judgeCalls;
		console.info(
			`${tape.name}: ${tape.events.length} events, ${rules.length} rules, ${told} alerts, asked ${judgeCalls} times instead of ${always.counts.judgeCalls}`,
		);
		expect(disagreements).toBe(0);
		expect(told).toBeGreaterThan(rules.length);
		expect(spared).toBeGreaterThan(0.3);
	}, 600_000);
});
