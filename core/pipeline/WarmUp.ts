import type { CandleNeed, PastCandles } from '../facts';
import {
	failureInWords,
	ProviderFailure,
	SourceError,
	waitAfter,
	type FeedReport,
	type MarketEvent,
	type Source,
} from '../market';
import type { Clock, Log, Timer } from '../ports';
import { exponentialBackoff } from '../resilience';
import { fetchPast, type PastSource } from './fetchPast';
import { listSymbols, WaitingFacts } from './WaitingFacts';

/** What a trigger can know of the time before its first event. */
export type Past = {
	/** What it watches, in our spelling. */
	readonly symbols: readonly string[];
} & (
	| (PastSource & {
			/** It fits only what has no candles yet: a market that makes itself up. */
			readonly onlyAtFirst?: boolean;
	  })
	/** Why there is nothing; a part of a sentence. */
	| { readonly none: string }
);

/** Whoever has facts that are made of candles. */
export type Warmed = {
	needs(symbol: string): readonly CandleNeed[];
	fill(symbol: string, past: PastCandles): void;
};

export type WarmUpPorts = { readonly clock: Clock; readonly timer: Timer; readonly log: Log };

/** Events wait so long for the past of their symbols. */
const MOST_WAIT_MS = 10_000;
/** Requests at the same time; what they cost is the source's budget. */
const AT_ONCE = 4;
const BACKOFF = { firstMs: 5_000, factor: 2, maxMs: 300_000 };
/** The budget spaces those who come back together. */
const NO_JITTER = { next: () => 1 };
type Want = CandleNeed & { readonly symbol: string };

/**
 * Fetches the candles of before the first event, for the facts that are asked of the symbols that are
 * watched; beside the feed, which waits for a symbol's past a while. A network that fails is news once, and
 * is tried again; what the source doesn't have is told in the log.
 */
export class WarmUp {
	private readonly wants: readonly Want[];

	/** Symbols in upper case whose past nobody has asked for yet. */
	private readonly untried: Set<string>;

	/** Those of them that events wait for. */
	private readonly awaited = new Set<string>();

	private wake: Array<() => void> = [];

	private readonly opening = new AbortController();

	private readonly waiting: WaitingFacts;

	/** @param report news of the feed */
	constructor(
		private readonly source: string,
		private readonly past: Past,
		private readonly warmed: Warmed,
		private readonly ports: WarmUpPorts,
		private readonly report: (report: FeedReport) => void,
	) {
		this.waiting = new WaitingFacts(ports.log);
		this.wants = past.symbols.flatMap((symbol) =>
			warmed.needs(symbol).map((need) => ({ ...need, symbol })),
		);
		this.untried = new Set(
			'none' in past ? [] : this.wants.map(({ symbol }) => symbol.toUpperCase()),
		);
		if (this.untried.size === 0) this.open();
	}

	/** The source, with events that wait. In order, whether it waits for its sink or not. */
	hold(source: Source): Source {
		let last = Promise.resolve();
		const inTurn = async (work: () => Promise<void> | void) => {
			const turn = last.then(work);
			last = turn.catch(() => undefined);
			await turn;
		};
		return {
			run: async (sink, signal) => {
				try {
					await source.run(
						{
							accept: async (events, cursor) =>
								await inTurn(async () => {
									await this.ready(events);
									await sink.accept(events, cursor);
								}),
							report: (news) => void inTurn(() => sink.report(news)),
						},
						signal,
					);
				} finally {
					// What it said before it failed may still wait.
					await last;
				}
			},
		};
	}

	/** Resolves when everything was fetched that can be, or `signal` aborts. */
	async run(signal: AbortSignal): Promise<void> {
		const { past } = this;
		if ('none' in past) {
			for (const want of this.wants) this.waiting.note(want, want.known, past.none);
			this.waiting.tell();
			return;
		}
		const stop = () => this.open();
		signal.addEventListener('abort', stop, { once: true });
		const { timer, clock } = this.ports;
		void timer.sleep(MOST_WAIT_MS, this.opening.signal).then(stop);
		let backoff = exponentialBackoff(BACKOFF, NO_JITTER);
		let isTold = false;
		let left = this.wants.filter(({ known }) => past.onlyAtFirst !== true || known === 0);
		while (left.length > 0 && !signal.aborted) {
			const { failed, failure } = await this.tryAll(past, left, signal);
			this.waiting.tell();
			left = failed;
			if (failure === undefined || signal.aborted) break;
			if (!isTold) this.tellFailure(past, failed, failure, clock);
			isTold = true;
			const wait = failure instanceof ProviderFailure ? waitAfter(failure, backoff) : 0;
			await timer.sleep(Math.max(wait, backoff.waitMs), signal);
			backoff = backoff.next();
		}
		if (isTold && !signal.aborted) this.ports.log.info('The missing past candles were fetched.');
		this.open();
		signal.removeEventListener('abort', stop);
	}

