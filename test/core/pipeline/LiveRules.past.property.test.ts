import fc from 'fast-check';

import { observe, type PastCandles } from '../../../core/facts';
import type { Trade } from '../../../core/market';
import { composeLiveAlert, LiveRules, type LiveAlert } from '../../../core/pipeline';
import { epochMs } from '../../../core/ports';
import { compileRule } from '../../../core/rules';
import { trade } from '../../fakes/events';

const LENGTH_MS = 10_000;
const START = 1_700_000_000_000;
const ofCandles = (fact: string, more: object = {}) => ({
	fact,
	params: { interval: '10s', ...more },
});
const rule = (id: string, condition: object, more: object = {}) =>
	compileRule({ version: 1, id, name: id, conditions: { all: [condition] }, ...more });
const rsi = ofCandles('rsi', { period: 2 });
const rules = [
	rule('level', { ...rsi, operator: 'lessThan', value: 50 }, { notifyResolved: true }),
	rule('crossing', { ...rsi, operator: 'crossesAbove', value: 50 }),
	rule('average', {
		fact: 'price',
		operator: 'greaterThan',
		value: ofCandles('sma', { period: 3 }),
	}),
	rule(
		'on close',
		{ ...ofCandles('close'), operator: 'lessThan', value: 55 },
		{
			fire: 'onCandleClose',
			interval: '10s',
		},
	),
	rule(
		'per candle',
		{ ...rsi, operator: 'greaterThan', value: 40 },
		{
			fire: 'oncePerCandle',
			interval: '10s',
		},
	),
	rule(
		'held',
		{ ...ofCandles('high', { candle: 'running' }), operator: 'greaterThan', value: 56 },
		{
			holdFor: '5s',
			remindEvery: '9s',
		},
	),
	rule('other', {
		...ofCandles('rsi', { period: 2, symbol: 'SPY' }),
		operator: 'lessThan',
		value: 60,
	}),
];

type Step =
	| {
			readonly kind: 'event';
			readonly symbol: string;
			readonly price: number;
			readonly afterMs: number;
	  }
	| {
			readonly kind: 'past';
			readonly symbol: string;
			readonly closes: readonly number[];
			readonly runs: boolean;
	  }
	| { readonly kind: 'time'; readonly afterMs: number };
const symbol = fc.constantFrom('SHOP', 'SPY');
const price = fc.integer({ min: 50, max: 60 });
const steps = fc.array(
	fc.oneof(
		{
			weight: 8,
			arbitrary: fc.record({
				kind: fc.constant('event' as const),
				symbol,
				price,
				afterMs: fc.integer({ min: 0, max: 12_000 }),
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				kind: fc.constant('past' as const),
				symbol,
				closes: fc.array(price, { maxLength: 8 }),
				runs: fc.boolean(),
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				kind: fc.constant('time' as const),
				afterMs: fc.integer({ min: 0, max: 20_000 }),
			}),
		},
	),
	{ minLength: 5, maxLength: 50, size: 'max' },
);

/** A history as of a moment: candles up to it, some of which lie in its future where a feed is late. */
function pastAt(at: number, closes: readonly number[], runs: boolean): PastCandles {
	const present = Math.floor(at / LENGTH_MS) * LENGTH_MS;
	const bars = closes.map((close, index) => ({
		startAt: epochMs(present - (closes.length - 1 - index) * LENGTH_MS),
		...{ open: close, high: close + 1, low: close - 1, close, volume: 1 },
	}));
	const running = runs ? bars.pop() : undefined;
	return {
		intervalMs: LENGTH_MS,
		lengthMs: LENGTH_MS,
		bars,
		...(running === undefined ? {} : { running: { bar: running, at: epochMs(at) } }),
	};
}

/** What a gate told after each step. */
async function play(gate: 'askAlways' | 'askChanged', given: readonly Step[]) {
	const live = new LiveRules({ gate, scope: { workflowId: 'w', nodeId: 'n' } });
	for (const one of rules) live.put(one);
	let at = START;
	let row = 0;
	const told: LiveAlert[][] = [];
	for (const step of given) {
		if (step.kind === 'event') {
			at += step.afterMs;
			row += 1;
			live.observe(observe(eventOf(step.symbol, row, step.price, at)));
		} else if (step.kind === 'time') live.passTime(epochMs((at += step.afterMs)));
		else live.fill(step.symbol, pastAt(at, step.closes, step.runs));
		told.push([...(await live.drain())]);
	}
	return { told, disagreements: live.counts.disagreements };
}

const eventOf = (of: string, row: number, value: number, at: number): Trade =>
	trade(row, value, { symbol: of, providerSymbol: of, eventAt: epochMs(at) });

describe('live rules with a past', () => {
	it('tell the same whoever is asked, and nothing because of the past alone', async () => {
		const times = { told: 0, past: 0, crossing: 0, 'on close': 0, other: 0 };
		await fc.assert(
			fc.asyncProperty(steps, async (given) => {
				const always = await play('askAlways', given);
				const changed = await play('askChanged', given);
				const compose = async (told: readonly LiveAlert[][]) =>
					await Promise.all(told.flat().map(async (alert) => await composeLiveAlert(alert)));
				expect(await compose(changed.told)).toEqual(await compose(always.told));
				expect(changed.disagreements).toBe(0);
				given.forEach(({ kind }, index) => {
					const alerts = always.told[index] ?? [];
					if (kind === 'past') {
						times.past += 1;
						expect(alerts).toEqual([]);
					}
					times.told += alerts.length;
					for (const {
						rule: { document },
					} of alerts) {
						if (document.id in times) times[document.id as keyof typeof times] += 1;
					}
				});
			}),
			{ numRuns: 400 },
		);
		expect(Math.min(...Object.values(times))).toBeGreaterThan(100);
	}, 120_000);
});
