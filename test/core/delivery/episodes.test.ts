import { deliver, retryFor, type DeliveryPorts } from '../../../core/delivery';
import { readTold, remember, saysItAll, toldChange } from '../../../core/delivery/episodes';
import { createMemoryStore } from '../../../core/storage';
import { FakeClock } from '../../fakes/FakeClock';
import { fixedRandom } from '../../fakes/fixedRandom';
import { silentLog } from '../../fakes/silentLog';

const DAY_MS = 86_400_000;
const address = { channel: 'telegram', recipient: '42' };
const told = { messageId: '7', alertId: 'alert-1', eventAt: 1_000 };

function open() {
	const clock = new FakeClock(1_700_000_000_000, true);
	const store = createMemoryStore(clock);
	return { clock, store, log: silentLog() };
}

describe('what was told of an episode', () => {
	it('is found again by episode, channel and recipient', async () => {
		const ports = open();
		await remember([toldChange('e/1', address, told)], 'telegram', ports);
		expect([...(await readTold(ports.store, address, ['e/1', 'e/1', 'e/2']))]).toEqual([
			['e/1', told],
		]);
		const elsewhere = [
			{ ...address, recipient: '43' },
			{ ...address, channel: 'slack' },
		];
		for (const other of elsewhere)
			expect((await readTold(ports.store, other, ['e/1'])).size).toBe(0);
	});

	it('keeps no recipient in the store', async () => {
		const ports = open();
		const recipient = 'https://discord.com/api/webhooks/1/s3cr3t';
		await remember([toldChange('e', { ...address, recipient }, told)], 'discord', ports);
		expect(JSON.stringify(await ports.store.list('episode', ''))).not.toContain('s3cr3t');
	});

	it('is removed 90 days after it was last written, as deliveries are', async () => {
		const ports = open();
		const delivery: DeliveryPorts = { ...ports, timer: ports.clock, random: fixedRandom() };
		const tell = async (alertId: string) => {
			const send = async () => ({ status: 'sent', receipt: '7' }) as const;
			const one = { alertId, ...address, test: false } as Parameters<typeof deliver>[0];
			await deliver(one, send, retryFor(0), delivery);
		};
		await remember([toldChange('old', address, told)], 'telegram', ports);
		await ports.clock.advance(60 * DAY_MS);
		await remember([toldChange('young', address, told)], 'telegram', ports);
		await tell('a');
		expect(await ports.store.list('episode', '')).toHaveLength(2);
		await ports.clock.advance(31 * DAY_MS);
		await tell('b');
		const left = await ports.store.list('episode', '');
		expect(left.map(({ key }) => key.split('/')[0])).toEqual(['young']);
	});
});

describe('saysItAll', () => {
	it.each([
		['nothing was told', undefined, 'alert-2', 2_000, false],
		['it is the very alert', told, 'alert-1', 1_000, true],
		['it comes later', told, 'alert-2', 2_000, false],
		['it comes at the same time', told, 'alert-2', 1_000, false],
		['it came before', told, 'alert-0', 500, true],
	])('when %s', (_, earlier, alertId, eventAt, expected) => {
		expect(saysItAll(earlier, { alertId, eventAt })).toBe(expected);
	});
});
