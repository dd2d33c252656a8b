import { displayParameter, type IDataObject, type INodeParameters } from 'n8n-workflow';

import { AlertWebhook } from '../../../nodes/AlertWebhook/AlertWebhook.node';
import { noiseField, type NoiseSelection } from '../../../nodes/host/noiseOptions';
import { readNoise } from '../../../nodes/host/readNoise';
import { closeSharedStore } from '../../../nodes/host/store';
import { MarketRule } from '../../../nodes/MarketRule/MarketRule.node';
import { errorOf, outputOf, runNode } from '../../fakes/runWorkflow';

afterAll(async () => await closeSharedStore());

let nodes = 0;
const AT = Date.parse('2026-11-30T15:00:00Z');
let rows = 0;
/** A price, a second after the one before. */
const row = (symbol: string, price: number): IDataObject => {
	rows += 1;
	return { symbol, price, eventAt: AT + rows * 1_000, eventId: `tape:one#${rows}` };
};

const below = (id: string, value: number, more: object = {}) => ({
	version: 1,
	id,
	name: id,
	conditions: { all: [{ fact: 'price', operator: 'lessThan', value }] },
	...more,
});
const rules = JSON.stringify([
	below('index down', 600, { symbols: ['SPY'], labels: { desk: 'all' } }),
	below('cheap', 60, { symbols: ['SHOP', 'AAPL'], severity: 'critical' }),
]);

const nodeOf = (noise: INodeParameters, more: IDataObject = {}) => {
	const id = `noise ${(nodes += 1)}`;
	const run = async (items: IDataObject[], mode: 'trigger' | 'manual' = 'trigger') =>
		await runNode({
			type: new MarketRule(),
			items,
			mode,
			parameters: {
				ruleName: 'Rules',
				ruleSource: 'json',
				ruleJson: rules,
				fire: 'onChange',
				noise,
				...more,
			},
			node: { id },
		});
	return {
		run,
		/** Which alerts came of which item, and which items gave none. */
		judge: async (items: IDataObject[], mode?: 'trigger' | 'manual') => {
			const done = await run(items, mode);
			expect(errorOf(done)).toBeUndefined();
			const [alerts = [], noAlerts = []] = [0, 1].map((one) => outputOf(done, 'Tested', one));
			return {
				alerts: alerts.map(({ json, pairedItem }) => [
					(json['alert'] as IDataObject)['symbol'],
					(pairedItem as { item: number }).item,
				]),
				noAlerts: noAlerts.map(({ json }) => [json['symbol'], json['marketAlerts']]),
				titles: alerts.map(({ json }) => json['title']),
			};
		},
	};
};
const inhibit = {
	inhibit: {
		rule: [{ source: 'rule=index down', target: 'severity=critical', equal: '', muteFor: '' }],
	},
};
const silence = (until: string, more: object = {}) => ({
	silences: {
		silence: [{ matchers: 'symbol=SHOP', from: '', until, comment: 'earnings day', ...more }],
	},
});

/** What an output lists. */
const heldBack = async (filters: INodeParameters = {}, limit = 50) => {
	const run = await runNode({
		type: new AlertWebhook(),
		items: [{}],
		parameters: { operation: 'getHeldBack', filters, limit },
	});
	expect(errorOf(run)).toBeUndefined();
	return outputOf(run).map(({ json }) => json);
};

