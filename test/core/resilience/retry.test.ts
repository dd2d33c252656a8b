import { retry, type Attempt } from '../../../core/resilience';
import { FakeClock } from '../../fakes/FakeClock';
import { fixedRandom } from '../../fakes/fixedRandom';

type Script = Attempt<string, string>;

const done: Script = { done: 'receipt' };
const again = (failed = 'busy', retryAfterMs?: number): Script => ({
	failed,
	again: true,
	...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const never = (failed = 'refused'): Script => ({ failed, again: false });

const policy = { firstMs: 1_000, factor: 2, maxMs: 30_000, deadlineMs: 10_000 };

/** Plays the attempts; the last one repeats. */
async function play(script: readonly Script[], deadlineMs = policy.deadlineMs) {
	const clock = new FakeClock(0, true);
	let tries = 0;
	const end = await retry<string, string>(
		async () => script[Math.min(tries++, script.length - 1)] ?? done,
		{ ...policy, deadlineMs },
		{ clock, timer: clock, random: fixedRandom() },
	);
	return { end, slept: clock.slept, tries };
}

describe('retry', () => {
	it.each<[string, Script[], number[], object]>([
		['works at once', [done], [], { tries: 1, done: 'receipt' }],
		[
			'works the third time',
			[again(), again(), done],
			[1_000, 2_000],
			{ tries: 3, done: 'receipt' },
		],
		['is not worth another try', [never()], [], { tries: 1, failed: 'refused' }],
		['stops being worth one', [again(), never()], [1_000], { tries: 2, failed: 'refused' }],
		[
			'is asked to wait longer',
			[again('busy', 5_000), done],
			[5_000],
			{ tries: 2, done: 'receipt' },
		],
		['is asked to wait less', [again('busy', 10), done], [1_000], { tries: 2, done: 'receipt' }],
		[
			'is asked to wait past the deadline',
			[again('busy', 10_001)],
			[],
			{ tries: 1, failed: 'busy' },
		],
		[
			'is asked to wait to the deadline',
			[again('busy', 10_000), done],
			[10_000],
			{ tries: 2, done: 'receipt' },
		],
		[
			'never works',
			[again('first'), again('then')],
			[1_000, 2_000, 4_000],
			{ tries: 4, failed: 'then' },
		],
	])('%s', async (_, script, slept, end) => {
		const played = await play(script);
		expect(played.end).toEqual(end);
		expect(played.slept).toEqual(slept);
	});

	it('tries once when there is no time at all', async () => {
		expect((await play([again()], 0)).end).toEqual({ tries: 1, failed: 'busy' });
	});

	it('counts the time that tries take', async () => {
		const clock = new FakeClock(0, true);
		const end = await retry<string, string>(
			async () => {
				await clock.sleep(6_000);
				return again();
			},
			policy,
			{ clock, timer: clock, random: fixedRandom() },
		);
		expect(end).toEqual({ tries: 2, failed: 'busy' });
	});

	it('lets an abort cut a wait short, and keeps the last failure', async () => {
		const clock = new FakeClock(0);
		const stop = new AbortController();
		let tries = 0;
		const running = retry<string, string>(
			async () => {
				tries += 1;
				return again();
			},
			policy,
			{ clock, timer: clock, random: fixedRandom() },
			stop.signal,
		);
		await clock.advance(0);
		expect(clock.waiting).toBe(1);
		stop.abort();
		expect(await running).toEqual({ tries: 1, failed: 'busy' });
		expect(tries).toBe(1);
	});

	it('does not catch what a try throws', async () => {
		const clock = new FakeClock(0, true);
		const broken = retry<string, string>(
			async () => {
				throw new TypeError('a bug');
			},
			policy,
			{ clock, timer: clock, random: fixedRandom() },
		);
		await expect(broken).rejects.toThrow('a bug');
	});
});
