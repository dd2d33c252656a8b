import fc from 'fast-check';

import { epochMs } from '../../../core/ports';
import { SlidingLimit } from '../../../core/resilience';

const at = (ms: number) => epochMs(1_700_000_000_000 + ms);

describe('SlidingLimit', () => {
	it('lets the first go at once', () => {
		expect(new SlidingLimit([{ count: 1, perMs: 1_000 }]).waitMs(at(0))).toBe(0);
	});

	it('counts from when it was answered: when it arrived is not known', () => {
		const limit = new SlidingLimit([{ count: 1, perMs: 1_000 }]);
		limit.ask(at(0))(at(300));
		expect(limit.waitMs(at(300))).toBe(1_000);
		expect(limit.waitMs(at(1_000))).toBe(300);
		expect(limit.waitMs(at(1_300))).toBe(0);
	});

	it('keeps the narrowest of several', () => {
		const limit = new SlidingLimit([
			{ count: 1, perMs: 1_000 },
			{ count: 3, perMs: 60_000 },
		]);
		for (const second of [0, 1, 2]) limit.ask(at(second * 1_000))(at(second * 1_000));
		expect(limit.waitMs(at(3_000))).toBe(57_000);
	});

	it('rests as long as it was asked to', () => {
		const limit = new SlidingLimit([{ count: 1, perMs: 1_000 }]);
		limit.rest(30_000, at(0));
		limit.rest(5_000, at(0));
		expect(limit.waitMs(at(10_000))).toBe(20_000);
		expect(limit.isFresh(at(10_000))).toBe(false);
		expect(limit.isFresh(at(30_000))).toBe(true);
	});

	it('is fresh again when nothing of the past counts', () => {
		const limit = new SlidingLimit([{ count: 20, perMs: 60_000 }]);
		expect(limit.isFresh(at(0))).toBe(true);
		limit.ask(at(0))(at(0));
		expect([limit.isFresh(at(59_999)), limit.isFresh(at(60_000))]).toEqual([false, true]);
	});

	it('never lets more arrive in a span than allowed, however long each is on its way', () => {
		const span = fc.record({
			count: fc.integer({ min: 1, max: 5 }),
			perMs: fc.integer({ min: 1, max: 100 }),
		});
		const trips = fc.array(fc.tuple(fc.nat(30), fc.nat(30), fc.nat(50)), { maxLength: 60 });
		fc.assert(
			fc.property(fc.array(span, { minLength: 1, maxLength: 3 }), trips, (allowances, all) => {
				const limit = new SlidingLimit(allowances);
				const arrivals: number[] = [];
				let now = 0;
				for (const [there, back, pause] of all) {
					now += pause;
					now += limit.waitMs(at(now));
					const answered = limit.ask(at(now));
					arrivals.push(now + there);
					now += there + back;
					answered(at(now));
				}
				for (const { count, perMs } of allowances) {
					arrivals.forEach((first, index) => {
						const next = arrivals[index + count];
						if (next !== undefined) expect(next - first).toBeGreaterThanOrEqual(perMs);
					});
				}
			}),
		);
	});
});