describe('noise control in Market Rule', () => {
	it('mutes targets while their source fires, in the same batch and in later ones', async () => {
		const { judge } = nodeOf(inhibit);
		const held = (symbol: string) => [
			symbol,
			{
				heldBack: [{ ruleId: 'cheap', ruleName: 'cheap', by: 'inhibit', cause: 'SPY: index down' }],
			},
		];
		expect(await judge([row('SHOP', 59), row('SPY', 590)])).toMatchObject({
			alerts: [['SPY', 1]],
			noAlerts: [held('SHOP')],
		});
		expect(await judge([row('AAPL', 59)])).toMatchObject({ alerts: [], noAlerts: [held('AAPL')] });
		expect(await judge([row('AAPL', 61)])).toMatchObject({ alerts: [] });
		expect(await judge([row('MSFT', 1), row('SPY', 610), row('SHOP', 58)])).toMatchObject({
			alerts: [['SHOP', 2]],
		});
	});

	it('holds back what is silenced until the silence is over, by the time of the items', async () => {
		const until = new Date(AT + (rows + 3) * 1_000).toISOString();
		const { judge } = nodeOf(silence(until));
		const { noAlerts } = await judge([row('SHOP', 59)]);
		expect(noAlerts).toEqual([
			[
				'SHOP',
				{
					heldBack: [
						{
							ruleId: 'cheap',
							ruleName: 'cheap',
							by: 'silence',
							cause: 'earnings day',
							until: Date.parse(until),
						},
					],
				},
			],
		]);
		expect(await judge([row('AAPL', 61)])).toMatchObject({ alerts: [] });
		expect(await judge([row('AAPL', 61)])).toMatchObject({ alerts: [['SHOP', 0]] });
	});

	it('tells once that an alert flaps, and then how it stands', async () => {
		const flapping = { settings: { maxChanges: 2, window: '1m', calmFor: '5s' } };
		const { judge } = nodeOf({ flapping });
		const titles = [];
		for (const price of [59, 61, 59, 61, 59, 61, 59]) {
			titles.push(...(await judge([row('SHOP', price)])).titles);
		}
		expect(titles).toEqual(['SHOP: cheap', 'SHOP: cheap', 'Flapping: SHOP: cheap']);
		for (let second = 1; second < 5; second += 1) {
			expect(await judge([row('AAPL', 61)])).toMatchObject({ alerts: [] });
		}
		expect(await judge([row('AAPL', 61)])).toMatchObject({ titles: ['SHOP: cheap'] });
	});

	it('shows every alert in a test-run, and remembers nothing of it', async () => {
		const { judge } = nodeOf(inhibit);
		const items = [row('SPY', 590), row('SHOP', 59)];
		const both = [
			['SPY', 0],
			['SHOP', 1],
		];
		expect(await judge(items, 'manual')).toMatchObject({ alerts: both });
		expect(await judge([row('SHOP', 58)])).toMatchObject({ alerts: [['SHOP', 0]] });
	});

	it('gives what is let go through the output of its rule', async () => {
		const { run } = nodeOf(inhibit, { options: { outputs: 'perRule' } });
		await run([row('SPY', 590), row('SHOP', 59)]);
		const done = await run([row('SPY', 610)]);
		expect([0, 1].map((one) => outputOf(done, 'Tested', one).length)).toEqual([0, 1]);
	});

	it.each<[INodeParameters, string]>([
		[silence('soon'), '"silences.0.until" is "soon"; use ISO 8601'],
		[silence('2027-01-01', { matchers: 'SHOP' }), '"silences.0.matchers" has "SHOP"; use a name'],
		[{ flapping: { settings: { maxChanges: 0 } } }, '"flapping.maxChanges" is 0'],
		[{ inhibit: { rule: [{ source: '', target: 'rule=a' }] } }, '"inhibit.0.source" is []'],
	])('stops with a message that quotes what is wrong: %j', async (noise, message) => {
		const { run } = nodeOf(noise);
		expect(errorOf(await run([row('SHOP', 59)]))?.message).toContain(message);
		// Nothing was judged yet: mended, the node begins where it was.
		const { judge } = nodeOf({});
		expect((await judge([row('SHOP', 59)])).alerts).toHaveLength(1);
	});
});

