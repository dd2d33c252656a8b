import fc from 'fast-check';

import type * as Judge from '../../../../core/rules/evaluateRule';
import { operators } from '../../../../core/rules';
import { compareGates, compareWithPlain } from './compare';
import { GateTally } from './GateTally';
import { desksWith } from './tapes';

/** `GATE_SEED=1 GATE_STREAMS=1000000` looks elsewhere, and longer. A failure names its seed. */
const SEED = Number(process.env['GATE_SEED'] ?? 20_261_125);
const STREAMS = Number(process.env['GATE_STREAMS'] ?? 100_000) / 2;
/** Whether a failure is told as it's found, and not made shorter first. */
const isHasty = process.env['GATE_HASTY'] !== undefined;
/** Of each desk; with 1 a failure is easier to read. */
const TAPES = Number(process.env['GATE_TAPES'] ?? 4);

const mockTally = new GateTally();
/** Listens to the judge as it is. */
jest.mock('../../../../core/rules/evaluateRule', (): typeof Judge => {
	const judge = jest.requireActual<typeof Judge>('../../../../core/rules/evaluateRule');
	return {
		...judge,
		judgeSides: async (rule, sides) => {
			const verdict = await judge.judgeSides(rule, sides);
			mockTally.hear(rule, verdict);
			return verdict;
		},
	};
});

/** @param half of the streams, so that two test files share the work, each with a seed of its own */
export function describeAgreement(half: 0 | 1): void {
	describe('the gate that asks only where something changed', () => describeHalf(SEED + half));
}

function describeHalf(seed: number): void {
	it('gives the alerts of the one that asks always, with the same ids and reasons', async () => {
		const tally = mockTally;
		await fc.assert(
			fc.asyncProperty(desksWith(TAPES), (desk) => compareGates(desk, tally)),
			{ numRuns: STREAMS / TAPES, seed, endOnFailure: isHasty },
		);
		console.info(`seed ${seed}: ${String(tally)}`);
		expect(tally.streams).toBe(STREAMS);
		expect(tally.disagreements).toBe(0);
		const { streams, outcomes } = tally;
		const answers = outcomes.holds + outcomes.fails + outcomes.unknown;
		expect(tally.changing / tally.heard).toBeGreaterThan(0.5);
		expect(tally.telling / streams).toBeGreaterThan(0.5);
		expect(outcomes.unknown / answers).toBeGreaterThan(0.1);
		expect(Math.min(outcomes.holds, outcomes.fails) / answers).toBeGreaterThan(0.2);
		expect(tally.verdictChanges / answers).toBeGreaterThan(0.1);
		// A gate that asked for everything would agree, too.
		expect(tally.spared).toBeGreaterThan(0.2);
		const enough = STREAMS / 1_000;
		const all = [...operators.map(({ name }) => name), ...PARTS];
		expect(all.filter((one) => (tally.times[one] ?? 0) < enough)).toEqual([]);
	}, 900_000);

	it('has one beside it that tells what each rule would by itself', async () => {
		let told = 0;
		await fc.assert(
			fc.asyncProperty(desksWith(TAPES), async (desk) => {
				told += await compareWithPlain(desk);
			}),
			{ numRuns: Math.ceil(STREAMS / TAPES / 20), seed, endOnFailure: isHasty },
		);
		expect(told).toBeGreaterThan(STREAMS / 20);
	}, 300_000);
}

/** What must have been there. */
const PARTS = [
	...['not', 'swap', 'someFact', 'everyFact', 'someValue', 'everyValue'],
	...[
		'event',
		'put',
		'remove',
		'passTime',
		'restore',
		'restored alone',
		'interleaved',
		'drained in batches',
	],
	...['stale', 'implausible', 'gapBefore', 'late', 'older'],
	...['id next', 'id again', 'id none', 'id foreign', 'id anew', 'closed candle', 'running candle'],
	...['fact with fact', 'of another instrument', 'path', 'indicator'],
	...['window of time', 'window of candles', 'named conditions told', 'first sight', 'pulse'],
	...['fails to holds', 'holds to fails', 'fails to unknown', 'unknown to fails'],
	...['holds to unknown', 'unknown to holds', 'held back before'],
	...['onChange', 'everyMatch', 'once', 'oncePerCandle', 'onCandleClose'].map(
		(fire) => `${fire} firing`,
	),
	...['onChange resolved', 'onChange reminder', 'once resolved', 'once reminder'],
	...['firing by the clock', 'resolved by the clock', 'reminder by the clock'],
	...['cooldown', 'holdFor', 'keepFiringFor', 'resetWhen', 'remindEvery', 'maxPerDay'].map(
		(setting) => `${setting} told`,
	),
	...['maxAlerts told', 'schedule told', 'interval told', 'notifyResolved told'],
];
