import fc from 'fast-check';

import { exponentialBackoff } from '../../../core/resilience';
import { fixedRandom } from '../../fakes/fixedRandom';

const settings = { firstMs: 1_000, factor: 2, maxMs: 30_000 };

function waits(count: number, random: number): number[] {
	let backoff = exponentialBackoff(settings, fixedRandom(random));
	return Array.from({ length: count }, () => {
		const { waitMs } = backoff;
		backoff = backoff.next();
		return waitMs;
	});
}

describe('exponentialBackoff', () => {
	it.each([
		[0, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]],
		[0.5, [750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500]],
		[1, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]],
	])('doubles up to its cap; a draw of %d', (random, expected) => {
		expect(waits(7, random)).toEqual(expected);
	});

	it('stays within its cap when the first wait is above it', () => {
		const backoff = exponentialBackoff({ ...settings, firstMs: 90_000 }, fixedRandom());
		expect(backoff.waitMs).toBe(30_000);
	});

	it('is a value: asking twice for the next gives the same one', () => {
		const backoff = exponentialBackoff(settings, fixedRandom());
		expect(backoff.next().waitMs).toBe(backoff.next().waitMs);
		expect(backoff.waitMs).toBe(1_000);
	});

	it('waits between half and all of what it could', () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(8), (random, at) => {
				const full = waits(at + 1, 1)[at] ?? 0;
				const drawn = waits(at + 1, random)[at] ?? 0;
				expect(drawn).toBeGreaterThanOrEqual(Math.floor(full / 2));
				expect(drawn).toBeLessThanOrEqual(full);
			}),
		);
	});
});
