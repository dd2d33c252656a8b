import {
	deliver,
	lastOutcomeOf,
	listDeliveries,
	readMessage,
	retryFor,
	type Delivery,
	type DeliveryFilter,
	type SendResult,
} from '../../../core/delivery';
import { epochMs, StoreError } from '../../../core/ports';
import { createMemoryStore } from '../../../core/storage';
import { FakeClock } from '../../fakes/FakeClock';
import { fixedRandom } from '../../fakes/fixedRandom';
import { silentLog } from '../../fakes/silentLog';

const BEGIN = 1_700_000_000_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const refused: SendResult = { status: 'failed', reason: 'refused', message: 'No.', again: false };

const clock = new FakeClock(BEGIN);
let store: ReturnType<typeof createMemoryStore>;

/** Tells one alert, a minute after the last one. */
async function tell(more: Partial<Delivery>, result: SendResult = { status: 'sent', receipt: '' }) {
	const delivery: Delivery = {
		alertId: 'a1',
		channel: 'email',
		recipient: 'me@example.com',
		test: false,
		subject: { title: '' },
		...more,
	};
	const ports = { store, clock, timer: clock, random: fixedRandom(), log: silentLog() };
	await deliver(delivery, async () => result, retryFor(0), ports);
	await clock.advance(MINUTE_MS);
}

let openedAt = 0;
beforeEach(async () => {
	store = createMemoryStore(clock);
	openedAt = clock.now();
	const subject = { ruleId: 'r1', ruleName: 'Cheap', symbol: 'SHOP', title: 'Buy' };
	await tell({ alertId: 'b', subject, message: { text: 'b' } });
	await tell({ alertId: 'a', subject, message: { text: 'a to me' } }, refused);
	await tell({
		alertId: 'a',
		recipient: 'you@example.com',
		subject,
		message: { text: 'a to you' },
	});
	await tell({ alertId: 'c', subject: { ruleId: 'r2', title: 'Sell' } });
	await tell({ alertId: 'a', channel: 'webhook', recipient: 'https://x.example/s3cr3t' });
});

describe('listDeliveries', () => {
	const list = async (filter: Partial<DeliveryFilter>) =>
		(await listDeliveries({ channel: 'email', limit: 50, ...filter }, store)).map(
			(found) => `${found.alertId} ${lastOutcomeOf(found).to}`,
		);

	it.each<[string, Partial<DeliveryFilter>, string[]]>([
		['everything of a channel', {}, ['c m', 'a y', 'a m', 'b m']],
		['so many', { limit: 2 }, ['c m', 'a y']],
		['an alert', { alertId: 'a' }, ['a y', 'a m']],
		['an alert on another channel', { alertId: 'a', channel: 'webhook' }, ['a x']],
		['a rule by id', { rule: 'r2' }, ['c m']],
		['a rule by name', { rule: 'Cheap' }, ['a y', 'a m', 'b m']],
		['a recipient', { recipient: 'you@example.com' }, ['a y']],
		['a recipient as it is shown', { recipient: 'm…@example.com' }, ['c m', 'a m', 'b m']],
		['what failed', { status: 'failed' }, ['a m']],
		['nothing', { rule: 'none' }, []],
	])('finds %s, the newest first', async (_, filter, expected) => {
		const found = await list(filter);
		expect(found.map((one) => one.replace(/(…@example\.com|\.example)$/, ''))).toEqual(expected);
	});

	it('finds what was told since an instant', async () => {
		const since = epochMs(openedAt + 2 * MINUTE_MS);
		expect(await list({ since })).toEqual(['c m…@example.com', 'a y…@example.com']);
	});
});

describe('readMessage', () => {
	const read = async (alertId: string, recipient: string, channel = 'email') =>
		(await readMessage({ alertId, channel, recipient }, store))?.message;

	it('gives what a recipient was told, or was to be told', async () => {
		expect(await read('a', 'you@example.com')).toEqual({ text: 'a to you' });
		expect(await read('a', 'me@example.com')).toEqual({ text: 'a to me' });
	});

	it('knows what a message was about', async () => {
		const kept = await readMessage({ alertId: 'a', channel: 'email', recipient: 'x' }, store);
		expect(kept?.subject).toMatchObject({ ruleName: 'Cheap', symbol: 'SHOP' });
	});

	it('gives a new recipient what another was told', async () => {
		expect(await read('b', 'new@example.com')).toEqual({ text: 'b' });
	});

	it('knows nothing of other alerts, other channels, and messages that were not kept', async () => {
		expect(await read('z', 'me@example.com')).toBeUndefined();
		expect(await read('a', 'me@example.com', 'webhook')).toBeUndefined();
		expect(await read('c', 'me@example.com')).toBeUndefined();
	});

	it('does not have what is larger than 64 KiB, yet knows that it was delivered', async () => {
		await tell({ alertId: 'large', message: { text: 'x'.repeat(66_000) } });
		expect(await read('large', 'me@example.com')).toBeUndefined();
		const found = await listDeliveries({ channel: 'email', alertId: 'large', limit: 1 }, store);
		expect(found).toHaveLength(1);
	});

	it('lets a full store keep at least that it was delivered', async () => {
		const { commit } = store;
		store.commit = async (changes) => {
			if (changes.length > 1) throw new StoreError('full', 'No room.');
			return await commit(changes);
		};
		await tell({ alertId: 'tight', message: { text: 'x' } });
		expect(await read('tight', 'me@example.com')).toBeUndefined();
		const [found] = await listDeliveries({ channel: 'email', alertId: 'tight', limit: 1 }, store);
		expect(found?.delivered).not.toHaveProperty('recorded');
	});

	it('forgets messages after 7 days, and deliveries after 90', async () => {
		await clock.advance(8 * DAY_MS);
		await tell({ alertId: 'later' });
		expect(await read('a', 'me@example.com')).toBeUndefined();
		expect(await listDeliveries({ channel: 'email', limit: 9 }, store)).toHaveLength(5);
		await clock.advance(85 * DAY_MS);
		await tell({ alertId: 'latest' });
		expect(await listDeliveries({ channel: 'email', limit: 9 }, store)).toHaveLength(2);
	});
});
