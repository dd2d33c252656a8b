import {
	FileFailure,
	parseDuration,
	type Clock,
	type EpochMs,
	type FileSource,
	type Log,
	type Timer,
} from '../../../ports';
import { toEventId, toStream } from '../../eventId';
import type { MarketEvent } from '../../model';
import { SourceError, type FeedReport, type Source, type SourceSink } from '../../Source';
import { jsonRows, MalformedJsonError } from './jsonRows';
import { parseRow } from './parseRow';
import { csvRows, ndjsonRows, RowTooLongError, type RawRow } from './rows';
import { TapeReader, type TapeEvent } from './TapeReader';

export type ReplaySettings = {
	readonly path: string;
	/** None: all of the file. */
	readonly symbols: readonly string[];
	readonly pace: 'asFastAsPossible' | 'recorded';
	/** How many times as fast as recorded. */
	readonly speed: number;
	/** Of candles, `1m`; without it, the least distance of two candles of one symbol. */
	readonly candleInterval?: string;
	/** Events handed over at once, when as fast as possible. */
	readonly chunkSize: number;
};

type Ports = {
	readonly clock: Clock;
	readonly timer: Timer;
	readonly files: FileSource;
	readonly log: Log;
};

type ReplayCursor = { readonly play: string; readonly row: number };

const SOURCE = 'replay';

/**
 * A recorded tape: trades or candles from CSV, NDJSON or JSON, read piece by piece, never whole.
 *
 * A row that can't be read is counted and reported, and the rest goes on. A file that breaks off is
 * reported as `down` after the events it held.
 */
export function createReplay(
	settings: ReplaySettings,
	ports: Ports,
	start: { readonly cursor: unknown; readonly play: string },
): Source {
	return {
		async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
			const from = isCursor(start.cursor) ? start.cursor : { play: start.play, row: 0 };
			const tape = new Tape(settings, ports, sink, from, signal);
			try {
				await tape.play();
			} catch (error) {
				if (signal.aborted) return;
				await tape.breakOff(error);
			}
		},
	};
}

class Tape {
	private readonly reader: TapeReader;

	private readonly startedAt: EpochMs;

	private chunk: MarketEvent[] = [];

	private row = 0;

	private givenUpTo = 0;

	/** Tape time and real time of the first event, for a recorded pace. */
	private paceFrom: { readonly tape: number; readonly real: number } | undefined;

	constructor(
		private readonly settings: ReplaySettings,
		private readonly ports: Ports,
		private readonly sink: SourceSink,
		private readonly from: ReplayCursor,
		private readonly signal: AbortSignal,
	) {
		this.startedAt = ports.clock.now();
		const stream = toStream(SOURCE, nameOf(settings.path), from.play);
		this.reader = new TapeReader({
			source: SOURCE,
			symbols: settings.symbols,
			intervalMs:
				settings.candleInterval === undefined ? undefined : parseDuration(settings.candleInterval),
			toId: (row) => toEventId(stream, row),
		});
	}

	async play(): Promise<void> {
		for await (const raw of this.rows()) {
			if (this.signal.aborted) return;
			this.row += 1;
			const parsed = 'row' in raw ? parseRow(raw.row) : raw;
			const events = this.reader.read(parsed, this.row, this.ports.clock.now());
			await this.give(events);
			if (this.reader.unreadable?.count === 1 && 'unreadable' in parsed) {
				this.ports.log.warn(
					`${this.file} has a row that can't be read: ${this.reader.unreadable.first}`,
				);
			}
		}
		await this.give(this.reader.end(this.ports.clock.now()));
		await this.flush();
		if (!this.signal.aborted) this.reportEnd();
	}

	/** Says why the tape ends here, after the events it held. */
	async breakOff(error: unknown): Promise<void> {
		const reason = this.whyBroken(error);
		await this.give(this.reader.end(this.ports.clock.now()));
		await this.flush();
		this.ports.log.error(reason);
		this.reportUnreadable();
		this.report({ kind: 'down', reason });
	}

