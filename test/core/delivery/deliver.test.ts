import {
	deliver,
	retryFor,
	type Delivery,
	type DeliveryPorts,
	type SendResult,
} from '../../../core/delivery';
import { StoreError, type Change, type Store } from '../../../core/ports';
import { createMemoryStore } from '../../../core/storage';
import { FakeClock } from '../../fakes/FakeClock';
import { fixedRandom } from '../../fakes/fixedRandom';
import { silentLog } from '../../fakes/silentLog';

const DAY_MS = 86_400_000;

const toShop: Delivery = {
	alertId: 'alert-1',
	channel: 'email',
	recipient: 'me@example.com',
	test: false,
	subject: { ruleId: 'shop-cheap', symbol: 'SHOP', title: 'Time to buy SHOP!' },
};
const sent: SendResult = { status: 'sent', receipt: '250 OK' };
const busy: SendResult = { status: 'failed', reason: 'serverError', message: 'Busy.', again: true };
const refused: SendResult = { status: 'failed', reason: 'refused', message: 'No.', again: false };

/** A sender that plays its results, the last one again and again, and counts. */
function sender(...script: SendResult[]) {
	const send = async (): Promise<SendResult> => {
		const result = script[Math.min(send.calls, script.length - 1)] ?? sent;
		send.calls += 1;
		return result;
	};
	send.calls = 0;
	return send;
}

/** A sender that answers when told. */
function slowSender() {
	let answer: (result: SendResult) => void = () => {};
	const send = (): Promise<SendResult> => {
		send.calls += 1;
		return new Promise((resolve) => (answer = resolve));
	};
	send.calls = 0;
	return { send, answer: (result: SendResult) => answer(result) };
}

