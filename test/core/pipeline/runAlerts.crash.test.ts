import fc from 'fast-check';

import { compileNoise } from '../../../core/alerts';
import { observe } from '../../../core/facts';
import type { Trade } from '../../../core/market';
import { composeLiveAlert, replay } from '../../../core/pipeline';
import { epochMs } from '../../../core/ports';
import { compileRule } from '../../../core/rules';
import { CrashingAlerts } from '../../fakes/CrashingAlerts';
import { trade } from '../../fakes/events';

const rule = (id: string, more: object) =>
	compileRule({
		version: 1,
		id,
		name: id,
		conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
		...more,
	});
const over = (fact: object, operator: string, value: unknown) => ({
	conditions: { all: [{ ...fact, operator, value }] },
});
const rules = [
	rule('level', { cooldown: '5s', notifyResolved: true }),
	rule('crossing', over({ fact: 'price' }, 'crossesAbove', 60)),
	rule('held', { holdFor: '4s' }),
	rule('lasting', { keepFiringFor: '7s', remindEvery: '3s', notifyResolved: true }),
	rule('candles', over({ fact: 'rsi', params: { period: 2, interval: '3s' } }, 'lessThan', 40)),
	rule('window', over({ fact: 'movePercent', params: { over: '10s' } }, 'greaterThan', 2)),
	rule('other', over({ fact: 'price', params: { symbol: 'AAPL' } }, 'greaterThan', 61)),
	rule('often', { fire: 'everyMatch', maxPerDay: 9 }),
];

type Row = readonly [price: number, seconds: number, isOther: boolean];

/** Rows some seconds apart, so that the clock has something to tell. */
function tapeOf(rows: readonly Row[]): Trade[] {
	let at = 1_700_000_000_000;
	return rows.map(([price, seconds, isOther], index) => {
		at += seconds * 1_000;
		return trade(index + 1, price, {
			eventAt: epochMs(at),
			...(isOther ? { symbol: 'AAPL', providerSymbol: 'AAPL' } : {}),
		});
	});
}

const rowsOf = fc.array(
	fc.tuple(
		fc.integer({ min: 57, max: 63 }),
		fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 4, max: 20 })),
		fc.boolean(),
	),
	{ minLength: 10, maxLength: 60, size: 'max' },
);

/** The same rules over the same tape, in one piece and without any store. */
async function uninterrupted(tape: readonly Trade[], workflowId: string) {
	const until = tape.at(-1)?.eventAt;
	const alerts = [];
	for await (const alert of replay(tape.map(observe), rules, {
		scope: { workflowId, nodeId: 'trigger' },
		...(until === undefined ? {} : { until }),
	})) {
		alerts.push(await composeLiveAlert(alert));
	}
	return alerts;
}

it('gives the alerts it would have given without crashes, under the same ids, wherever it dies', async () => {
	const coverage = { crashes: 0, stops: 0, alerts: 0, byClock: 0, repeats: 0, again: 0 };
	const kinds = new Set<string>();
	await fc.assert(
		fc.asyncProperty(
			rowsOf,
			fc.integer({ min: 1, max: 7 }),
			fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 12 }),
			fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 4 }),
			async (rows, chunk, deadlySteps, stoppedAt) => {
				const tape = tapeOf(rows);
				const machine = new CrashingAlerts({
					tape,
					rules,
					chunk,
					deadlySteps: new Set(deadlySteps),
					stoppedAt: new Set(stoppedAt),
				});
				await machine.live();
				const expected = await uninterrupted(tape, machine.name);
				const byId = new Map(machine.received.map((item) => [item.alert.id, item]));
				// Word for word, whoever gave it out: what came twice is the same as well.
				for (const item of machine.received) expect(item).toEqual(byId.get(item.alert.id));
				expect([...byId.values()].sort(byAlertId)).toEqual(expected.sort(byAlertId));
				const repeats = machine.received.length - byId.size;
				expect(repeats).toBeLessThanOrEqual(machine.crashes);
				for (const { batch, ids } of machine.runs) {
					expect(machine.runs.find((run) => run.batch === batch)?.ids).toEqual(ids);
				}
				coverage.crashes += machine.crashes;
				coverage.stops += machine.stops;
				coverage.alerts += expected.length;
				coverage.byClock += expected.filter(({ alert }) => alert.eventId.includes('@')).length;
				coverage.repeats += repeats;
				coverage.again += machine.runs.length - new Set(machine.runs.map((run) => run.batch)).size;
				for (const { alert } of expected) kinds.add(`${alert.ruleId} ${alert.state}`);
			},
		),
		{ numRuns: 80 },
	);
	expect(coverage.crashes).toBeGreaterThan(120);
	expect(coverage.stops).toBeGreaterThan(20);
	expect(coverage.alerts).toBeGreaterThan(1_000);
	expect(coverage.byClock).toBeGreaterThan(100);
	expect(coverage.repeats).toBeGreaterThan(2);
	expect(coverage.again).toBeGreaterThan(20);
	expect([...kinds].sort()).toEqual([
		'candles firing',
		'crossing firing',
		'held firing',
		'lasting firing',
		'lasting reminder',
		'lasting resolved',
		'level firing',
		'level resolved',
		'often firing',
		'other firing',
		'window firing',
	]);
}, 120_000);