describe('Get Held Back', () => {
	it('lists what was held back, by what, since when and how often, and what became of it', async () => {
		const source = JSON.stringify([
			below('big index', 600, { symbols: ['DIA'] }),
			below('listed', 60, { symbols: ['NVDA', 'TSLA'] }),
		]);
		const fields = { source: 'rule=big index', target: 'rule=listed', equal: '', muteFor: '' };
		const { judge } = nodeOf({ inhibit: { rule: [fields] } }, { ruleJson: source });
		await judge([row('DIA', 590), row('NVDA', 59), row('TSLA', 59)]);
		await judge([row('NVDA', 61)]);
		const [tesla, nvidia] = await heldBack({ rule: 'listed' });
		expect(tesla).toMatchObject({
			ruleId: 'listed',
			symbol: 'TSLA',
			title: 'TSLA: listed',
			state: 'firing',
			heldBackBy: 'inhibit',
			cause: 'DIA: big index',
			count: 1,
			status: 'waiting',
			since: expect.any(Number),
		});
		expect(nvidia).toMatchObject({ symbol: 'NVDA', status: 'over', endedAt: expect.any(Number) });
		expect(await heldBack({ rule: 'listed', status: 'waiting' })).toEqual([tesla]);
		expect(await heldBack({ rule: 'listed', by: 'silence' })).toEqual([]);
		expect(await heldBack({ rule: 'listed' }, 1)).toEqual([tesla]);
		expect(await heldBack({ symbol: 'nvda' })).toEqual([nvidia]);
	});

	it('refuses a time it cannot read', async () => {
		const run = await runNode({
			type: new AlertWebhook(),
			items: [{}],
			parameters: { operation: 'getHeldBack', filters: { since: 'lately' } },
		});
		expect(errorOf(run)?.message).toContain('Since is "lately"');
	});
});

describe('the fields of noise control', () => {
	const namesOf = (selection: NoiseSelection) =>
		(noiseField(selection).options ?? []).map(({ name }) => name);

	it('offer without a clock what alerts alone decide', () => {
		expect(namesOf('withoutClock')).toEqual(['flapping', 'inhibit', 'silences', 'timezone']);
		expect(namesOf('withClock')).toEqual([
			'budget',
			'flapping',
			'groupBy',
			'groupInterval',
			'groupWait',
			'inhibit',
			'quietHours',
			'quietHoursPassCritical',
			'silences',
			'timezone',
		]);
	});

	it('are shown in Market Rule whatever the source of its rules', () => {
		const [field] = new MarketRule().description.properties.filter(({ name }) => name === 'noise');
		for (const ruleSource of ['builder', 'json']) {
			expect(displayParameter({ ruleSource }, field!, null, null)).toBe(true);
		}
	});

	it('are read into settings', () => {
		const policy = readNoise({
			groupBy: 'rule, desk',
			groupWait: '10s',
			groupInterval: '',
			silences: { silence: [{ matchers: 'symbol=SHOP', until: '2026-12-01T09:30:00' }] },
			quietHours: {
				interval: [
					{ days: [], times: '22:00-07:00' },
					{ days: ['sat'], times: '' },
				],
			},
			quietHoursPassCritical: true,
			budget: { settings: { messages: 5, per: '10m', passCritical: false } },
			timezone: 'America/New_York',
		});
		expect(policy).toMatchObject({
			grouping: { by: ['desk', 'rule'], waitMs: 10_000, intervalMs: 300_000 },
			silences: [{ until: Date.parse('2026-12-01T14:30:00Z') }],
			quietHours: { passCritical: true },
			budget: { messages: 5, perMs: 600_000, passCritical: false },
			flapping: undefined,
			inhibit: [],
		});
		const night = Date.parse('2026-12-02T03:00:00Z') as never;
		expect(policy.quietHours?.endsAt(night)).toBe(Date.parse('2026-12-02T12:00:00Z'));
	});

	it('make one group of everything when Group By is empty', () => {
		expect(readNoise({ groupBy: '' }).grouping?.by).toEqual([]);
	});
});
