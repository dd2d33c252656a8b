import fc from 'fast-check';

import { Instruments, observe } from '../../../core/facts';
import type { Trade } from '../../../core/market';
import { advanceWatch, type WatchStep } from '../../../core/pipeline';
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
				const machine = new CrashingMachine(tape, rules, batchSize, new Set(deadlySteps));
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
