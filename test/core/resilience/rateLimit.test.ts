import fc from 'fast-check';

import { RateLimit, Turns, withDeadline } from '../../../core/resilience';
import { FakeClock } from '../../fakes/FakeClock';

const open = (capacity = 60, perMs = 60_000) => {
	const clock = new FakeClock(0);
	return { clock, limit: new RateLimit({ capacity, perMs }, { clock, timer: clock }) };
};

describe('RateLimit', () => {
	it('spends what it has at once, and waits for the rest in the order of asking', async () => {
		const { clock, limit } = open();
		const done: string[] = [];
		void limit.spend(50).then(() => done.push('first'));
		void limit.spend(20).then(() => done.push('second'));
		void limit.spend(1).then(() => done.push('third'));
		await clock.advance(0);
		expect(done).toEqual(['first']);
		await clock.advance(9_000);
		expect(done).toEqual(['first']);
		await clock.advance(1_000);
		expect(done).toEqual(['first', 'second']);
		await clock.advance(1_000);
		expect(done).toEqual(['first', 'second', 'third']);
	});

	it('takes the other side’s word for how much was used, when it says more', async () => {
		const { limit } = open();
		limit.hasUsed(55);
		expect(limit.waitFor(5)).toBe(0);
		expect(limit.waitFor(10)).toBe(5_000);
		limit.hasUsed(0);
		expect(limit.waitFor(10)).toBe(5_000);
	});

	it('spends nothing while it is closed', async () => {
		const { clock, limit } = open();
		limit.close(30_000);
		limit.close(10_000);
		let spent = false;
		void limit.spend(1).then(() => (spent = true));
		await clock.advance(29_999);
		expect(spent).toBe(false);
		await clock.advance(1);
		expect(spent).toBe(true);
	});

	it('lets go of whoever stops waiting, without spending for him', async () => {
		const { clock, limit } = open();
		await limit.spend(60);
		const stop = new AbortController();
		const waiting = limit.spend(60, stop.signal);
		await clock.advance(0);
		stop.abort();
		await waiting;
		expect(clock.waiting).toBe(0);
		expect(limit.waitFor(10)).toBe(10_000);
	});

	it('never lets through more than a bucket and its refill', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 5_000 })), {
					maxLength: 40,
				}),
				async (asks) => {
					const { clock, limit } = open();
					const spent: Array<{ at: number; cost: number }> = [];
					for (const [cost, wait] of asks) {
						void limit.spend(cost).then(() => spent.push({ at: clock.now(), cost }));
						await clock.advance(wait);
					}
					for (const { at } of spent) {
						const sum = spent
							.filter((one) => one.at <= at)
							.reduce((total, { cost }) => total + cost, 0);
						expect(sum).toBeLessThanOrEqual(60 + at / 1_000 + 1e-6);
					}
				},
			),
			{ numRuns: 60 },
		);
	});
});

describe('withDeadline', () => {
	it.each([
		['ends in time', 5, { done: 'answer' }],
		['comes too late', 15, 'late'],
	])('says whether work %s, and leaves no timer', async (_, takes, outcome) => {
		const clock = new FakeClock(0);
		const signals: AbortSignal[] = [];
		const work = async (signal: AbortSignal) => {
			signals.push(signal);
			await clock.sleep(takes, signal);
			return 'answer';
		};
		const ending = withDeadline(work, 10, clock);
		await clock.advance(20);
		expect(await ending).toEqual(outcome);
		expect(signals[0]?.aborted).toBe(true);
		expect(clock.waiting).toBe(0);
	});

	it('fails as its work does', async () => {
		const clock = new FakeClock(0);
		const failing = withDeadline(async () => await Promise.reject(new Error('no')), 10, clock);
		await expect(failing).rejects.toThrow('no');
		expect(clock.waiting).toBe(0);
	});
});

describe('Turns', () => {
	it('lets at most so many work at a time, also after one failed', async () => {
		const turns = new Turns(2);
		const clock = new FakeClock(0);
		let atOnce = 0;
		let most = 0;
		const work = async (fails: boolean) => {
			atOnce += 1;
			most = Math.max(most, atOnce);
			await clock.sleep(10);
			atOnce -= 1;
			if (fails) throw new Error('no');
		};
		const all = Promise.allSettled(
			[true, false, true, false, false].map(
				async (fails) => await turns.take(async () => await work(fails)),
			),
		);
		await clock.advance(100);
		expect((await all).map(({ status }) => status)).toEqual([
			'rejected',
			'fulfilled',
			'rejected',
			'fulfilled',
			'fulfilled',
		]);
		expect(most).toBe(2);
	});
});
