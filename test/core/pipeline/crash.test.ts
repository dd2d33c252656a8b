import fc from 'fast-check';

import { deliver, retryFor } from '../../../core/delivery';
import { Instruments, observe } from '../../../core/facts';
import type { SourceSink, Trade } from '../../../core/market';
import {
	advanceWatch,
	judgeBatch,
	runFeed,
	type OpenBatch,
	type WatchStep,
} from '../../../core/pipeline';
import type { Store } from '../../../core/ports';
import { compileRule } from '../../../core/rules';
import { createMemoryStore } from '../../../core/storage';
import { trade } from '../../fakes/events';
import { FakeClock } from '../../fakes/FakeClock';
import { fixedRandom } from '../../fakes/fixedRandom';
import { silentLog } from '../../fakes/silentLog';

/** The process is gone: nothing after this ran. */
class Crash extends Error {
	override readonly name = 'Crash';
}

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

/** Trigger, rule and output over one store, on a machine that dies when it's told to. */
class Machine {
	readonly received: string[] = [];

	private steps = 0;

	private isOver = false;

	private owner = `crash ${Math.floor(performance.now() * 1e6)}`;

	private readonly clock = new FakeClock(1_700_000_000_000, true);

	private readonly kept = createMemoryStore(this.clock);

	constructor(
		private readonly tape: readonly Trade[],
		private readonly maxBatchSize: number,
		/** Steps at which it dies. A step is anything that could be the last. */
		private readonly deadlySteps: ReadonlySet<number>,
	) {}

	/** Runs the tape to its end, starting again after each crash. @returns how often it died */
	async live(): Promise<number> {
		for (let crashes = 0; ; crashes += 1) {
			try {
				await this.run();
				return crashes;
			} catch (error) {
				if (!(error instanceof Crash)) throw error;
				if (this.isOver) return crashes + 1;
			}
		}
	}

	private step(): void {
		this.steps += 1;
		if (this.deadlySteps.has(this.steps)) throw new Crash();
	}

	private get store(): Store {
		return {
			...this.kept,
			commit: async (changes) => {
				this.step(); // before it was written …
				const answer = await this.kept.commit(changes);
				this.step(); // … and after, before anybody knows
				return answer;
			},
		};
	}

	private async run(): Promise<void> {
		const ended = new AbortController();
		const { tape, clock, store } = this;
		await runFeed(
			{
				owner: { workflowId: this.owner, nodeId: 'trigger' },
				fingerprint: 'f',
				startedByUser: false,
				maxBatchSize: this.maxBatchSize,
				whileBusy: 'gather',
				source: 'replay',
			},
			{
				store: async () => store,
				clock,
				timer: clock,
				log: silentLog(),
				showFailure: () => {},
				openSource: ({ cursor }) => ({
					async run(sink: SourceSink) {
						for (const event of tape.slice(Number(cursor ?? 0))) {
							await sink.accept([event], tape.indexOf(event) + 1);
						}
						const at = clock.now();
						sink.report({ kind: 'ended', source: 'replay', at, since: at, reason: 'over' });
					},
				}),
				run: async (batch) => {
					await this.workflow(batch, store);
					if (batch.reports.some(({ kind }) => kind === 'ended')) {
						this.isOver = true; // the last batch went through; dying now costs nothing
						ended.abort();
					}
					return { kind: 'settled' };
				},
			},
			ended.signal,
		);
	}

	private async workflow(batch: OpenBatch, store: Store): Promise<void> {
		this.step();
		const entries = batch.events.map((event) => ({
			observation: observe(event),
			standInId: '',
			rules,
		}));
		const judged = await judgeBatch(entries, { workflowId: this.owner, nodeId: 'rule' }, store);
		for (const { alert } of judged.flatMap(({ alerts }) => alerts)) {
			const line = `${alert.ruleId} ${alert.symbol} ${alert.state} ${alert.eventAt}`;
			this.step();
			await deliver(
				{
					alertId: alert.id,
					channel: 'webhook',
					recipient: 'r',
					test: false,
					subject: { title: 'An alert' },
				},
				async () => {
					this.received.push(`${alert.id} ${line}`);
					this.step(); // it was received, and nobody wrote it down
					return { status: 'sent', receipt: 'HTTP 200' };
				},
				retryFor(1_000),
				{ store, clock: this.clock, timer: this.clock, random: fixedRandom(0.5), log: silentLog() },
			);
		}
	}
}

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
				const machine = new Machine(tape, batchSize, new Set(deadlySteps));
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
