import { Lane, type Serve } from '../../../core/delivery/Lane';
import { laneTo } from '../../../core/delivery/laneTo';
import { SlidingLimit } from '../../../core/resilience';
import { FakeClock } from '../../fakes/FakeClock';

const settle = () => new Promise((resolve) => setImmediate(resolve));
const PATIENT = { patienceMs: 600_000 };

type Served = { readonly at: number; readonly jobs: readonly string[] };

/** A lane of one a second, whose turns take what they're told and are written down. */
function open(options: { take?: number; restMs?: number } = {}) {
	const clock = new FakeClock(0);
	const limit = new SlidingLimit([{ count: 1, perMs: 1_000 }]);
	const lane = new Lane<string, string>([limit], { clock, timer: clock });
	const turns: Served[] = [];
	const serve: Serve<string, string> = async (waiting) => {
		const served = waiting.slice(0, options.take ?? waiting.length);
		turns.push({ at: clock.now(), jobs: served });
		const rest = options.restMs === undefined ? {} : { restMs: options.restMs };
		return { served, result: served.join('+'), ...rest };
	};
	return { clock, lane, turns, serve };
}

describe('Lane', () => {
	it('serves who comes alone at once', async () => {
		const { lane, clock, serve, turns } = open();
		const result = lane.join('a', serve, PATIENT);
		await clock.advance(0);
		expect(await result).toBe('a');
		expect(turns).toEqual([{ at: 0, jobs: ['a'] }]);
	});

	it('serves together who comes together, and who waits meanwhile', async () => {
		const { lane, clock, serve, turns } = open();
		const all = ['a', 'b'].map((job) => lane.join(job, serve, PATIENT));
		await clock.advance(0);
		all.push(...['c', 'd', 'e'].map((job) => lane.join(job, serve, PATIENT)));
		await clock.advance(5_000);
		expect(await Promise.all(all)).toEqual(['a+b', 'a+b', 'c+d+e', 'c+d+e', 'c+d+e']);
		expect(turns).toEqual([
			{ at: 0, jobs: ['a', 'b'] },
			{ at: 1_000, jobs: ['c', 'd', 'e'] },
		]);
	});

	it('serves in the order they came, one turn a second', async () => {
		const { lane, clock, serve, turns } = open({ take: 1 });
		const all = ['a', 'b', 'c'].map((job) => lane.join(job, serve, PATIENT));
		await clock.advance(5_000);
		expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
		expect(turns.map(({ at }) => at)).toEqual([0, 1_000, 2_000]);
	});

	it('takes one turn at a time', async () => {
		const { lane, clock, serve, turns } = open();
		let answer: () => void = () => {};
		const slow: Serve<string, string> = async (waiting) => {
			await new Promise<void>((resolve) => (answer = resolve));
			return { served: waiting, result: 'slow' };
		};
		const first = lane.join('a', slow, PATIENT);
		await clock.advance(0);
		const second = lane.join('b', serve, PATIENT);
		await clock.advance(10_000);
		expect(turns).toEqual([]);
		answer();
		expect(await first).toBe('slow');
		await clock.advance(1_000);
		expect(await second).toBe('b');
		expect(turns).toEqual([{ at: 11_000, jobs: ['b'] }]);
	});

	it('leaves the other side alone as long as it asks', async () => {
		const { lane, clock, serve, turns } = open({ restMs: 30_000 });
		const all = [lane.join('a', serve, PATIENT)];
		await clock.advance(0);
		all.push(lane.join('b', serve, PATIENT));
		await clock.advance(60_000);
		await Promise.all(all);
		expect(turns.map(({ at }) => at)).toEqual([0, 30_000]);
	});

	it('tells at once who would wait too long', async () => {
		const { lane, clock, serve, turns } = open({ restMs: 30_000 });
		void lane.join('a', serve, PATIENT);
		await clock.advance(0);
		expect(await lane.join('b', serve, { patienceMs: 29_000 })).toBe('tooLate');
		const patient = lane.join('c', serve, { patienceMs: 31_000 });
		await clock.advance(30_000);
		expect(await patient).toBe('c');
		expect(turns).toHaveLength(2);
	});

	it('lets go of who waits behind others for too long', async () => {
		const { lane, clock, serve } = open({ take: 1 });
		const all = ['a', 'b', 'c'].map((job) => lane.join(job, serve, { patienceMs: 1_500 }));
		await clock.advance(5_000);
		expect(await Promise.all(all)).toEqual(['a', 'b', 'tooLate']);
	});

	it('lets go of who is stopped while waiting', async () => {
		const { lane, clock, serve, turns } = open({ take: 1 });
		const stop = new AbortController();
		const first = lane.join('a', serve, PATIENT);
		const second = lane.join('b', serve, { ...PATIENT, signal: stop.signal });
		await clock.advance(0);
		stop.abort();
		expect([await first, await second]).toEqual(['a', 'stopped']);
		expect(await lane.join('c', serve, { ...PATIENT, signal: stop.signal })).toBe('stopped');
		await clock.advance(5_000);
		expect(turns).toHaveLength(1);
	});

	it('keeps who is stopped in the middle of a turn until it is known whether they were part of it', async () => {
		const { lane, clock } = open();
		const stop = new AbortController();
		let answer: () => void = () => {};
		const takeFirst: Serve<string, string> = async (waiting) => {
			await new Promise<void>((resolve) => (answer = resolve));
			return { served: waiting.slice(0, 1), result: 'sent' };
		};
		const options = { ...PATIENT, signal: stop.signal };
		const all = ['a', 'b'].map((job) => lane.join(job, takeFirst, options));
		await clock.advance(0);
		stop.abort();
		await settle();
		answer();
		expect(await Promise.all(all)).toEqual(['sent', 'stopped']);
	});

	it('hands a bug to whose turn it was, and goes on', async () => {
		const { lane, clock, serve } = open();
		const broken: Serve<string, string> = async () => await Promise.reject(new Error('a bug'));
		const first = lane.join('a', broken, PATIENT);
		const failed = expect(first).rejects.toThrow('a bug');
		const second = lane.join('b', serve, PATIENT);
		await clock.advance(2_000);
		await failed;
		expect(await second).toBe('b');
	});

	it('calls a turn that serves others only a bug', async () => {
		const { lane, clock } = open();
		const none: Serve<string, string> = async () => ({ served: [], result: '' });
		const failed = expect(lane.join('a', none, PATIENT)).rejects.toThrow('serve its first');
		await clock.advance(0);
		await failed;
	});

	it('does not keep a timer when nobody waits any more', async () => {
		const { lane, clock, serve } = open({ restMs: 3_600_000 });
		const stop = new AbortController();
		void lane.join('a', serve, PATIENT);
		await clock.advance(0);
		const waiting = lane.join('b', serve, { patienceMs: 4_000_000, signal: stop.signal });
		await clock.advance(1);
		stop.abort();
		expect(await waiting).toBe('stopped');
		await settle();
		await clock.advance(0);
		expect(lane.isIdle).toBe(false); // it still rests
		await clock.advance(3_600_000);
		expect(lane.isIdle).toBe(true);
	});
});

