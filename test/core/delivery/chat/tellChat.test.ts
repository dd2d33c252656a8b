import { tellChat, type Chat, type ChatJob, type SendResult } from '../../../../core/delivery';
import { telegramForm } from '../../../../core/delivery/channels/telegram/format';
import type { Followed } from '../../../../core/delivery/chat/model';
import { Lane } from '../../../../core/delivery/Lane';
import { epochMs, StoreError, type Store } from '../../../../core/ports';
import { SlidingLimit } from '../../../../core/resilience';
import { createMemoryStore } from '../../../../core/storage';
import { FakeClock } from '../../../fakes/FakeClock';
import { silentLog } from '../../../fakes/silentLog';

const failed: Followed = { status: 'failed', reason: 'serverError', message: 'Busy.', again: true };

/** A chat in memory: what stands in it, and what was done to it. */
class ChatInMemory implements Chat {
	readonly form = telegramForm;

	readonly messages = new Map<string, string>();

	readonly did: string[] = [];

	/** For the next requests, one each. */
	answers: Followed[] = [];

	async post(text: string): Promise<Exclude<Followed, { status: 'gone' }>> {
		const messageId = `m${this.messages.size + 1}`;
		this.did.push(`post ${messageId}`);
		const answer = this.answers.shift();
		if (answer !== undefined && answer.status !== 'gone') return answer;
		this.messages.set(messageId, text);
		return { status: 'sent', messageId };
	}

	async edit(messageId: string, text: string): Promise<Followed> {
		this.did.push(`edit ${messageId}`);
		const answer = this.answers.shift();
		if (answer !== undefined) return answer;
		if (!this.messages.has(messageId)) return { status: 'gone' };
		this.messages.set(messageId, text);
		return { status: 'sent', messageId };
	}

	async reply(messageId: string, text: string): Promise<Followed> {
		this.did.push(`reply to ${messageId}`);
		return this.messages.has(messageId) ? await this.post(text) : { status: 'gone' };
	}
}

let lastAlert = 0;
const job = (more: Partial<ChatJob> & { episode?: string; says?: string } = {}): ChatJob => {
	const { episode = 'e1', says = 'fell', ...rest } = more;
	return {
		part: { key: episode, title: episode, text: says, tone: 'warning' },
		alertId: `alert-${(lastAlert += 1)}`,
		episodeId: episode,
		eventAt: epochMs(1_000),
		followUp: 'edit',
		manner: '',
		...rest,
	};
};

function open(more: { store?: (store: Store) => Store } = {}) {
	const clock = new FakeClock(0, true);
	const memory = createMemoryStore(clock);
	const store = more.store?.(memory) ?? memory;
	const log = silentLog();
	const lane = new Lane<ChatJob, SendResult>([new SlidingLimit([{ count: 1, perMs: 1_000 }])], {
		clock,
		timer: clock,
	});
	const chat = new ChatInMemory();
	const address = { channel: 'telegram', recipient: '42' };
	const tell = async (one: ChatJob) =>
		await tellChat({ address, chat, job: one, lane, patienceMs: 600_000 }, { store, log });
	const tellAll = async (...all: ChatJob[]) => await Promise.all(all.map(tell));
	return { clock, memory, log, chat, tell, tellAll };
}

describe('tellChat', () => {
	it('posts the first message of an episode and changes it from then on', async () => {
		const { tell, chat } = open();
		expect(await tell(job())).toEqual({ status: 'sent', receipt: 'm1' });
		await tell(job({ says: 'still low', eventAt: epochMs(2_000) }));
		await tell(job({ says: 'rose', eventAt: epochMs(3_000) }));
		expect([...chat.messages.values()]).toEqual(['<b>e1</b>\nrose']);
		expect(chat.did).toEqual(['post m1', 'edit m1', 'edit m1']);
	});

	it('replies to the first message, never to a reply', async () => {
		const { tell, chat } = open();
		for (const second of [1, 2, 3]) {
			await tell(job({ followUp: 'reply', eventAt: epochMs(second * 1_000) }));
		}
		expect(chat.did).toEqual(['post m1', 'reply to m1', 'post m2', 'reply to m1', 'post m3']);
	});

	it('posts each anew when that is wanted', async () => {
		const { tell, chat } = open();
		await tell(job({ followUp: 'new' }));
		await tell(job({ followUp: 'new', eventAt: epochMs(2_000) }));
		expect(chat.did).toEqual(['post m1', 'post m2']);
	});

	it('posts the end of an episode whose first message is not known', async () => {
		const { tell, chat } = open();
		await tell(job({ says: 'rose' }));
		expect([...chat.messages.values()]).toEqual(['<b>e1</b>\nrose']);
	});

	it('posts anew when somebody took the message away, and goes on from there', async () => {
		const { tell, chat } = open();
		await tell(job());
		await tell(job({ episode: 'e2' }));
		chat.messages.delete('m1');
		await tell(job({ says: 'rose', eventAt: epochMs(2_000) }));
		await tell(job({ says: 'done', eventAt: epochMs(3_000) }));
		expect(chat.did).toEqual(['post m1', 'post m2', 'edit m1', 'post m2', 'edit m2']);
	});

	it('keeps items that are no alerts apart, and remembers nothing of them', async () => {
		const { tell, chat, memory } = open();
		for (const says of ['one', 'two']) {
			const { episodeId: _, ...item } = job({ says });
			await tell(item);
		}
		expect(chat.did).toEqual(['post m1', 'post m2']);
		expect(await memory.list('episode', '')).toEqual([]);
	});

	it('tells an alert once, though it was not written down as delivered', async () => {
		const { tell, chat } = open();
		const one = job({ followUp: 'reply' });
		await tell(one);
		expect(await tell(one)).toEqual({ status: 'sent', receipt: 'm1' });
		expect(chat.did).toEqual(['post m1']);
	});

	it('does not turn back time: what failed for a while is told by what came after', async () => {
		const { tell, chat } = open();
		chat.answers = [failed];
		const late = job();
		expect(await tell(late)).toMatchObject({ status: 'failed' });
		await tell(job({ says: 'rose', eventAt: epochMs(2_000) }));
		expect(await tell(late)).toMatchObject({ status: 'sent' });
		expect([...chat.messages.values()]).toEqual(['<b>e1</b>\nrose']);
	});

	it('remembers nothing of what was not sent', async () => {
		const { tell, chat, memory } = open();
		chat.answers = [failed];
		await tell(job());
		expect(await memory.list('episode', '')).toEqual([]);
	});

	it('calls a message sent that could not be written down', async () => {
		const { tell, log } = open({
			store: (store) => ({
				...store,
				commit: async () => await Promise.reject(new StoreError('full', 'No room.')),
			}),
		});
		expect(await tell(job())).toEqual({ status: 'sent', receipt: 'm1' });
		expect(log.said.join()).toMatch(/sent by telegram.*No room\..*new message/);
	});

	it('sends nothing when what was told before cannot be read', async () => {
		const { tell, chat } = open({
			store: (store) => ({
				...store,
				read: async () => await Promise.reject(new StoreError('damaged', 'Damaged.')),
			}),
		});
		await expect(tell(job())).rejects.toThrow('Damaged.');
		expect(chat.did).toEqual([]);
	});
});