	private rows(): AsyncIterable<RawRow> {
		const name = this.settings.path.toLowerCase().replace(/\.gz$/, '');
		const bytes = this.ports.files.open(this.settings.path, this.signal);
		if (/\.(?:ndjson|jsonl)$/.test(name)) return ndjsonRows(bytes);
		return name.endsWith('.json') ? jsonRows(bytes) : csvRows(bytes);
	}

	private async give(events: readonly TapeEvent[]): Promise<void> {
		for (const { row, event } of events) {
			// What a resumed play has given already is read for what it says about order only.
			if (row <= this.from.row) continue;
			if (this.settings.pace === 'recorded') await this.waitFor(event);
			if (this.signal.aborted) return;
			this.chunk.push(event);
			this.givenUpTo = row;
			if (this.settings.pace === 'recorded' || this.chunk.length >= this.settings.chunkSize) {
				await this.flush();
			}
		}
	}

	private async flush(): Promise<void> {
		if (this.chunk.length === 0 || this.signal.aborted) return;
		const events = this.chunk;
		this.chunk = [];
		const cursor: ReplayCursor = { play: this.from.play, row: this.givenUpTo };
		await this.sink.accept(events, cursor);
	}

	private async waitFor({ eventAt }: MarketEvent): Promise<void> {
		const now = this.ports.clock.now();
		this.paceFrom ??= { tape: eventAt, real: now };
		const due = this.paceFrom.real + (eventAt - this.paceFrom.tape) / this.settings.speed;
		if (due <= now) return;
		await this.flush();
		await this.ports.timer.sleep(due - now, this.signal);
	}

	private reportEnd(): void {
		this.reportUnreadable();
		const { absent, occurring, count } = this.reader;
		if (absent.length > 0) {
			this.report({
				kind: 'unknownSymbol',
				reason: `${absent.join(', ')} never occurred in the file ${nameOf(this.settings.path)}. There ${occurring.length === 1 ? 'is' : 'are'} ${occurring.slice(0, 10).join(', ') || 'no symbols at all'}${occurring.length > 10 ? ' …' : ''}.`,
				symbols: absent,
			});
		}
		this.report({
			kind: 'ended',
			reason: `${this.file} is over: ${count} events.`,
			count,
		});
	}

	private reportUnreadable(): void {
		const { unreadable } = this.reader;
		if (unreadable === undefined) return;
		this.report({
			kind: 'unreadable',
			reason: `${unreadable.count} ${unreadable.count === 1 ? 'row' : 'rows'} of ${this.file} couldn't be read; the first: ${unreadable.first}.`,
			count: unreadable.count,
		});
	}

	private report(news: Pick<FeedReport, 'kind' | 'reason' | 'symbols' | 'count'>): void {
		this.sink.report({
			source: SOURCE,
			at: this.ports.clock.now(),
			since: this.startedAt,
			...news,
		});
	}

	private whyBroken(error: unknown): string {
		if (error instanceof SourceError) throw error;
		const after = `after row ${this.row} (${this.reader.count} events)`;
		if (error instanceof FileFailure) {
			if (error.reason === 'truncated') {
				return `${this.file} ends in the middle, ${after}: the compressed data breaks off. Fetch it again.`;
			}
			if (error.reason === 'unreadable')
				return `${this.file} can't be read on, ${after}: ${error.message}`;
			throw new SourceError(
				error.reason === 'notAllowed' ? 'notAllowed' : 'notFound',
				error.message,
				{ cause: error },
			);
		}
		if (error instanceof MalformedJsonError || error instanceof RowTooLongError) {
			return `${this.file} can't be read on, ${after}: ${error.message}.`;
		}
		if (isCsvError(error))
			return `${this.file} can't be read on, ${after}: the CSV goes wrong there.`;
		throw error;
	}

	private get file(): string {
		return `The file ${nameOf(this.settings.path)}`;
	}
}

const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

const isCursor = (value: unknown): value is ReplayCursor =>
	typeof value === 'object' &&
	value !== null &&
	typeof (value as ReplayCursor).play === 'string' &&
	Number.isSafeInteger((value as ReplayCursor).row);

const isCsvError = (error: unknown): boolean =>
	/^CSV_/.test((error as { code?: string }).code ?? '');