/** The tape begins at 22:13:20. */
const noises = fc.record(
	{
		groupBy: fc.subarray(['rule', 'symbol']),
		groupWait: fc.constantFrom('0s', '5s', '30s'),
		groupInterval: fc.constantFrom('10s', '1m'),
		silences: fc.constant([{ matchers: ['symbol=AAPL'], until: '2023-11-14T22:16:00Z' }]),
		inhibit: fc.constant([{ source: ['rule=lasting'], target: ['rule=often'] }]),
		quietHours: fc.constant({ intervals: [{ times: [{ from: '22:15', to: '22:17' }] }] }),
		flapping: fc.constant({ maxChanges: 2, window: '1m', calmFor: '30s' }),
		budget: fc.constant({ messages: 3, per: '1m' }),
	},
	{ requiredKeys: [] },
);

it('tells each alert once, alone or with others, or has it in the ledger, wherever it dies', async () => {
	const coverage = { crashes: 0, stops: 0, merged: 0, held: 0, waiting: 0, repeats: 0 };
	await fc.assert(
		fc.asyncProperty(
			rowsOf,
			noises,
			fc.integer({ min: 1, max: 7 }),
			fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 12 }),
			fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 4 }),
			async (rows, noise, chunk, deadlySteps, stoppedAt) => {
				const tape = tapeOf(rows);
				const machine = new CrashingAlerts({
					tape,
					rules,
					chunk,
					deadlySteps: new Set(deadlySteps),
					stoppedAt: new Set(stoppedAt),
					noise: compileNoise(noise),
				});
				await machine.live();
				const expected = await uninterrupted(tape, machine.name);
				const messages = new Map(machine.received.map((item) => [item.alert.id, item]));
				for (const item of machine.received) expect(item).toEqual(messages.get(item.alert.id));
				const told = [...messages.values()].flatMap(({ alert, members }) =>
					(members ?? [{ alert }]).map((member) => member.alert.id),
				);
				expect(new Set(told).size).toBe(told.length);
				const known = new Set(expected.map(({ alert }) => alert.id));
				expect(told.filter((id) => !known.has(id))).toEqual([]);
				const ledger = await machine.ledger();
				const held = ledger.reduce(
					// Of those that were let go, the newest went on.
					(sum, { count, ended }) => sum + (ended?.as === 'released' ? count - 1 : count),
					0,
				);
				expect(told.length + held).toBe(expected.length);
				coverage.crashes += machine.crashes;
				coverage.stops += machine.stops;
				coverage.merged += [...messages.values()].filter(({ members }) => members).length;
				coverage.held += held;
				coverage.waiting += ledger.filter(({ ended }) => ended === undefined).length;
				coverage.repeats += machine.received.length - messages.size;
			},
		),
		{ numRuns: 150 },
	);
	expect(coverage.crashes).toBeGreaterThan(120);
	expect(coverage.stops).toBeGreaterThan(20);
	expect(coverage.merged).toBeGreaterThan(100);
	expect(coverage.held).toBeGreaterThan(100);
	expect(coverage.waiting).toBeGreaterThan(2);
	expect(coverage.repeats).toBeGreaterThan(2);
}, 120_000);

const byAlertId = (one: { alert: { id: string } }, other: { alert: { id: string } }): number =>
	one.alert.id < other.alert.id ? -1 : 1;
