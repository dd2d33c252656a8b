import fc from 'fast-check';

import { Instruments, observe } from '../../../core/facts';
import type { Trade } from '../../../core/market';
import { advanceWatch, compileColumns, FactColumns, type WatchStep } from '../../../core/pipeline';
import { compileRule } from '../../../core/rules';
import { CrashingMachine } from '../../fakes/CrashingMachine';
import { trade } from '../../fakes/events';

const rules = [
	compileRule({
		version: 1,
		id: 'level',
		name: 'level',
		conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
		cooldown: '5s',
		notifyResolved: true,
	}),
	compileRule({
		version: 1,
		id: 'crossing',
		name: 'crossing',
		conditions: { any: [{ fact: 'price', operator: 'crossesAbove', value: 60 }] },
	}),
	compileRule({
		version: 1,
		id: 'held',
		name: 'held',
		conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 61 }] },
		holdFor: '2s',
	}),
];

/** What the trigger adds to each event. */
const columns = compileColumns([
	{ fact: { fact: 'rsi', params: { period: 2, interval: '3s' } } },
	{ fact: { fact: 'ema', params: { period: 2, interval: '3s', candle: 'running' } } },
	{ fact: { fact: 'obv' } },
	{ fact: { fact: 'movePercent', params: { over: '5s' } } },
	{ fact: { fact: 'highest', params: { last: 3 } } },
	{ fact: { fact: 'move', params: { over: '3s', symbol: 'AAPL' } } },
]);

const tapeOf = (prices: readonly number[]): Trade[] =>
	prices.map((price, index) =>
		trade(index + 1, price, index % 4 === 3 ? { symbol: 'AAPL', providerSymbol: 'AAPL' } : {}),
	);

it('loses no alert and tells none under two ids, wherever the process dies', async () => {
	const coverage = { runs: 0, crashes: 0, alerts: 0, repeats: 0 };
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.integer({ min: 57, max: 63 }), { minLength: 5, maxLength: 40 }),
			fc.integer({ min: 1, max: 7 }),
			fc.uniqueArray(fc.integer({ min: 1, max: 120 }), { maxLength: 12 }),
			async (prices, batchSize, deadlySteps) => {
				const tape = tapeOf(prices);
				const machine = new CrashingMachine(tape, batchSize, new Set(deadlySteps), { rules });
				const crashes = await machine.live();
				const distinct = [...new Set(machine.received)];
				const lines = distinct.map((one) => one.slice(one.indexOf(' ') + 1)).sort();
				expect(lines).toEqual(await expectedWithoutClock(tape));
				const repeats = machine.received.length - distinct.length;
				expect(repeats).toBeLessThanOrEqual(crashes);
				coverage.runs += 1;
				coverage.crashes += crashes;
				coverage.alerts += distinct.length;
				coverage.repeats += repeats;
			},
		),
		{ numRuns: 300 },
	);
	expect(coverage.crashes).toBeGreaterThan(600);
	expect(coverage.alerts).toBeGreaterThan(1_000);
	expect(coverage.repeats).toBeGreaterThan(5);
}, 60_000);

/** The same rules over the same tape, in one piece and without any store; time moves with events only. */
async function expectedWithoutClock(tape: readonly Trade[]): Promise<string[]> {
	const states = new Map<string, WatchStep['state']>();
	const lines: string[] = [];
	for (const event of tape) {
		for (const rule of rules) {
			const key = `${rule.document.id} ${event.symbol}`;
			const step = await advanceWatch(
				states.get(key),
				rule,
				observe(event),
				new Instruments([rule]).observe(observe(event)),
				{ workflowId: 'w', nodeId: 'n' },
				'',
			);
			states.set(key, step.state);
			if (step.told !== undefined) {
				lines.push(`${key} ${step.told.transition.state} ${event.eventAt}`);
			}
		}
	}
	return lines.sort();
}

it.each(['gather', 'conflate'] as const)(
	'adds the same facts to an event wherever the process dies (%s)',
	async (whileBusy) => {
		const coverage = { crashes: 0, again: 0, replaced: 0, known: 0, whole: 0 };
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 57, max: 63 }), {
					minLength: 60,
					maxLength: 160,
					size: 'max',
				}),
				fc.integer({ min: 1, max: 7 }),
				fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 12 }),
				async (prices, batchSize, deadlySteps) => {
					const tape = tapeOf(prices);
					const machine = new CrashingMachine(tape, batchSize, new Set(deadlySteps), {
						columns,
						whileBusy,
					});
					coverage.crashes += await machine.live();
					const uninterrupted = new FactColumns(columns).addTo(tape);
					const expected = new Map(uninterrupted.map((event) => [event.eventId, event]));
					for (const event of machine.given) expect(event).toEqual(expected.get(event.eventId));
					const distinct = new Set(machine.given.map(({ eventId }) => eventId));
					if (whileBusy === 'gather') expect(distinct.size).toBe(tape.length);
					coverage.whole += await machine.countWholeHistories();
					coverage.again += machine.given.length - distinct.size;
					coverage.replaced += tape.length - distinct.size;
					coverage.known += uninterrupted.filter((event) => !('marketAlerts' in event)).length;
				},
			),
			{ numRuns: 150 },
		);
		expect(coverage.crashes).toBeGreaterThan(300);
		expect(coverage.again).toBeGreaterThan(100);
		expect(coverage.known).toBeGreaterThan(500);
		expect(coverage.whole).toBeGreaterThan(50);
		if (whileBusy === 'conflate') expect(coverage.replaced).toBeGreaterThan(500);
	},
	60_000,
);
