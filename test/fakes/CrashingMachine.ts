import { deliver, retryFor } from '../../core/delivery';
import { observe } from '../../core/facts';
import type { MarketEvent, SourceSink } from '../../core/market';
import type { AlertItem } from '../../core/alerts';
import { judgeBatch, runFeed, type FactColumn, type OpenBatch } from '../../core/pipeline';
import type { Store } from '../../core/ports';
import type { CompiledRule } from '../../core/rules';
import { createMemoryStore } from '../../core/storage';
import { FakeClock } from './FakeClock';
import { fixedRandom } from './fixedRandom';
import { silentLog } from './silentLog';

/** The process is gone: nothing after this ran. */
class Crash extends Error {
	override readonly name = 'Crash';
}

/** An alert in a line: `id rule symbol state time`. */
export const lineOf = ({ id, ruleId, symbol, state, eventAt }: AlertItem['alert']): string =>
	`${id} ${ruleId} ${symbol} ${state} ${eventAt}`;

/** Trigger, rule and output over one store, on a machine that dies when it's told to. */
export class CrashingMachine {
	/** Each alert the receiver got, repeats included; see `lineOf`. */
	readonly received: string[] = [];

	/** Everything the workflow was given, in order. */
	readonly given: MarketEvent[] = [];

	private steps = 0;

	private isOver = false;

	/** Feeds of one owner take turns, and a dead process's feed never ends its turn. */
	private readonly owner = `crash ${Math.floor(performance.now() * 1e6)}`;

	private readonly clock = new FakeClock(1_700_000_000_000, true);

	private readonly kept = createMemoryStore(this.clock);

	constructor(
		private readonly tape: readonly MarketEvent[],
		private readonly maxBatchSize: number,
		/** Steps at which it dies. A step is anything that could be the last. */
		private readonly deadlySteps: ReadonlySet<number>,
		private readonly workflow: {
			readonly rules?: readonly CompiledRule[];
			readonly columns?: readonly FactColumn[];
			readonly whileBusy?: 'gather' | 'conflate';
		},
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

	/** Instruments whose candles stand in the store, beside events since then. */
	async countWholeHistories(): Promise<number> {
		const written = await this.kept.list('history', '');
		return written.filter(({ value }) => !Array.isArray(value)).length;
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
		const { columns = [], whileBusy = 'gather' } = this.workflow;
		await runFeed(
			{
				owner: { workflowId: this.owner, nodeId: 'trigger' },
				columns,
				fingerprint: 'f',
				startedByUser: false,
				maxBatchSize: this.maxBatchSize,
				whileBusy,
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
						for (let row = Number(cursor ?? 0); row < tape.length; row += 1) {
							await sink.accept(tape.slice(row, row + 1), row + 1);
							// A feed that doesn't wait comes in bursts.
							if (whileBusy === 'conflate' && row % 4 === 3) {
								await new Promise((resolve) => setImmediate(resolve));
							}
						}
						const at = clock.now();
						sink.report({ kind: 'ended', source: 'replay', at, since: at, reason: 'over' });
					},
				}),
				run: async (batch) => {
					await this.runWorkflow(batch, store);
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

	private async runWorkflow(batch: OpenBatch, store: Store): Promise<void> {
		this.given.push(...batch.events);
		this.step();
		const entries = batch.events.map((event) => ({
			observation: observe(event),
			standInId: '',
			rules: this.workflow.rules ?? [],
		}));
		const judged = await judgeBatch(entries, { workflowId: 'w', nodeId: 'n' }, store);
		for (const { alert } of judged.flatMap(({ alerts }) => alerts)) {
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
					this.received.push(lineOf(alert));
					this.step(); // it was received, and nobody wrote it down
					return { status: 'sent', receipt: 'HTTP 200' };
				},
				retryFor(1_000),
				{ store, clock: this.clock, timer: this.clock, random: fixedRandom(0.5), log: silentLog() },
			);
		}
	}
}
