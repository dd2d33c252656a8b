import type { EpochMs } from '../ports';
import type { MarketEvent } from './model';

/** Where market data comes from: a tape, a simulation, a provider's socket. */
export interface Source {
	/**
	 * Reads until the tape ends, or for ever; resolves when it ended or `signal` aborted, and has then
	 * released all it held. Failures of the world are reported to the sink and retried inside.
	 * @throws SourceError only for what the user must fix
	 */
	run(sink: SourceSink, signal: AbortSignal): Promise<void>;
}

/** Who listens to a source. */
export interface SourceSink {
	/**
	 * Takes events in order, and the cursor that stands behind the last of them. Resolves when there's
	 * room for more: a source that can wait (a tape) awaits it, one that can't goes on.
	 */
	accept(events: readonly MarketEvent[], cursor: Cursor): Promise<void>;

	/** Takes news about the feed itself. */
	report(report: FeedReport): void;
}

/** Where a source stands: any JSON value it can resume from. */
export type Cursor = unknown;

/** News about a feed, as it stands on the Feed output under `feed`. */
export type FeedReport = {
	readonly kind:
		/** Nothing comes, and we know it. */
		| 'down'
		/** Connected, but nothing has come for too long. */
		| 'silent'
		/** It works again. */
		| 'back'
		/** A tape is over. */
		| 'ended'
		/** A symbol that was asked for and never occurred. */
		| 'unknownSymbol'
		/** The venue halted trading in a symbol, or resumed it. */
		| 'tradingStatus'
		/** Events that were missed and couldn't be fetched; the next one says `gapBefore`. */
		| 'missing'
		/** Past candles can't be fetched for now; facts that are made of them begin with the events. */
		| 'noHistory'
		/** Events that were flagged or came twice; how often, and the first of each kind. */
		| 'doubtful'
		/** Something that couldn't be read; how often, and the first of it. */
		| 'unreadable'
		/** Events that were merged because the workflow was slower than the feed. */
		| 'conflated'
		/** Events outside the sessions that are wanted; how many. */
		| 'outsideSession'
		/** Events that were given to the workflow several times, and failed each time. */
		| 'undelivered'
		/** Alerts that noise control gave up, because it held too many. */
		| 'notTold';
	readonly source: string;
	/** When it was noticed. */
	readonly at: EpochMs;
	/** Since when it has been so. */
	readonly since: EpochMs;
	/** In words a user understands; no secrets. */
	readonly reason: string;
	readonly symbols?: readonly string[];
	readonly count?: number;
	readonly nextAttemptAt?: EpochMs;
	/** What's missing, as the source numbers it: `to` is the first that isn't. */
	readonly missing?: readonly MissingEvents[];
};

export type MissingEvents = {
	readonly symbol: string;
	readonly from: number;
	readonly to: number;
	/** 0 where the source's numbers can't tell. */
	readonly count: number;
};

/** What the user must fix: a setting, a symbol, a key. */
export class SourceError extends Error {
	override readonly name = 'SourceError';

	constructor(
		readonly code: 'invalidSetting' | 'notFound' | 'notAllowed' | 'auth' | 'plan',
		message: string,
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}