describe('tellChat, when several wait', () => {
	const episodes = (count: number, more: Partial<ChatJob> = {}) =>
		Array.from({ length: count }, (_, index) => job({ episode: `e${index + 1}`, ...more }));

	it('tells them in one message', async () => {
		const { tellAll, chat } = open();
		const results = await tellAll(...episodes(3));
		expect(results).toEqual(Array(3).fill({ status: 'sent', receipt: 'm1' }));
		expect([...chat.messages.values()]).toEqual([
			'<b>e1</b>\nfell\n\n<b>e2</b>\nfell\n\n<b>e3</b>\nfell',
		]);
	});

	it('drops none, however many there are', async () => {
		const { tellAll, chat } = open();
		await tellAll(
			...episodes(90, { part: undefined as never }).map((one, index) => ({
				...one,
				part: {
					key: `e${index}`,
					title: `Alert ${index}.`,
					text: 'x '.repeat(800),
					tone: 'info' as const,
				},
			})),
		);
		const all = [...chat.messages.values()].join('\n');
		for (let index = 0; index < 90; index += 1) expect(all).toContain(`Alert ${index}.`);
		expect(chat.messages.size).toBe(5); // twenty fit in one
	});

	it('changes one of them, and leaves the others as they are', async () => {
		const { tell, tellAll, chat } = open();
		await tellAll(...episodes(3));
		await tell(job({ episode: 'e2', says: 'rose', eventAt: epochMs(2_000) }));
		await tell(job({ episode: 'e3', says: 'rose too', eventAt: epochMs(3_000) }));
		expect([...chat.messages.values()]).toEqual([
			'<b>e1</b>\nfell\n\n<b>e2</b>\nrose\n\n<b>e3</b>\nrose too',
		]);
	});

	it('changes several of one message at once', async () => {
		const { tellAll, chat } = open();
		await tellAll(...episodes(3));
		await tellAll(...episodes(3, { eventAt: epochMs(2_000) }));
		expect(chat.did).toEqual(['post m1', 'edit m1']);
	});

	it('tells of an episode that begins and ends meanwhile how it ended', async () => {
		const { tellAll, chat } = open();
		await tellAll(job(), job({ episode: 'e2' }), job({ says: 'rose', eventAt: epochMs(2_000) }));
		expect([...chat.messages.values()]).toEqual(['<b>e1</b>\nrose\n\n<b>e2</b>\nfell']);
	});

	it('does not let one that failed before overtake a later one of its episode', async () => {
		const { tellAll, chat } = open();
		await tellAll(job({ says: 'rose', eventAt: epochMs(2_000) }), job({ says: 'fell' }));
		expect([...chat.messages.values()]).toEqual(['<b>e1</b>\nrose']);
	});

	it('mixes neither changes with new ones, nor silent with loud', async () => {
		const { tell, tellAll, chat } = open();
		await tell(job());
		await tellAll(
			job({ says: 'rose', eventAt: epochMs(2_000) }),
			job({ episode: 'e2' }),
			job({ episode: 'e3', manner: 'silent' }),
			job({ episode: 'e4' }),
		);
		expect(chat.did).toEqual(['post m1', 'edit m1', 'post m2', 'post m3']);
		expect(chat.messages.get('m2')).toBe('<b>e2</b>\nfell\n\n<b>e4</b>\nfell');
	});

	it('fails them together, so that each is tried again', async () => {
		const { tellAll, chat } = open();
		chat.answers = [failed];
		const results = await tellAll(...episodes(2));
		expect(results).toEqual([failed, failed]);
	});

	it('rests as long as it is told to, and says nothing meanwhile', async () => {
		const { tell, chat, clock } = open();
		const limited = { ...failed, reason: 'rateLimited', retryAfterMs: 30_000 } as never;
		chat.answers = [limited];
		await tell(job());
		const before = clock.now();
		await tell(job({ episode: 'e2' }));
		expect(clock.now() - before).toBeGreaterThanOrEqual(30_000);
	});
});