function open(more: { store?: (store: Store) => Store; autoAdvance?: boolean } = {}) {
	const clock = new FakeClock(1_700_000_000_000, more.autoAdvance ?? true);
	const memory = createMemoryStore(clock);
	const store = more.store?.(memory) ?? memory;
	const log = silentLog();
	const ports: DeliveryPorts = { store, clock, timer: clock, random: fixedRandom(), log };
	return { clock, memory, log, ports };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const policy = retryFor(120_000);

describe('deliver', () => {
	it('sends, and writes down when, to whom and after how many tries', async () => {
		const { ports, memory, clock } = open();
		const outcome = await deliver(toShop, sender(busy, sent), policy, ports);
		expect(outcome).toEqual({
			status: 'delivered',
			to: 'm…@example.com',
			at: clock.now(),
			attempts: 2,
			receipt: '250 OK',
		});
		const [entry] = await memory.list('delivery', '');
		expect(entry?.value).toEqual({
			alertId: 'alert-1',
			channel: 'email',
			subject: toShop.subject,
			delivered: outcome,
		});
	});

	it('skips what was delivered before, with the earlier outcome', async () => {
		const { ports, clock } = open();
		const first = await deliver(toShop, sender(sent), policy, ports);
		await clock.advance(60_000);
		const again = sender(sent);
		expect(await deliver(toShop, again, policy, ports)).toEqual({ ...first, repeated: true });
		expect(again.calls).toBe(0);
	});

	it.each<[string, Partial<Delivery>]>([
		['another alert', { alertId: 'alert-2' }],
		['another channel', { channel: 'webhook' }],
		['another recipient', { recipient: 'you@example.com' }],
	])('sends to %s all the same', async (_, other) => {
		const { ports } = open();
		await deliver(toShop, sender(sent), policy, ports);
		const send = sender(sent);
		expect(await deliver({ ...toShop, ...other }, send, policy, ports)).toMatchObject({
			attempts: 1,
		});
		expect(send.calls).toBe(1);
	});

	it('keeps keys apart that only look alike', async () => {
		const { ports } = open();
		await deliver({ ...toShop, alertId: 'a/email', channel: 'x' }, sender(sent), policy, ports);
		const send = sender(sent);
		await deliver({ ...toShop, alertId: 'a', channel: 'email/x' }, send, policy, ports);
		expect(send.calls).toBe(1);
	});

	it('writes down what failed, and why; a later run tries it anew', async () => {
		const { ports, memory, clock } = open();
		const failed = {
			status: 'failed',
			to: 'm…@example.com',
			reason: 'refused',
			message: 'No.',
			attempts: 1,
		};
		expect(await deliver(toShop, sender(refused), policy, ports)).toEqual(failed);
		const [entry] = await memory.list('delivery', '');
		expect(entry?.value).toMatchObject({ failed: { ...failed, at: clock.now() } });
		expect(await deliver(toShop, sender(sent), policy, ports)).toMatchObject({
			status: 'delivered',
		});
		const [now] = await memory.list('delivery', '');
		expect(now?.value).not.toHaveProperty('failed');
	});

	it('sends again what was delivered, when told to', async () => {
		const { ports } = open();
		await deliver(toShop, sender(sent), policy, ports);
		const send = sender(sent);
		expect(await deliver({ ...toShop, again: true }, send, policy, ports)).not.toHaveProperty(
			'repeated',
		);
		expect(send.calls).toBe(1);
	});

	it('still skips what was delivered after sending it again has failed', async () => {
		const { ports, memory } = open();
		const first = await deliver(toShop, sender(sent), policy, ports);
		await deliver({ ...toShop, again: true }, sender(refused), policy, ports);
		const [entry] = await memory.list('delivery', '');
		expect(entry?.value).toMatchObject({ delivered: first, failed: { reason: 'refused' } });
		const send = sender(sent);
		expect(await deliver(toShop, send, policy, ports)).toEqual({ ...first, repeated: true });
		expect(send.calls).toBe(0);
	});

	it('skips what an earlier release wrote down', async () => {
		const { ports, memory } = open();
		const first = await deliver(toShop, sender(sent), policy, ports);
		const [entry] = await memory.list('delivery', '');
		const key = entry?.key ?? '';
		await memory.commit([{ put: { space: 'delivery', key, value: first } }]);
		const send = sender(sent);
		expect(await deliver(toShop, send, policy, ports)).toEqual({ ...first, repeated: true });
		expect(send.calls).toBe(0);
	});

	it('says what failed, and that this was not written down', async () => {
		const { ports, log } = open({
			store: (store) => ({
				...store,
				commit: async () => {
					throw new StoreError('full', 'The store has no room.');
				},
			}),
		});
		expect(await deliver(toShop, sender(refused), policy, ports)).toMatchObject({
			status: 'failed',
			reason: 'refused',
		});
		expect(log.said.join()).toMatch(/could not be sent by email to m….*no room/);
	});

	it('gives up at the deadline, with the last reason', async () => {
		const { ports } = open();
		const outcome = await deliver(toShop, sender(busy), retryFor(3_000), ports);
		expect(outcome).toMatchObject({ status: 'failed', reason: 'serverError', attempts: 3 });
	});

	it('writes down only after it was sent: a death in between repeats, and loses nothing', async () => {
		const order: string[] = [];
		const { ports, memory } = open({
			store: (store) => ({
				...store,
				commit: async () => {
					order.push('written');
					throw new Error('the process dies here');
				},
			}),
		});
		const ids: string[] = [];
		const send = async (): Promise<SendResult> => {
			order.push('sent');
			ids.push(toShop.alertId);
			return sent;
		};
		await expect(deliver(toShop, send, policy, ports)).rejects.toThrow('the process dies here');
		expect(order).toEqual(['sent', 'written']);
		// The next process: same store, nothing in it.
		await deliver(toShop, send, policy, { ...ports, store: memory });
		expect(ids).toEqual(['alert-1', 'alert-1']);
	});

	it.each<[string, StoreError['code']]>([
		['full', 'full'],
		['locked', 'locked'],
	])('says delivered, and that it was not written down, when the store is %s', async (_, code) => {
		const { ports, log } = open({
			store: (store) => ({
				...store,
				commit: async (_changes: readonly Change[]) => {
					throw new StoreError(code, 'The store has no room.');
				},
			}),
		});
		expect(await deliver(toShop, sender(sent), policy, ports)).toMatchObject({
			status: 'delivered',
			recorded: false,
		});
		expect(log.said.join()).toMatch(
			/alert-1 was sent by email to m…@example\.com.*no room.*second time/,
		);
	});

	it('sends nothing when what was sent before cannot be read', async () => {
		const { ports } = open({
			store: (store) => ({
				...store,
				read: async () => {
					throw new StoreError('damaged', 'The store is damaged.');
				},
			}),
		});
		const send = sender(sent);
		await expect(deliver(toShop, send, policy, ports)).rejects.toThrow('The store is damaged.');
		expect(send.calls).toBe(0);
	});

	it('keeps neither address nor URL in the store', async () => {
		const { ports, memory } = open();
		const recipient = 'https://hooks.example.com/s3cr3t?token=s3cr3t';
		await deliver({ ...toShop, channel: 'webhook', recipient }, sender(sent), policy, ports);
		await deliver(toShop, sender(sent), policy, ports);
		const kept = JSON.stringify(await memory.list('delivery', ''));
		expect(kept).not.toContain('s3cr3t');
		expect(kept).not.toContain('me@example.com');
		expect(kept).toContain('"to":"hooks.example.com"');
	});

	it('sends tests again and again, outside the log', async () => {
		const { ports, memory } = open();
		const send = sender(sent);
		await deliver({ ...toShop, test: true }, send, policy, ports);
		await deliver({ ...toShop, test: true }, send, policy, ports);
		expect(send.calls).toBe(2);
		expect(await memory.list('delivery', '')).toEqual([]);
		await deliver(toShop, send, policy, ports);
		expect(send.calls).toBe(3);
	});

	it('removes what is older than 90 days, now and then', async () => {
		const { ports, memory, clock } = open();
		await deliver(toShop, sender(sent), policy, ports);
		await clock.advance(89 * DAY_MS);
		await deliver({ ...toShop, alertId: 'alert-2' }, sender(sent), policy, ports);
		expect(await memory.list('delivery', '')).toHaveLength(2);
		await clock.advance(2 * DAY_MS);
		await deliver({ ...toShop, alertId: 'alert-3' }, sender(sent), policy, ports);
		expect((await memory.list('delivery', '')).map(({ key }) => key.split('/')[0])).toEqual([
			'alert-2',
			'alert-3',
		]);
	});

	it('calls a delivery recorded when only the tidying fails', async () => {
		const { ports, log } = open({
			store: (store) => ({
				...store,
				prune: async () => {
					throw new StoreError('locked', 'Locked.');
				},
			}),
		});
		const outcome = await deliver(toShop, sender(sent), policy, ports);
		expect(outcome).not.toHaveProperty('recorded');
		expect(log.said.join()).toContain('Old deliveries could not be removed');
	});
});

describe('deliver, twice at the same time', () => {
	it('waits for the one that is on its way before it sends again', async () => {
		const { ports } = open();
		const slow = slowSender();
		const again = sender(sent);
		const first = deliver(toShop, slow.send, policy, ports);
		const second = deliver({ ...toShop, again: true }, again, policy, ports);
		await settle();
		expect(again.calls).toBe(0);
		slow.answer(sent);
		await Promise.all([first, second]);
		expect(again.calls).toBe(1);
	});

	it('joins the one that is on its way', async () => {
		const { ports } = open();
		const slow = slowSender();
		const other = sender(sent);
		const first = deliver(toShop, slow.send, policy, ports);
		const second = deliver(toShop, other, policy, ports);
		await settle();
		slow.answer(sent);
		expect(await first).not.toHaveProperty('repeated');
		expect(await second).toMatchObject({ status: 'delivered', repeated: true });
		expect([slow.send.calls, other.calls]).toEqual([1, 0]);
	});

	it('shares its failure, and is free again afterwards', async () => {
		const { ports } = open();
		const slow = slowSender();
		const both = [
			deliver(toShop, slow.send, policy, ports),
			deliver(toShop, slow.send, policy, ports),
		];
		await settle();
		slow.answer(refused);
		expect((await Promise.all(both)).map(({ status }) => status)).toEqual(['failed', 'failed']);
		const send = sender(sent);
		expect(await deliver(toShop, send, policy, ports)).toMatchObject({ status: 'delivered' });
		expect(send.calls).toBe(1);
	});

	it('goes on by itself when the one that was joined is stopped', async () => {
		const { ports } = open({ autoAdvance: false });
		const stop = new AbortController();
		const stopped = sender(busy);
		const first = deliver(toShop, stopped, policy, ports, stop.signal);
		const send = sender(sent);
		const second = deliver(toShop, send, policy, ports);
		await settle();
		stop.abort();
		expect(await first).toMatchObject({ status: 'failed', reason: 'cancelled', attempts: 1 });
		expect(await second).toMatchObject({ status: 'delivered', attempts: 1 });
		expect([stopped.calls, send.calls]).toEqual([1, 1]);
	});
});

describe('deliver, when the execution is stopped', () => {
	it('sends nothing that has not begun', async () => {
		const { ports } = open();
		const send = sender(sent);
		const outcome = await deliver(toShop, send, policy, ports, AbortSignal.abort());
		expect(outcome).toMatchObject({ status: 'failed', reason: 'cancelled', attempts: 0 });
		expect(send.calls).toBe(0);
	});

	it('cuts a wait short and says what the last try said', async () => {
		const { ports } = open({ autoAdvance: false });
		const stop = new AbortController();
		const running = deliver(toShop, sender(busy), policy, ports, stop.signal);
		await settle();
		stop.abort();
		expect(await running).toMatchObject({
			reason: 'cancelled',
			message: 'The execution was stopped before this was delivered. Last try: Busy.',
		});
	});

	it('lets a try that is under way end, and writes it down', async () => {
		const { ports, memory } = open();
		const slow = slowSender();
		const stop = new AbortController();
		const running = deliver(toShop, slow.send, policy, ports, stop.signal);
		await settle();
		stop.abort();
		slow.answer(sent);
		expect(await running).toMatchObject({ status: 'delivered' });
		expect(await memory.list('delivery', '')).toHaveLength(1);
	});
});
