import { keyOf, type AlertItem, type AlertKey, type HeldRecord } from '../alerts';
import type { FeedReport } from '../market';
import { epochMs, type Change, type EpochMs } from '../ports';
import { EventQueue, type Batch } from './EventQueue';
import { givenUp, HandOver, inNews } from './HandOver';
import { explainGivenUp } from './heldLedger';
import type { CursorRecord, OpenBatch } from './journal';
import { keepChanges, mergeKept, nothingKept, type KeptWatches } from './keptWatches';
import { composeLiveAlert, type LiveAlert } from './LiveAlert';
import type { Play } from './play';
import { pruneStore, refreshStates } from './pruneStore';
import type { NoiseTime, Quietened, Quietening } from './Quietening';
import { readSource } from './readSource';
import type { AlertLoad, AlertPorts, AlertSettings } from './runAlerts';
import { WaitingBatches } from './WaitingBatches';
import { WarmUp } from './WarmUp';
import { WatchedRules } from './WatchedRules';
import { isOn } from './watchState';
import { withStore } from './withStore';

/** Events judged in one go, before anybody else gets a turn. */
const EVENTS_AT_ONCE = 500;
/** Texts made in one go. */
const COMPOSED_AT_ONCE = 50;
/** Alerts and news at most in one execution. */
const MOST_IN_BATCH = 1_000;
/** How often what changed is written down while nothing is told. */
const SNAPSHOT_EVERY_MS = 10_000;
/** How often it's looked after states that nothing happened to. */
const REFRESH_EVERY_MS = 86_400_000;
/** Timers of weeks run over. */
const LONGEST_SLEEP_MS = 3_600_000;

const NOTHING: Batch = { events: [], reports: [], cursor: undefined, histories: [] };

/** One run of a trigger that judges what its source says. */
export class AlertWatch {
	private readonly queue: EventQueue;

	private readonly rules: WatchedRules;

	private readonly waiting: WaitingBatches<AlertLoad>;

	private readonly handOver: HandOver<AlertLoad>;

	private readonly warmUp: WarmUp | undefined;

	/** Alerts that were on when it began. */
	private readonly wasOn: ReadonlySet<string>;

	private record: CursorRecord;

	/** What changed and was looked at already. */
	private unwritten = nothingKept;

	/** Since when something has changed that isn't written down. */
	private unwrittenSince: EpochMs | undefined;

	/** The store was out when the trigger was closed: what's written is of one moment, and stays so. */
	private isCutOff = false;

	private refreshedAt = 0;

	private taking: Promise<Batch | undefined> | undefined;

	constructor(
		private readonly settings: AlertSettings,
		private readonly ports: AlertPorts,
		private readonly play: Play<AlertLoad>,
		kept: KeptWatches,
		private readonly noise: Quietening | undefined,
		private readonly signal: AbortSignal,
	) {
		const { source, time } = settings;
		const { journal, batches, record } = play;
		const whileBusy = time === 'tape' ? 'gather' : 'conflateWhenFull';
		this.queue = new EventQueue({ source, maxBatchSize: EVENTS_AT_ONCE, whileBusy }, ports.clock);
		this.rules = new WatchedRules(settings, kept, ports.log);
		this.wasOn = new Set(kept.watches.filter(({ state }) => isOn(state)).map(keyOf));
		this.waiting = new WaitingBatches(journal, batches, MOST_IN_BATCH, sizeOf);
		this.handOver = new HandOver(journal, ports, (batch) => this.giveUp(batch), signal);
		const { past } = settings;
		this.warmUp =
			past && new WarmUp(source, past, this.rules, ports, (report) => this.queue.report(report));
		this.record = record;
	}

	async run(): Promise<void> {
		const { cursor, ended, play } = this.record;
		const opened = this.ports.openSource({ cursor, play });
		const source = this.warmUp?.hold(opened) ?? opened;
		const over = new AbortController();
		await readSource(ended ? undefined : source, this.queue, this.signal, async () => {
			await Promise.all([
				this.judgeAll().finally(() => {
					this.waiting.close();
					over.abort();
				}),
				this.handOverAll().finally(() => this.queue.close()),
				this.warmUp?.run(over.signal),
			]);
		});
		if (!this.isCutOff) await this.snapshot({ ...this.record, closed: true });
	}