describe('laneTo', () => {
	const chat = (key: string, shared = 'bot') => ({
		key,
		allowances: [{ count: 1, perMs: 1_000 }],
		shared: { key: shared, allowances: [{ count: 2, perMs: 1_000 }] },
	});

	it('is the same lane whoever asks, another for another destination', () => {
		const clock = new FakeClock(0);
		const ports = { clock, timer: clock };
		expect(laneTo(chat('a'), ports)).toBe(laneTo(chat('a'), { ...ports }));
		expect(laneTo(chat('a'), ports)).not.toBe(laneTo(chat('b'), ports));
	});

	it('keeps the limit that destinations share', async () => {
		const clock = new FakeClock(0);
		const ports = { clock, timer: clock };
		const sentAt: number[] = [];
		const serve: Serve<string, string> = async (waiting) => {
			sentAt.push(clock.now());
			return { served: waiting, result: '' };
		};
		const all = ['a', 'b', 'c', 'd', 'e'].map((key) =>
			laneTo<string, string>(chat(key), ports).join(key, serve, PATIENT),
		);
		await clock.advance(5_000);
		await Promise.all(all);
		expect(sentAt).toEqual([0, 0, 1_000, 1_000, 2_000]);
	});

	it('forgets lanes that have been quiet, keeps those that still count', async () => {
		const clock = new FakeClock(0, true);
		const ports = { clock, timer: clock };
		const lanes = Array.from({ length: 500 }, (_, index) => laneTo(chat(String(index)), ports));
		const serve: Serve<unknown, unknown> = async (waiting) => ({ served: waiting, result: '' });
		await lanes[7]?.join('job', serve, PATIENT);
		laneTo(chat('one more'), ports);
		expect(laneTo(chat('7'), ports)).toBe(lanes[7]);
		expect(laneTo(chat('8'), ports)).not.toBe(lanes[8]);
	});
});