	private async tryAll(past: PastSource, wants: readonly Want[], signal: AbortSignal) {
		const queue = [...wants];
		const failed: Want[] = [];
		let failure: Error | undefined;
		const work = async () => {
			for (let want = this.next(queue); want && !signal.aborted; want = this.next(queue)) {
				const error = await this.tryOne(past, want, signal);
				const { symbol } = want;
				if (error !== undefined) {
					failure ??= error;
					// The others would fare the same; they come first the next time.
					if (isForAll(error)) failed.unshift(...queue.splice(0));
					failed.push(want);
					if (isForAll(error)) this.open();
				}
				if (!queue.some((one) => one.symbol === symbol)) this.tried(symbol.toUpperCase());
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, work));
		return { failed, failure };
	}

	/** @returns why it's worth another try */
	private async tryOne(
		past: PastSource,
		want: Want,
		signal: AbortSignal,
	): Promise<Error | undefined> {
		try {
			const fetched = await fetchPast(past, want.symbol, want, signal);
			if (signal.aborted) return undefined;
			if ('none' in fetched) {
				this.waiting.note(want, want.known, fetched.none);
				return undefined;
			}
			this.warmed.fill(want.symbol, fetched.past);
			this.waiting.note(want, Math.max(fetched.past.bars.length, want.known), fetched.why);
			return undefined;
		} catch (error) {
			if (signal.aborted) return undefined;
			const isFinal =
				error instanceof SourceError ||
				(error instanceof ProviderFailure && error.kind === 'symbol');
			if (!isFinal) return error instanceof Error ? error : new Error(String(error));
			const why = failureInWords(past.requests.provider, error);
			this.waiting.note(want, want.known, why.replace(/\.$/, ''));
			return undefined;
		}
	}

	/** Those that events wait for go first. */
	private next(queue: Want[]): Want | undefined {
		const at = queue.findIndex(({ symbol }) => this.awaited.has(symbol.toUpperCase()));
		return queue.splice(Math.max(at, 0), 1)[0];
	}

	private async ready(events: readonly MarketEvent[]): Promise<void> {
		if (this.opening.signal.aborted) return;
		const symbols = new Set(events.map(({ symbol }) => symbol.toUpperCase()));
		for (const symbol of symbols) this.awaited.add(symbol);
		const mustWait = () => [...symbols].some((symbol) => this.untried.has(symbol));
		while (!this.opening.signal.aborted && mustWait()) {
			await new Promise<void>((resolve) => this.wake.push(resolve));
		}
	}

	private tried(symbol: string): void {
		this.untried.delete(symbol);
		if (this.untried.size === 0) this.open();
		this.wakeAll();
	}

	/** Nobody waits any longer. */
	private open(): void {
		this.opening.abort();
		this.wakeAll();
	}

	private wakeAll(): void {
		for (const wake of this.wake.splice(0)) wake();
	}

	private tellFailure(
		{ requests }: PastSource,
		failed: readonly Want[],
		failure: Error,
		clock: Clock,
	): void {
		const symbols = [...new Set(failed.map(({ symbol }) => symbol))];
		const why = failureInWords(requests.provider, failure);
		const reason = `Past candles of ${listSymbols(symbols)} can't be fetched: ${why} It's tried again; until then their candles begin with the trigger's start.`;
		const at = clock.now();
		this.ports.log.warn(reason);
		this.report({
			kind: 'noHistory',
			source: this.source,
			at,
			since: at,
			reason,
			symbols: symbols.slice(0, 100),
			count: symbols.length,
		});
	}
}

/** Whether another request would fail, too: all but an answer that can't be read. */
const isForAll = (error: Error): boolean =>
	error instanceof ProviderFailure && error.kind !== 'schema' && error.kind !== 'request';