	private async judgeAll(): Promise<void> {
		await this.endUnseen();
		while (!this.isCutOff) {
			const batch = await this.next();
			if (batch === undefined) return;
			const { events, reports, cursor } = batch;
			const now = this.ports.clock.now();
			const isOver = reports.some(({ kind }) => kind === 'ended');
			const told = await this.rules.judge(events, now);
			const last = isOver ? await this.rules.end() : [];
			const composed = await this.compose([...told, ...last]);
			const { told: alerts, changes, givenUp } = this.quieten(composed, now, isOver);
			const news = [...reports, ...this.tellOf(givenUp)];
			if (events.length > 0) this.unwrittenSince ??= now;
			const record = {
				...this.record,
				cursor: cursor ?? this.record.cursor,
				ended: this.record.ended || isOver,
			};
			if (alerts.length + news.length + changes.length > 0) {
				await this.write(record, { alerts, reports: news }, changes);
			} else if (this.snapshotAt <= now) await this.snapshot(record);
			else this.record = record;
			if (now - this.refreshedAt >= REFRESH_EVERY_MS) await this.refresh(now);
			if (events.length >= EVENTS_AT_ONCE) await this.ports.timer.sleep(0, this.signal);
		}
	}

	/** Texts take longer than judging: of many, others get a turn in between. */
	private async compose(told: readonly LiveAlert[]): Promise<AlertItem[]> {
		const alerts: AlertItem[] = [];
		for (const [index, alert] of told.entries()) {
			if (index > 0 && index % COMPOSED_AT_ONCE === 0) {
				await this.ports.timer.sleep(0, this.signal);
			}
			alerts.push(await composeLiveAlert(alert));
		}
		return alerts;
	}

	/** What is held back is written down as well, with the states it came from. */
	private quieten(alerts: readonly AlertItem[], now: EpochMs, isOver: boolean): Quietened {
		if (this.noise === undefined) return { told: alerts, changes: [], givenUp: [] };
		const isLast = isOver && this.settings.time === 'tape';
		const untold = this.endedUntold(alerts, this.noise);
		return this.noise.advance(alerts, untold, this.noiseTime(now), isLast);
	}

	/** What ended without being told; where nobody waits for an end, nobody looks. */
	private endedUntold(alerts: readonly AlertItem[], { known }: Quietening): AlertKey[] {
		if (alerts.length === 0 && known.size === 0) return [];
		const changed = this.rules.takeChanges();
		this.unwritten = mergeKept(this.unwritten, changed);
		const over = changed.watches.filter(({ state }) => !isOn(state)).map(keyOf);
		const last = new Map(alerts.map(({ alert }) => [keyOf(alert), alert.state]));
		// What began and ended in here is among them; what was told as over isn't.
		return over.filter((key) => last.get(key) !== 'resolved');
	}

	/** Where nothing has been heard yet the feed's time isn't known, and what waits needn't wait for that. */
	private noiseTime(now: EpochMs): NoiseTime {
		const notAfter = this.settings.time === 'wall' ? now : undefined;
		return { upTo: this.rules.heardUpTo(now) ?? notAfter, notAfter };
	}

	/** Ends that nobody saw: of rules that aren't there any more, or are others now. */
	private async endUnseen(): Promise<void> {
		if (this.noise === undefined) return;
		const over = [...this.noise.known].filter((key) => !this.wasOn.has(key));
		const at = this.noiseTime(this.ports.clock.now());
		const { told: alerts, changes, givenUp } = this.noise.advance([], over, at);
		if (alerts.length + changes.length > 0) {
			await this.write(this.record, { alerts, reports: this.tellOf(givenUp) }, changes);
		}
	}

	/** A calm bot, never a silent one. */
	private tellOf(givenUp: readonly HeldRecord[]): FeedReport[] {
		if (givenUp.length === 0) return [];
		const now = this.ports.clock.now();
		const report: FeedReport = {
			kind: 'notTold',
			source: this.settings.source,
			at: now,
			since: epochMs(Math.min(...givenUp.map(({ since }) => since))),
			reason: explainGivenUp(givenUp),
			symbols: [...new Set(givenUp.map(({ alert }) => alert.symbol))].slice(0, 100),
			count: givenUp.length,
		};
		this.ports.log.error(report.reason);
		return [report];
	}

