import { compileNoise, type AlertItem, type NoiseInput } from '../../../core/alerts';
import { listHeldBack, NoiseControl } from '../../../core/pipeline';
import { ledgerChanges } from '../../../core/pipeline/heldLedger';
import type { Store } from '../../../core/ports';
import { createMemoryStore } from '../../../core/storage';
import { FakeClock } from '../../fakes/FakeClock';
import { clockOf, momentOf, readTimeline } from '../../fakes/playNoise';

const scope = { workflowId: 'w', nodeId: 'n' };
const policy = compileNoise({
	groupBy: ['rule'],
	groupWait: '30s',
	quietHours: { intervals: [{ times: [{ from: '22:00', to: '07:00' }] }] },
	budget: { messages: 2, per: '1h' },
});
const wholeDay =
	'09:00 SHOP fires, AAPL fires; 09:10 MSFT fires; 09:20 SHOP ends, TSLA fires; 10:30 AAPL ends; 22:30 SHOP fires, F fires; d2 06:00 F ends; d2 08:00 SHOP ends';

const open = () => createMemoryStore(new FakeClock());
const lineOf = ({ alert, members }: AlertItem) =>
	`${alert.id.slice(0, 8)} ${alert.state} ${(members ?? []).map((one) => one.alert.symbol).join('+')}`;

/** A trigger that is closed and opened again after each step, or never. */
async function live(store: Store, isRestarted: boolean): Promise<string[]> {
	const lines: string[] = [];
	let control = await NoiseControl.open(policy, scope, store);
	const take = async (input: NoiseInput) => {
		lines.push(...control.step(input).map((item) => `${clockOf(input.at)} ${lineOf(item)}`));
		await store.commit(control.takeChanges().changes);
		if (isRestarted) control = await NoiseControl.open(policy, scope, store);
	};
	const pass = async (until: number) => {
		for (let due = control.nextDueAt; due !== undefined && due <= until; due = control.nextDueAt) {
			await take({ kind: 'clock', at: due });
		}
	};
	for (const input of readTimeline(wholeDay)) {
		await pass(input.at - 1);
		await take(input);
	}
	await pass(Number.POSITIVE_INFINITY);
	return lines;
}

describe('NoiseControl', () => {
	it('tells the same under the same ids, however often it is restarted', async () => {
		const lines = await live(open(), false);
		expect(await live(open(), true)).toEqual(lines);
		expect(lines.length).toBeGreaterThan(5);
	});

	it('leaves nothing of what was told in the store', async () => {
		const store = open();
		await live(store, false);
		expect((await store.list('noise', '')).map(({ key }) => key)).toEqual(['w/n']);
	});

	it('never told what was not written down', async () => {
		const store = open();
		const [first] = readTimeline('09:00 SHOP fires');
		(await NoiseControl.open(policy, scope, store)).step(first!);
		const again = await NoiseControl.open(policy, scope, store);
		expect(again.nextDueAt).toBeUndefined();
		again.step(first!);
		expect(again.nextDueAt).toBe(momentOf('09:00:30'));
	});

	it('writes each waiting alert once, and nothing when nothing changes', async () => {
		const control = await NoiseControl.open(policy, scope, open());
		const [first, second] = readTimeline('09:00 SHOP fires; 09:00:01 AAPL fires');
		const keysOf = (...inputs: NoiseInput[]) => {
			for (const input of inputs) control.step(input);
			const { changes } = control.takeChanges();
			return changes.map((change) => ('put' in change ? change.put.key : 'removed'));
		};
		expect(keysOf(first!)).toEqual(['w/n', expect.stringContaining('w/n/held/')]);
		expect(keysOf(second!)).toEqual(['w/n', expect.stringContaining('w/n/held/')]);
		expect(keysOf({ kind: 'clock', at: momentOf('09:00:02') })).toEqual([]);
		expect(keysOf({ kind: 'clock', at: momentOf('09:00:30') })).toEqual([
			'w/n',
			'removed',
			'removed',
		]);
	});

	it('writes where it stands once for many steps, and nothing of who came and went in them', async () => {
		const control = await NoiseControl.open(policy, scope, open());
		const inputs = readTimeline(
			'09:00 SHOP fires; 09:00:10 AAPL fires; 09:00:30; 09:40 MSFT fires',
		);
		for (const input of inputs) control.step(input);
		const { changes } = control.takeChanges();
		expect(changes.map((change) => ('put' in change ? change.put.key : 'removed'))).toEqual([
			'w/n',
			expect.stringContaining('MSFT'),
		]);
	});
});

describe('the ledger', () => {
	const silenced = compileNoise({
		silences: [{ matchers: ['symbol=*'], until: '2026-12-30T00:00:00Z', comment: 'holidays' }],
	});
	const fill = async (store: Store, timeline: string, owner = scope) => {
		const control = await NoiseControl.open(silenced, owner, store);
		for (const input of readTimeline(timeline)) {
			control.step(input);
			await store.commit(control.takeChanges().changes);
		}
	};

	it('says what was held back, by what, since when, until when, and how often', async () => {
		const store = open();
		await fill(store, '09:00 SHOP fires; 09:10 SHOP fires');
		expect(await listHeldBack({ limit: 10 }, store)).toEqual([
			{
				workflowId: 'w',
				nodeId: 'n',
				number: 0,
				alert: expect.objectContaining({ symbol: 'SHOP', ruleId: 'r', state: 'firing' }),
				title: 'SHOP: Rule r',
				by: 'silence',
				cause: 'holidays',
				since: momentOf('09:00'),
				until: Date.parse('2026-12-30T00:00:00Z'),
				count: 2,
			},
		]);
	});

	it('is looked through by rule, symbol, reason, status, workflow and time, the newest first', async () => {
		const store = open();
		await fill(store, '09:00 SHOP fires; 09:10 b/AAPL fires; 09:20 SHOP ends; 09:30 MSFT fires');
		await fill(store, '09:05 F fires', { workflowId: 'other', nodeId: 'n' });
		const find = async (filter: object) =>
			(await listHeldBack({ limit: 10, ...filter }, store)).map(({ alert }) => alert.symbol);
		expect(await find({})).toEqual(['MSFT', 'AAPL', 'F', 'SHOP']);
		expect(await find({ workflowId: 'w' })).toEqual(['MSFT', 'AAPL', 'SHOP']);
		expect(await find({ rule: 'b' })).toEqual(['AAPL']);
		expect(await find({ rule: 'Rule b' })).toEqual(['AAPL']);
		expect(await find({ symbol: 'shop' })).toEqual(['SHOP']);
		expect(await find({ by: 'inhibit' })).toEqual([]);
		expect(await find({ status: 'over' })).toEqual(['SHOP']);
		expect(await find({ status: 'waiting', workflowId: 'w' })).toEqual(['MSFT', 'AAPL']);
		expect(await find({ since: momentOf('09:15') })).toEqual(['MSFT', 'SHOP']);
		expect(await find({ limit: 2 })).toEqual(['MSFT', 'AAPL']);
	});

	it('keeps the newest 5,000 entries of a node, and lets an older one rest', async () => {
		const store = open();
		await fill(store, '09:00 SHOP fires');
		const [first] = await listHeldBack({ limit: 1 }, store);
		const write = async (number: number, nextNumber: number) =>
			await store.commit(ledgerChanges([{ ...first!, number }], nextNumber, scope));
		await write(4_999, 5_000);
		await write(5_000, 5_001);
		await write(0, 5_001);
		const kept = await listHeldBack({ limit: 10 }, store);
		expect(kept.map(({ number }) => number)).toEqual([5_000, 4_999]);
	});
});
