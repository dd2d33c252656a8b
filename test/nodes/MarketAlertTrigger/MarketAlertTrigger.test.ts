import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IDataObject, INodeProperties, IRun } from 'n8n-workflow';

import { alertItemSchema } from '../../../core/alerts';
import { MarketAlertTrigger } from '../../../nodes/MarketAlertTrigger/MarketAlertTrigger.node';
import { tapesFolder } from '../../../nodes/host/paths';
import { closeSharedStore, openSharedStore } from '../../../nodes/host/store';
import { openTrigger, type OpenOptions } from '../../fakes/openTrigger';

const AT = 1_700_000_000_000;
mkdirSync(tapesFolder(), { recursive: true });
const tape = (name: string, prices: readonly number[], stepMs = 1_000) =>
	writeFileSync(
		join(tapesFolder(), name),
		`time,symbol,price\n${prices.map((price, row) => `${AT + row * stepMs},SHOP,${price}`).join('\n')}\n`,
	);
tape('bounce.csv', [64, 62, 60, 58, 57, 59, 62, 61, 59, 58, 66]);
tape('high.csv', [64, 66, 65]);

afterAll(async () => await closeSharedStore());

const under60 = {
	ruleName: 'SHOP under 60',
	conditions: {
		condition: [{ fact: 'price', operator: 'lessThan', compareWith: 'value', value: '60' }],
	},
};
const replay = (file: string, more: object = {}) => ({
	source: 'replay',
	filePath: file,
	symbols: '',
	...under60,
	...more,
});
const open = (parameters: object, options: OpenOptions = {}) =>
	openTrigger(new MarketAlertTrigger(), parameters as never, options);
type Opened = ReturnType<typeof open>;
const ended = ({ feed }: Opened) => feed.some(({ kind }) => kind === 'ended');
const inShort = (alerts: readonly IDataObject[]) =>
	alerts.map(({ alert }) => {
		const { state, symbol, eventAt } = alert as IDataObject;
		return `${String(symbol)} ${String(state)} ${(Number(eventAt) - AT) / 1_000}`;
	});

/** Plays a tape to its end. */
async function play(parameters: object, options: OpenOptions = {}) {
	const trigger = open(parameters, options);
	const { closeFunction } = await trigger.start();
	await trigger.until(() => ended(trigger));
	await closeFunction?.();
	return trigger;
}