	private async handOverAll(): Promise<void> {
		while (!this.signal.aborted) {
			const batch = await this.waiting.take();
			if (batch === undefined) return;
			await this.handOver.give(batch);
		}
	}

	/** What the source said, or nothing when it's time for the clock; `undefined` when it's over. */
	private async next(): Promise<Batch | undefined> {
		this.taking ??= this.queue.take();
		const now = this.ports.clock.now();
		const wakeAt = Math.min(
			this.rules.wakeAt(this.noise?.nextDueAt) ?? Infinity,
			this.snapshotAt,
			now + LONGEST_SLEEP_MS,
		);
		const awake = new AbortController();
		const sleeping = this.ports.timer.sleep(Math.max(wakeAt - now, 0), awake.signal);
		const batch = await Promise.race([this.taking, sleeping.then(() => NOTHING)]);
		awake.abort();
		if (batch !== NOTHING) this.taking = undefined;
		return batch;
	}

	private get snapshotAt(): number {
		return (this.unwrittenSince ?? Infinity) + SNAPSHOT_EVERY_MS;
	}

	/** Alerts, the states they came from and the cursor behind them, together. */
	private async write(
		record: CursorRecord,
		load: AlertLoad,
		more: readonly Change[],
	): Promise<void> {
		const changes = [...this.takeChanges(), ...more];
		const written = await this.withStore(
			async () => await this.waiting.write(inPieces(load), record, changes),
		);
		this.isCutOff = written === undefined;
		this.record = written ?? this.record;
		this.unwrittenSince = undefined;
	}

	private async snapshot(record: CursorRecord): Promise<void> {
		const { journal } = this.play;
		const changes = this.takeChanges();
		const written = await this.withStore(async () => {
			await journal.writeCursor(record, changes);
			return true;
		});
		this.isCutOff = written === undefined;
		if (this.isCutOff) return;
		this.record = record;
		this.unwrittenSince = undefined;
		await this.withStore(async () => await pruneStore(journal.store, this.ports.clock));
	}

	private async refresh(now: EpochMs): Promise<void> {
		const { journal } = this.play;
		this.refreshedAt = now;
		await this.withStore(
			async () => await refreshStates(journal.key, journal.store, this.ports.clock),
		);
	}

	private takeChanges(): Change[] {
		const kept = mergeKept(this.unwritten, this.rules.takeChanges());
		this.unwritten = nothingKept;
		return keepChanges(this.play.journal.key, kept);
	}

	private giveUp(batch: OpenBatch<AlertLoad>): void {
		const { alerts, number } = batch;
		if (alerts.length === 0) {
			// News about news that isn't taken would go round for ever.
			this.ports.log.error(givenUp(inNews(batch.reports.length), batch), { batch: number });
			return;
		}
		const now = this.ports.clock.now();
		const report: FeedReport = {
			kind: 'undelivered',
			source: this.settings.source,
			at: now,
			since: epochMs(alerts[0]?.alert.eventAt ?? now),
			reason: givenUp(`${alerts.length} alerts`, batch),
			symbols: [...new Set(alerts.map(({ alert }) => alert.symbol))].slice(0, 100),
			count: alerts.length,
		};
		this.ports.log.error(report.reason, { batch: number });
		this.queue.report(report);
	}

	private async withStore<T>(work: () => Promise<T>): Promise<T | undefined> {
		return await withStore(this.ports, this.signal, work);
	}
}

/** Small enough for a batch each; news comes behind the alerts. */
function inPieces({ alerts, reports }: AlertLoad): AlertLoad[] {
	const count = Math.ceil((alerts.length + reports.length) / MOST_IN_BATCH);
	return Array.from({ length: count }, (_, piece) => ({
		alerts: alerts.slice(piece * MOST_IN_BATCH, (piece + 1) * MOST_IN_BATCH),
		reports: piece === count - 1 ? reports : [],
	}));
}

const sizeOf = ({ alerts, reports }: AlertLoad): number => alerts.length + reports.length;
