import type { Clock, EpochMs } from '../../ports';
import type { ProviderFailure } from '../ProviderFailure';
import { DoubtCounts } from '../quality';
import type { FeedReport, MissingEvents, SourceSink } from '../Source';
import type { Heard } from '../streaming';

/** Doubts and unreadable frames are told together, this long after the first of them. */
const TELL_AFTER_MS = 60_000;
const MOST_NAMED = 100;

/**
 * What a feed has to say about itself. An outage is told when it begins and when it's over, whatever is tried
 * in between; what concerns many events is gathered and told in one sentence.
 */
export class FeedNews {
	private readonly outages = new Map<
		string,
		{ since: EpochMs; attempts: number; symbols: readonly string[] }
	>();

	private readonly doubts: DoubtCounts;

	private readonly unreadables: DoubtCounts;

	private missing: MissingEvents[] = [];

	private missingBecause = '';

	private leftOut = 0;

	private lost = { count: 0, symbols: new Set<string>() };

	constructor(
		private readonly source: {
			readonly name: string;
			readonly provider: string;
			readonly things: string;
		},
		private readonly sink: SourceSink,
		private readonly clock: Clock,
	) {
		this.doubts = new DoubtCounts(clock);
		this.unreadables = new DoubtCounts(clock);
	}

	/** @param key tells one way in from another: each socket, each kind of poll */
	down(
		key: string,
		symbols: readonly string[],
		failure: ProviderFailure,
		nextAttemptAt: EpochMs,
	): void {
		const known = this.outages.get(key);
		if (known !== undefined) {
			known.attempts += 1;
			return;
		}
		const since = this.clock.now();
		this.outages.set(key, { since, attempts: 1, symbols });
		this.tell('down', since, `${this.source.provider} ${failure.message}`, {
			...named(symbols),
			nextAttemptAt,
		});
	}

	back(key: string): void {
		const outage = this.outages.get(key);
		if (outage === undefined) return;
		this.outages.delete(key);
		const { since, attempts, symbols } = outage;
		const after = inWords(this.clock.now() - since);
		const tries = attempts === 1 ? 'at the first attempt' : `after ${attempts} attempts`;
		this.tell(
			'back',
			since,
			`${this.source.provider} is back after ${after}, ${tries}.`,
			named(symbols),
		);
	}

	get isDown(): boolean {
		return this.outages.size > 0;
	}

	silence({
		fell,
		back,
	}: {
		readonly fell: readonly Heard[];
		readonly back: readonly Heard[];
	}): void {
		if (fell.length > 0) {
			const since = earliest(fell);
			const symbols = fell.map(({ symbol }) => symbol);
			this.tell(
				'silent',
				since,
				`No ${this.source.things} of ${list(symbols)} came from ${this.source.provider} for ${inWords(this.clock.now() - since)}, though it's connected. It goes on listening; a symbol that's hardly traded may be silent for long (Options: Silent After).`,
				named(symbols),
			);
		}
		if (back.length > 0) {
			const since = earliest(back);
			const symbols = back.map(({ symbol }) => symbol);
			this.tell('back', since, `${list(symbols)} can be heard again.`, named(symbols));
		}
	}

	unknownSymbols(symbols: readonly string[], reason: string): void {
		this.tell('unknownSymbol', this.clock.now(), reason, named(symbols));
	}

	/** The venue halts or resumes trading in a symbol. */
	tradingStatus(symbol: string, reason: string): void {
		this.tell('tradingStatus', this.clock.now(), reason, named([symbol]));
	}

	doubt(kind: string, symbol: string, example: string): void {
		this.doubts.add(kind, symbol, example);
	}

	unreadable(symbol: string | undefined, reason: string): void {
		this.unreadables.add('unreadable', symbol, reason);
	}

	missed(missing: MissingEvents, reason: string): void {
		this.missing.push(missing);
		this.missingBecause = reason;
	}

	missedUnseen(): void {
		this.leftOut += 1;
	}

	/** Messages that the provider numbered and we never got; which symbols they were of isn't known. */
	skipped(symbols: readonly string[], count: number): void {
		this.lost.count += count;
		for (const symbol of symbols) this.lost.symbols.add(symbol);
	}

	/** Tells what has gathered. Called every few seconds. */
	look(): void {
		this.tellMissing();
		this.tellLost();
		const { provider, things } = this.source;
		const doubts = this.doubts.take(TELL_AFTER_MS);
		if (doubts !== undefined) {
			this.tell(
				'doubtful',
				doubts.since,
				`Among the ${things} of ${provider}: ${doubts.words}. Flagged ones don't fire rules; duplicates were left out.`,
				{
					...named(doubts.symbols),
					count: doubts.count,
				},
			);
		}
		const odd = this.unreadables.take(TELL_AFTER_MS);
		if (odd !== undefined) {
			this.tell('unreadable', odd.since, `${provider} sent what can't be read: ${odd.words}.`, {
				...named(odd.symbols),
				count: odd.count,
			});
		}
		if (this.leftOut > 0) {
			this.tell(
				'conflated',
				this.clock.now(),
				`The workflow was slower than the feed; ${this.leftOut} ${things} were left out.`,
				{
					count: this.leftOut,
				},
			);
			this.leftOut = 0;
		}
	}

	private tellMissing(): void {
		if (this.missing.length === 0) return;
		const missing = this.missing;
		this.missing = [];
		const count = missing.reduce((sum, one) => sum + one.count, 0);
		const symbols = [...new Set(missing.map(({ symbol }) => symbol))];
		this.tell(
			'missing',
			this.clock.now(),
			`${count === 0 ? `Some ${this.source.things} of ${list(symbols)} may be` : `${count} ${this.source.things} of ${list(symbols)} are`} missing: ${this.missingBecause}. The next of each says gapBefore.`,
			{ ...named(symbols), count, missing: missing.slice(0, MOST_NAMED) },
		);
	}

	private tellLost(): void {
		const { count, symbols } = this.lost;
		if (count === 0) return;
		this.lost = { count: 0, symbols: new Set() };
		const { provider, things } = this.source;
		this.tell(
			'missing',
			this.clock.now(),
			`${count} messages of ${provider} were lost on the way, by its own numbers. ${things === 'quotes' ? 'The next quote of each symbol says gapBefore.' : `The ${things} in them are fetched.`}`,
			{ ...named([...symbols]), count },
		);
	}

	private tell(
		kind: FeedReport['kind'],
		since: EpochMs,
		reason: string,
		more: Partial<FeedReport>,
	): void {
		this.sink.report({
			kind,
			source: this.source.name,
			at: this.clock.now(),
			since,
			reason,
			...more,
		});
	}
}

const named = (symbols: readonly string[]) => ({ symbols: symbols.slice(0, MOST_NAMED) });

const list = (symbols: readonly string[]): string =>
	symbols.length <= 10
		? symbols.join(', ')
		: `${symbols.slice(0, 10).join(', ')} and ${symbols.length - 10} more`;

const earliest = (heard: readonly Heard[]): EpochMs =>
	heard.reduce(
		(least, { since }) => (since < least ? since : least),
		heard[0]?.since ?? (0 as EpochMs),
	);

function inWords(ms: number): string {
	if (ms < 120_000) return `${Math.max(Math.round(ms / 1_000), 0)} s`;
	return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
