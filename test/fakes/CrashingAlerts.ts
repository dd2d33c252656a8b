import type { AlertItem, HeldRecord, NoisePolicy } from '../../core/alerts';
import { deliver, retryFor } from '../../core/delivery';
import type { MarketEvent, SourceSink } from '../../core/market';
import { runAlerts, type AlertLoad, type OpenBatch } from '../../core/pipeline';
import type { Store, Timer } from '../../core/ports';
import type { CompiledRule } from '../../core/rules';
import { createMemoryStore } from '../../core/storage';
import { FakeClock } from './FakeClock';
import { fixedRandom } from './fixedRandom';
import { silentLog } from './silentLog';

/** The process is gone: nothing after this ran. */
class Crash extends Error {
	override readonly name = 'Crash';
}

export type CrashingAlertsOptions = {
	readonly tape: readonly MarketEvent[];
	readonly rules: readonly CompiledRule[];
	/** Events the source gives in one go. */
	readonly chunk: number;
	/** Steps at which it dies. A step is anything that could be the last. */
	readonly deadlySteps: ReadonlySet<number>;
	/** Steps at which it is stopped in an orderly way, and started again. */
	readonly stoppedAt?: ReadonlySet<number>;
	readonly noise?: NoisePolicy;
};

let machines = 0;

/** The trigger with rules in it, and an output, over one store, on a machine that dies when it's told to. */
export class CrashingAlerts {
	/** Each alert the receiver got, repeats included. */
	readonly received: AlertItem[] = [];

	/** What each run was given, by the number of its batch. */
	readonly runs: Array<{ readonly batch: number; readonly ids: readonly string[] }> = [];

	crashes = 0;

	stops = 0;

	private steps = 0;

	private isOver = false;

	private readonly clock = new FakeClock();

	/** Nobody moves the clock on for those who only let others go first. */
	private readonly timer: Timer = {
		sleep: async (ms, signal) => {
			if (ms > 0) await this.clock.sleep(ms, signal);
			else await new Promise((resolve) => setImmediate(resolve));
		},
	};

	private readonly kept = createMemoryStore(this.clock);

	readonly name = `crashing alerts ${(machines += 1)}`;

	constructor(private readonly options: CrashingAlertsOptions) {}

	/** Runs the tape to its end, starting again after each crash. */
	async live(): Promise<void> {
		while (!this.isOver) {
			try {
				await this.run();
			} catch (error) {
				if (!(error instanceof Crash)) throw error;
				this.crashes += 1;
			}
		}
	}

	/** What noise control held back. */
	async ledger(): Promise<HeldRecord[]> {
		const entries = await this.kept.list('ledger', '');
		return entries.map(({ value }) => value as HeldRecord);
	}

	private async run(): Promise<void> {
		const { tape, rules, chunk, deadlySteps, stoppedAt, noise } = this.options;
		const { clock, kept } = this;
		const stop = new AbortController();
		let isDead = false;
		const step = () => {
			if (isDead) throw new Crash();
			this.steps += 1;
			if (stoppedAt?.has(this.steps) === true && !stop.signal.aborted) {
				this.stops += 1;
				stop.abort();
			}
			isDead = deadlySteps.has(this.steps);
			if (isDead) throw new Crash();
		};
		const store: Store = {
			...kept,
			commit: async (changes) => {
				step(); // before it was written …
				const answer = await kept.commit(changes);
				step(); // … and after, before anybody knows
				return answer;
			},
		};
		const runWorkflow = async (batch: OpenBatch<AlertLoad>) => {
			step();
			this.runs.push({ batch: batch.number, ids: batch.alerts.map(({ alert }) => alert.id) });
			for (const item of batch.alerts) {
				step();
				await deliver(
					{
						alertId: item.alert.id,
						channel: 'webhook',
						recipient: 'r',
						test: false,
						subject: { title: 'An alert' },
					},
					async () => {
						this.received.push(item);
						step(); // it was received, and nobody wrote it down
						return { status: 'sent', receipt: 'HTTP 200' };
					},
					retryFor(1_000),
					{ store, clock, timer: clock, random: fixedRandom(0.5), log: silentLog() },
				);
			}
			if (batch.reports.some(({ kind }) => kind === 'ended')) {
				this.isOver = true;
				stop.abort();
			}
		};
		await runAlerts(
			{
				owner: { workflowId: this.name, nodeId: 'trigger' },
				rules,
				time: 'tape',
				source: 'replay',
				fingerprint: 'f',
				startedByUser: false,
				...(noise === undefined ? {} : { noise }),
			},
			{
				store: async () => store,
				clock,
				timer: this.timer,
				log: silentLog(),
				showFailure: () => {},
				openSource: ({ cursor }) => ({
					async run(sink: SourceSink, signal: AbortSignal) {
						for (let row = Number(cursor ?? 0); row < tape.length; row += chunk) {
							if (signal.aborted) return;
							const events = tape.slice(row, row + chunk);
							await sink.accept(events, row + events.length);
							await clock.advance(4_000); // now and then what changed is written down
						}
						const at = clock.now();
						sink.report({ kind: 'ended', source: 'replay', at, since: at, reason: 'over' });
					},
				}),
				run: async (batch) => {
					await runWorkflow(batch);
					return { kind: 'settled' };
				},
			},
			stop.signal,
		);
	}
}