describe('Market Alert Trigger', () => {
	it('starts the workflow when an alert changes state, and not before', async () => {
		const { events } = await play(replay('bounce.csv', { options: { notifyResolved: true } }));
		expect(inShort(events)).toEqual([
			'SHOP firing 3',
			'SHOP resolved 6',
			'SHOP firing 8',
			'SHOP resolved 10',
		]);
		for (const event of events) alertItemSchema.parse(event);
		expect(events[0]).toMatchObject({
			alert: { ruleName: 'SHOP under 60', test: false },
			title: 'SHOP: SHOP under 60',
			because: [{ fact: 'price', operator: 'lessThan', left: 58, right: 60, holds: true }],
		});
	});

	it('tells what falls due between two events at its own moment', async () => {
		tape('slow.csv', [61, 59, 59, 61], 60_000);
		const { events } = await play(
			replay('slow.csv', { options: { holdFor: '30s', remindEvery: '45s' } }),
		);
		expect(inShort(events)).toEqual(['SHOP firing 90', 'SHOP reminder 135']);
	});

	it('takes any number of rules from JSON', async () => {
		const rules = [50, 58, 60, 65].map((level) => ({
			version: 1,
			id: `level-${level}`,
			name: `over ${level}`,
			conditions: { all: [{ fact: 'price', operator: 'greaterThan', value: level }] },
			fire: 'once',
		}));
		const { events } = await play(
			replay('bounce.csv', { ruleSource: 'json', ruleJson: JSON.stringify(rules) }),
		);
		expect(
			events.map(({ alert }) => `${String((alert as IDataObject)['ruleName'])}`).sort(),
		).toEqual(['over 50', 'over 58', 'over 60', 'over 65']);
	});

	it('writes down where its alerts and its source stand', async () => {
		tape('falling.csv', [61, 59]);
		const parameters = replay('falling.csv', { cooldown: '1h' });
		const first = open(parameters);
		const { closeFunction } = await first.start();
		await first.until(() => ended(first));
		await closeFunction?.();
		expect(inShort(first.events)).toEqual(['SHOP firing 1']);
		const store = await openSharedStore();
		const prefix = `${first.workflow.id}/${first.node.id}/`;
		const [state] = await store.list('state', prefix);
		expect(state?.value).toMatchObject({ alert: { phase: 'firing', toldAt: AT + 1_000 } });
		const [cursor] = await store.list('cursor', prefix.slice(0, -1));
		expect(cursor?.value).toMatchObject({ closed: true, ended: true });
	});

	it('refuses at start what the user must fix, and says how', async () => {
		const start = async (more: object) => await open({ ...replay('high.csv'), ...more }).start();
		await expect(start({ filePath: 'none.csv' })).rejects.toThrow(/none\.csv/);
		await expect(
			start({
				ruleSource: 'json',
				ruleJson: '{"all":[{"fact":"price","operator":"less","value":60}]}',
			}),
		).rejects.toThrow(/"less"/);
		await expect(start({ options: { unknownAfter: 'soon' } })).rejects.toThrow(
			'Unknown After is "soon"; use a duration of a second or more, such as 30s, 15m or 1h.',
		);
		await expect(start({ options: { title: '[[#if}' } })).rejects.toThrow(/title/);
	});

	it.each([
		[
			{ source: 'replay', filePath: 'high.csv', symbols: '' },
			{ fact: 'bid', operator: 'lessThan', compareWith: 'value', value: '1' },
			'Rule "r" asks for bid, which only quotes carry; this source gives trades and candles. Choose another source, or remove the condition.',
		],
		[
			{ source: 'binance', symbols: 'BTC/USDT' },
			{ fact: 'peRatio', operator: 'lessThan', compareWith: 'value', value: '1' },
			`Rule "r" asks for P/E ratio, which Binance doesn't have.`,
		],
		[
			{ source: 'simulated', symbols: 'SHOP' },
			{ fact: 'price', symbol: 'SPY', operator: 'lessThan', compareWith: 'value', value: '1' },
			'Rule "r" asks for price of SPY; add SPY to Symbols.',
		],
		[
			{ source: 'simulated', symbols: 'SHOP' },
			{
				fact: 'itemField',
				field: 'sector',
				fieldType: 'text',
				operator: 'equal',
				compareWith: 'value',
				value: 'tech',
			},
			'Rule "r" asks for the field "sector", which events of Simulated Market don\'t have.',
		],
	])('refuses a rule that cannot work on %j', async (source, condition, message) => {
		const trigger = open({
			...source,
			ruleName: 'r',
			ruleSource: 'json',
			ruleJson: JSON.stringify({
				all: [
					{
						fact: 'field' in condition ? condition.field : condition.fact,
						operator: condition.operator,
						value: Number.isNaN(Number(condition.value))
							? condition.value
							: Number(condition.value),
						...('symbol' in condition ? { params: { symbol: condition.symbol } } : {}),
					},
				],
			}),
		});
		await expect(trigger.start()).rejects.toThrow(message);
	});

	it('gives a failed run another try, and keeps what never went through', async () => {
		const trigger = open(replay('bounce.csv', { options: { maxAlerts: 1 } }));
		const ends: IRun[] = [];
		trigger.endRuns((count) => {
			const run = (count === 1
				? {
						status: 'error',
						data: {
							resultData: {
								error: { message: 'smtp down', context: { marketAlertsNotAgain: true } },
							},
						},
					}
				: { status: 'success', data: { resultData: {} } }) as unknown as IRun;
			ends.push(run);
			return run;
		});
		const { closeFunction } = await trigger.start();
		await trigger.until(() => trigger.feed.some(({ kind }) => kind === 'undelivered'));
		await closeFunction?.();
		expect(trigger.feed.find(({ kind }) => kind === 'undelivered')).toMatchObject({
			reason: expect.stringContaining('smtp down') as string,
		});
	});

	describe('tested in the editor', () => {
		it('shows a rule that holds as an alert for the test, and writes nothing', async () => {
			tape('low.csv', [58, 57]);
			const trigger = open(replay('low.csv'), { mode: 'manual' });
			const { manualTriggerFunction } = await trigger.start();
			await manualTriggerFunction?.();
			expect(inShort(trigger.events)).toEqual(['SHOP firing 1']);
			expect(trigger.events[0]).toMatchObject({ alert: { test: true } });
			const store = await openSharedStore();
			const prefix = `${trigger.workflow.id}/`;
			for (const space of ['state', 'history', 'batch', 'cursor', 'alert'] as const) {
				expect(await store.list(space, prefix)).toEqual([]);
			}
		});

		it('says why a rule does not hold', async () => {
			const trigger = open(replay('high.csv'), { mode: 'manual' });
			const { manualTriggerFunction } = await trigger.start();
			await manualTriggerFunction?.();
			expect(trigger.events).toEqual([]);
			expect(trigger.feed[0]).toMatchObject({
				kind: 'judged',
				symbols: ['SHOP'],
				test: true,
				reason: `Test: rule "SHOP under 60" doesn't hold for SHOP: price is 65, and it asks for "is less than 60".`,
			});
		});
	});

	it('has no two fields that share a name and are shown together', () => {
		const { properties } = new MarketAlertTrigger().description;
		const options = (properties.find(({ name }) => name === 'options')?.options ??
			[]) as INodeProperties[];
		const shownAlways = (list: readonly INodeProperties[]) =>
			list.filter(({ displayOptions }) => displayOptions === undefined).map(({ name }) => name);
		for (const list of [properties, options]) {
			const always = shownAlways(list);
			expect(new Set(always).size).toBe(always.length);
			const others = list.filter(({ displayOptions }) => displayOptions !== undefined);
			const clashing = others.filter(({ name }) => always.includes(name)).map(({ name }) => name);
			expect(clashing).toEqual([]);
		}
		expect(properties.map(({ name }) => name)).not.toContain('receive');
	});
});
