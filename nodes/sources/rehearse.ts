import type { FeedReport, MarketEvent, Source } from '../../core/market';
import { epochMs, type Clock, type Timer } from '../../core/ports';

/** Events that a test-run in the editor shows at most. */
const MOST_EVENTS = 100;
/** How long it waits for a source that goes on for ever, and gathers after its first event. */
export const REHEARSAL_MS = 20_000;
const GATHER_MS = 1_500;

export type Rehearsal = {
	readonly events: readonly MarketEvent[];
	readonly reports: readonly FeedReport[];
};

/**
 * The first events of a source, for a test-run. A source that may keep still is waited for a while; then there
 * is at least the news that nothing came.
 *
 * @throws SourceError what the user must fix
 */
export async function rehearse(
	source: Source,
	{ name, isLive }: { readonly name: string; readonly isLive: boolean },
	ports: { readonly clock: Clock; readonly timer: Timer },
	closing: AbortSignal,
): Promise<Rehearsal> {
	const events: MarketEvent[] = [];
	const reports: FeedReport[] = [];
	const enough = new AbortController();
	const stop = () => enough.abort();
	closing.addEventListener('abort', stop, { once: true });
	if (closing.aborted) stop();
	const stopAfter = async (ms: number): Promise<void> => {
		await ports.timer.sleep(ms, enough.signal);
		stop();
	};
	if (isLive) void stopAfter(REHEARSAL_MS);
	const sink = {
		accept: async (given: readonly MarketEvent[]) => {
			if (isLive && events.length === 0) void stopAfter(GATHER_MS);
			events.push(...given.slice(0, MOST_EVENTS - events.length));
			if (!isLive || events.length >= MOST_EVENTS) stop();
		},
		report: (report: FeedReport) => void reports.push(report),
	};
	try {
		await source.run(sink, enough.signal);
	} finally {
		stop();
		closing.removeEventListener('abort', stop);
	}
	if (isLive && events.length === 0) reports.push(nothingCame(name, ports.clock));
	return { events, reports };
}

function nothingCame(source: string, clock: Clock): FeedReport {
	const at = clock.now();
	return {
		kind: 'silent',
		source,
		at,
		since: epochMs(at - REHEARSAL_MS),
		reason: `No event came within ${REHEARSAL_MS / 1_000} s. Check the symbols, and that this server can reach the source.`,
	};
}
