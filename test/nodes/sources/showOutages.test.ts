import type { FeedReport, Source, SourceSink } from '../../../core/market';
import { epochMs } from '../../../core/ports';
import { showOutages } from '../../../nodes/sources/showOutages';
import { CollectingSink } from '../../fakes/CollectingSink';
import { FakeClock } from '../../fakes/FakeClock';

const news = (kind: FeedReport['kind'], since: number): FeedReport => ({
	kind,
	source: 'x',
	at: epochMs(since),
	since: epochMs(since),
	reason: `${kind} since ${since}`,
});

async function setUp() {
	const clock = new FakeClock(0);
	const stop = new AbortController();
	const sink = new CollectingSink();
	const shown: string[] = [];
	let report: SourceSink['report'] = () => {};
	const source: Source = {
		run: async (inner, signal) => {
			report = (one) => inner.report(one);
			await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
		},
	};
	const running = showOutages(source, clock, ({ reason }) => void shown.push(reason)).run(
		sink,
		stop.signal,
	);
	const close = async () => {
		stop.abort();
		await running;
	};
	return { clock, sink, shown, close, report: (one: FeedReport) => report(one) };
}

describe('showOutages', () => {
	it('shows an outage that lasts, once', async () => {
		const { clock, sink, shown, close, report } = await setUp();
		report(news('down', 1));
		await clock.advance(60_000);
		report(news('back', 1));
		await clock.advance(60_000);
		await close();
		expect(shown).toEqual(['down since 1']);
		expect(sink.reports).toHaveLength(2);
	});

	it('shows none that is over soon, and nothing after it was closed', async () => {
		const { clock, shown, close, report } = await setUp();
		report(news('down', 1));
		await clock.advance(5_000);
		report(news('back', 1));
		report(news('down', 2));
		await close();
		await clock.advance(60_000);
		expect(shown).toEqual([]);
		expect(clock.waiting).toBe(0);
	});

	it('tells one socket’s outage from another’s', async () => {
		const { clock, shown, close, report } = await setUp();
		report(news('down', 1));
		report(news('down', 2));
		report(news('back', 1));
		await clock.advance(60_000);
		await close();
		expect(shown).toEqual(['down since 2']);
	});
});
