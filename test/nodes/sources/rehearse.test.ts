import type { Source } from '../../../core/market';
import { rehearse } from '../../../nodes/sources/rehearse';
import { FakeClock } from '../../fakes/FakeClock';
import { trade } from '../../fakes/events';

/** Gives a trade at each of these times, then keeps still until it's stopped. */
const sourceAt = (times: readonly number[], clock: FakeClock): Source => ({
	run: async (sink, signal) => {
		for (const [row, at] of times.entries()) {
			await clock.sleep(at - clock.now(), signal);
			if (signal.aborted) return;
			await sink.accept([trade(row, 60)], {});
		}
		await clock.sleep(86_400_000, signal);
	},
});

async function rehearseAt(
	times: readonly number[],
	waitMs: number,
	closing = new AbortController(),
) {
	const clock = new FakeClock(0);
	const rehearsing = rehearse(
		sourceAt(times, clock),
		{ name: 'x', isLive: true },
		{ clock, timer: clock },
		closing.signal,
	);
	await clock.advance(waitMs);
	return { clock, ...(await rehearsing) };
}

describe('rehearse', () => {
	it('gathers a little after the first event of a live source', async () => {
		const { events, reports, clock } = await rehearseAt([5_000, 5_100, 6_000, 9_000], 7_000);
		expect(events).toHaveLength(3);
		expect(reports).toEqual([]);
		expect(clock.waiting).toBe(0);
	});

	it('says that nothing came when nothing came for a while', async () => {
		const { events, reports, clock } = await rehearseAt([60_000], 20_000);
		expect(events).toEqual([]);
		expect(reports).toMatchObject([
			{ kind: 'silent', reason: expect.stringMatching(/^No event came within 20 s\. Check/) },
		]);
		expect(clock.waiting).toBe(0);
	});

	it('ends when it is closed', async () => {
		const closing = new AbortController();
		closing.abort();
		const { events } = await rehearseAt([5_000], 0, closing);
		expect(events).toEqual([]);
	});
});
