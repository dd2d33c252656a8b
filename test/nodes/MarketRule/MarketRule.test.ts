import { NodeHelpers, Workflow, type IDataObject } from 'n8n-workflow';

import { alertItemSchema } from '../../../core/alerts';
import { MarketRule } from '../../../nodes/MarketRule/MarketRule.node';
import { closeSharedStore } from '../../../nodes/host/store';
import {
	errorOf,
	itemSource,
	nodeOf,
	outputOf,
	runNode,
	runWorkflow,
} from '../../fakes/runWorkflow';

afterAll(async () => await closeSharedStore());

let nodes = 0;
/** A fresh node each, so that no test meets another's state. */
const freshId = () => `rule-node-${(nodes += 1)}`;

const AT = 1_700_000_000_000;
const quote = (row: number, price: unknown, more: IDataObject = {}): IDataObject => ({
	symbol: 'SHOP',
	price: price as number,
	eventAt: AT + row * 1_000,
	eventId: `replay:tape~p1#${row}`,
	...more,
});
const condition = (row: object) => ({
	condition: [{ fact: 'price', operator: 'lessThan', compareWith: 'value', value: '60', ...row }],
});
const defaults = {
	ruleName: 'Shopify Simple Rule',
	ruleSource: 'builder',
	match: 'all',
	conditions: condition({}),
	fire: 'onChange',
	cooldown: '',
	options: {},
};

const judge = async (
	items: IDataObject[],
	parameters: Record<string, unknown> = {},
	more: {
		id?: string;
		mode?: 'manual' | 'trigger';
		onError?: 'continueRegularOutput' | 'continueErrorOutput';
	} = {},
) => {
	const { id = freshId(), mode = 'trigger', onError } = more;
	return await runNode({
		type: new MarketRule(),
		items,
		parameters: { ...defaults, ...parameters },
		node: { id, ...(onError === undefined ? {} : { onError }) },
		mode,
	});
};
const outputs = async (...args: Parameters<typeof judge>) => {
	const run = await judge(...args);
	expect(errorOf(run)).toBeUndefined();
	return [0, 1, 2].map((output) => outputOf(run, 'Tested', output));
};
const counts = async (...args: Parameters<typeof judge>) =>
	(await outputs(...args)).map((items) => items.length);
const hintsOf = (run: Awaited<ReturnType<typeof judge>>) =>
	run.data.resultData.runData['Tested']?.[0]?.hints?.map(({ message }) => message);
const messageOf = async (...args: Parameters<typeof judge>) =>
	errorOf(await judge(...args))?.message;

describe('Market Rule', () => {
	it('parts items into Alert, No Alert and Unknown, each with the item it came from', async () => {
		const [alert = [], noAlert = [], unknown = []] = await outputs([
			quote(1, 61),
			quote(2, 59),
			quote(3, null),
			quote(4, 58),
		]);
		expect(
			[alert, noAlert, unknown].map((items) => items.map(({ pairedItem }) => pairedItem)),
		).toEqual([[{ item: 1 }], [{ item: 0 }, { item: 3 }], [{ item: 2 }]]);
	});

	it('gives an alert item that its own schema accepts', async () => {
		const [[alert] = []] = await outputs([quote(1, 59, { peRatio: 70 })], {
			options: {
				title: 'Time to buy [[symbol]]!',
				message: 'at [[price]], P/E [[peRatio]]',
				include: 'peRatio',
				severity: 'warning',
				labels: { label: [{ name: 'desk', value: 'tech' }] },
			},
		});
		expect(alertItemSchema.safeParse(alert?.json).error).toBeUndefined();
		expect(alert?.json).toMatchObject({
			title: 'Time to buy SHOP!',
			text: 'at 59, P/E 70',
			alert: { severity: 'warning', labels: { desk: 'tech' } },
			facts: { price: 59, peRatio: 70 },
		});
	});

	it('passes items on untouched, ours under one key only where there is something to say', async () => {
		const odd = quote(1, 61, { nested: { list: [1, { deep: true }] }, marketAlerts: { kept: 1 } });
		const [, [passed] = [], [unknown] = []] = await outputs([odd, quote(2, 'n/a')]);
		expect(passed?.json).toEqual(odd);
		expect(unknown?.json).toEqual({
			...quote(2, 'n/a'),
			marketAlerts: {
				unknown: [
					{
						ruleId: expect.any(String),
						ruleName: 'Shopify Simple Rule',
						missing: [{ fact: 'price', reason: 'invalid' }],
					},
				],
			},
		});
	});

	it('leaves told which facts a trigger could not add', async () => {
		const marketAlerts = {
			missing: { rsi_14_5m: 'warmingUp' },
			unknown: [{ ruleId: 'an earlier' }],
		};
		const [, , [unknown] = []] = await outputs([quote(1, 'n/a', { marketAlerts })]);
		expect(unknown?.json['marketAlerts']).toEqual({
			missing: { rsi_14_5m: 'warmingUp' },
			unknown: [expect.objectContaining({ ruleName: 'Shopify Simple Rule' })],
		});
	});

	it('keeps its state from run to run, per node', async () => {
		const id = freshId();
		expect(await counts([quote(1, 59)], {}, { id })).toEqual([1, 0, 0]);
		expect(await counts([quote(2, 58)], {}, { id })).toEqual([0, 1, 0]);
		expect(await counts([quote(2, 58)])).toEqual([1, 0, 0]);
	});

	it('gives the same alert again for an event that comes again', async () => {
		const id = freshId();
		const [[first] = []] = await outputs([quote(1, 59)], {}, { id });
		const [[again] = []] = await outputs([quote(1, 59)], {}, { id });
		expect(again?.json).toEqual(first?.json);
	});

	it('keeps its state when only its name changes, and begins anew when a condition does', async () => {
		const id = freshId();
		await counts([quote(1, 59)], {}, { id });
		expect(await counts([quote(2, 58)], { ruleName: 'Renamed' }, { id })).toEqual([0, 1, 0]);
		expect(
			await counts([quote(3, 58)], { conditions: condition({ value: '70' }) }, { id }),
		).toEqual([1, 0, 0]);
	});

	it.each<[string, object, IDataObject[], number[]]>([
		['at every match', { fire: 'everyMatch' }, [quote(1, 59), quote(2, 58)], [2, 0, 0]],
		['once', { fire: 'once' }, [quote(1, 59), quote(2, 61), quote(3, 59)], [1, 2, 0]],
		[
			'held at a number of candles, each item one',
			{ options: { holdFor: '3 candles' } },
			[59, 59, 61, 59, 59, 59].map((price, row) => quote(row, price)),
			[1, 5, 0],
		],
		[
			'a number of times in all',
			{ options: { maxAlerts: 2 } },
			[59, 61, 59, 61, 59].map((price, row) => quote(row, price)),
			[2, 3, 0],
		],
		[
			'once for each symbol',
			{ fire: 'once' },
			[quote(1, 59), quote(2, 59, { symbol: 'AAPL' })],
			[2, 0, 0],
		],
		[
			'again only after the cooldown',
			{ cooldown: '10s' },
			[quote(1, 59), quote(2, 61), quote(3, 59), quote(11, 59)],
			[2, 2, 0],
		],
		[
			'when it crosses',
			{ conditions: condition({ operator: 'crossesBelow' }) },
			[quote(1, 61), quote(2, 59), quote(3, 58)],
			[1, 1, 1],
		],
		[
			'within a range',
			{ conditions: condition({ operator: 'between', value: '55', upperValue: '60' }) },
			[quote(1, 61), quote(2, 60)],
			[1, 1, 0],
		],
		[
			'against a multiple of another fact',
			{
				conditions: condition({
					compareWith: 'fact',
					otherFact: 'previousClose',
					otherParams: { times: 0.95 },
				}),
			},
			[quote(1, 58, { previousClose: 60 }), quote(2, 56.9, { previousClose: 60 })],
			[1, 1, 0],
		],
		[
			'against another fact',
			{ conditions: condition({ compareWith: 'fact', otherFact: 'previousClose' }) },
			[quote(1, 59, { previousClose: 58 }), quote(2, 57, { previousClose: 58 })],
			[1, 1, 0],
		],
		[
			'when any condition holds',
			{
				match: 'any',
				conditions: {
					condition: [
						condition({}).condition[0],
						{ fact: 'peRatio', operator: 'lessThan', compareWith: 'value', value: '20' },
					],
				},
			},
			[quote(1, 61, { peRatio: 10 })],
			[1, 0, 0],
		],
		[
			'on a field of the item',
			{
				conditions: condition({
					fact: 'itemField',
					field: 'order.total',
					fieldType: 'number',
					operator: 'greaterThan',
					value: '5',
				}),
			},
			[quote(1, 1, { order: { total: '7.5' } })],
			[1, 0, 0],
		],
		[
			'on text',
			{
				conditions: condition({
					fact: 'itemField',
					field: 'desk',
					fieldType: 'text',
					operator: 'equal',
					value: 'tech',
				}),
			},
			[quote(1, 1, { desk: 'tech' }), quote(2, 1, { desk: 'x' })],
			[1, 1, 0],
		],
		[
			'on true and false',
			{
				conditions: condition({
					fact: 'itemField',
					field: 'halted',
					fieldType: 'boolean',
					operator: 'equal',
					value: 'true',
				}),
			},
			[quote(1, 1, { halted: true })],
			[1, 0, 0],
		],
		[
			'only for its symbols',
			{ options: { symbols: 'aapl, MSFT' } },
			[quote(1, 59), quote(2, 59, { symbol: 'AAPL' })],
			[1, 1, 0],
		],
		[
			'by JSON conditions',
			{
				ruleSource: 'json',
				ruleJson: '{"any":[{"not":{"fact":"price","operator":"greaterThanInclusive","value":60}}]}',
			},
			[quote(1, 59)],
			[1, 0, 0],
		],
		[
			'by JSON from an expression',
			{
				ruleSource: 'json',
				ruleJson: '={{ { all: [{ fact: "price", operator: "lessThan", value: $json.limit }] } }}',
			},
			[quote(1, 59, { limit: 60 }), quote(2, 59, { symbol: 'B', limit: 50 })],
			[1, 1, 0],
		],
		[
			'by a whole document',
			{
				ruleSource: 'json',
				ruleJson: JSON.stringify({
					version: 1,
					id: 'doc',
					name: 'doc',
					symbols: ['SHOP'],
					conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
				}),
			},
			[quote(1, 59), quote(2, 59, { symbol: 'B' })],
			[1, 1, 0],
		],
	])('fires %s', async (_, parameters, items, expected) => {
		expect(await counts(items, parameters as Record<string, unknown>)).toEqual(expected);
	});

	it('tells a resolved alert too when it is asked to, in the same episode', async () => {
		const items = [quote(1, 59), quote(2, 58), quote(3, 61)];
		const [alert = []] = await outputs(items, { options: { notifyResolved: true } });
		const told = alert.map(({ json }) => json['alert'] as IDataObject);
		expect(told.map(({ state }) => state)).toEqual(['firing', 'resolved']);
		expect(told[1]?.['episodeId']).toBe(told[0]?.['episodeId']);
		expect(told[1]?.['id']).not.toBe(told[0]?.['id']);
		expect(told[1]?.['startedAt']).toBe(AT + 1_000);
	});

	it('says on No Alert what keeps an alert quiet, and until when', async () => {
		const items = [quote(1, 59), quote(2, 59), quote(3, 59)];
		const [alert = [], noAlert = []] = await outputs(items, {
			options: { holdFor: '2s', maxPerDay: 1 },
		});
		expect(alert.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 2 }]);
		expect(noAlert.map(({ json }) => json['marketAlerts'])).toMatchObject([
			{ heldBack: [{ by: 'holdFor', until: AT + 3_000 }] },
			{ heldBack: [{ by: 'holdFor', until: AT + 3_000 }] },
		]);
	});

	it('says on No Alert at how many more candles the rule must hold', async () => {
		const [, noAlert = []] = await outputs([quote(1, 59), quote(2, 59)], {
			options: { holdFor: '3 candles' },
		});
		expect(noAlert.map(({ json }) => json['marketAlerts'])).toMatchObject(
			[2, 1].map((candles) => ({ heldBack: [{ by: 'holdFor', candles }] })),
		);
	});

	it('works out an expression for each item, and stays one rule with one state', async () => {
		const id = freshId();
		const perItem = { conditions: condition({ value: '={{ $json.limit }}' }) };
		expect(
			await counts(
				[quote(1, 59, { limit: 60 }), quote(2, 59, { limit: 58 }), quote(3, 59, { limit: 70 })],
				perItem,
				{ id },
			),
		).toEqual([2, 1, 0]);
		expect(await counts([quote(4, 59, { limit: 65 })], perItem, { id })).toEqual([0, 1, 0]);
	});

	it('takes an expression that finds nothing for a missing value, and judges the other items', async () => {
		const perItem = { conditions: condition({ value: '={{ $json.limit }}' }) };
		const [alert = [], , unknown = []] = await outputs(
			[quote(1, 59), quote(2, 59, { symbol: 'B', limit: 60 })],
			perItem,
		);
		expect(alert.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }]);
		expect(unknown[0]?.json['marketAlerts']).toMatchObject({
			unknown: [{ missing: [{ fact: 'value of condition 1', reason: 'notOffered' }] }],
		});
	});

	it.each<[string, object, object]>([
		['a number for the title', { title: '={{ $json.price }}' }, { title: '59' }],
		[
			'a number for a label',
			{ labels: { label: [{ name: 'limit', value: '={{ $json.price + 1 }}' }] } },
			{ alert: { labels: { limit: '60' } } },
		],
		['a list of symbols', { symbols: '={{ ["AAPL", "SHOP"] }}' }, { alert: { symbol: 'SHOP' } }],
		['a list of facts', { include: '={{ ["peRatio"] }}' }, { facts: { price: 59, peRatio: 70 } }],
		[
			'a date for the schedule',
			{ schedule: { window: { from: `={{ new Date(${AT}) }}`, until: '={{ $now }}' } } },
			{ alert: { symbol: 'SHOP' } },
		],
	])('takes %s from an expression', async (_, options, expected) => {
		const [[alert] = []] = await outputs([quote(1, 59, { peRatio: 70 })], { options });
		expect(alert?.json).toMatchObject(expected);
	});

	it('keeps its state when a text of a JSON document changes', async () => {
		const id = freshId();
		const document = (more: object) => ({
			ruleSource: 'json',
			ruleJson: JSON.stringify({
				conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
				...more,
			}),
		});
		await counts([quote(1, 59)], document({}), { id });
		expect(await counts([quote(2, 58)], document({ title: 'New words' }), { id })).toEqual([
			0, 1, 0,
		]);
		expect(await counts([quote(3, 58)], document({ fire: 'everyMatch' }), { id })).toEqual([
			1, 0, 0,
		]);
	});

	it('reads rows of any node through its field names', async () => {
		const rows = [
			{ id: 'r2', product: 'nails', day: '2026-01-02T00:00:00Z', level: 4 },
			{ id: 'r1', product: 'nails', day: '2026-01-01T00:00:00Z', level: 9 },
		];
		const parameters = {
			conditions: condition({ fact: 'itemField', field: 'level', fieldType: 'number', value: '5' }),
			options: { symbolField: 'product', timeField: 'day', eventIdField: 'id' },
		};
		const id = freshId();
		const [[alert] = []] = await outputs(rows, parameters, { id });
		expect(alert?.json).toMatchObject({
			alert: { symbol: 'nails', eventId: 'r2', eventAt: Date.parse('2026-01-02T00:00:00Z') },
		});
		const [[again] = []] = await outputs(rows, parameters, { id });
		expect(again?.json).toEqual(alert?.json);
	});

	it('tells items without an id apart when it runs several times in one execution', async () => {
		const to = (node: string) => ({ node, type: 'main' as const, index: 0 });
		const run = await runWorkflow({
			types: {
				both: itemSource([{}]),
				high: itemSource([{ symbol: 'SHOP', price: 59 }]),
				low: itemSource([{ symbol: 'SHOP', price: 58 }]),
				tested: new MarketRule(),
			},
			nodes: [
				nodeOf('Both', 'both'),
				nodeOf('High', 'high'),
				nodeOf('Low', 'low'),
				nodeOf('Tested', 'tested', { ...defaults, fire: 'everyMatch' }, { id: freshId() }),
			],
			connections: {
				Both: { main: [[to('High'), to('Low')]] },
				High: { main: [[to('Tested')]] },
				Low: { main: [[to('Tested')]] },
			},
			start: 'Both',
		});
		const alerts = run.data.resultData.runData['Tested']?.flatMap(
			({ data }) => data?.['main']?.[0] ?? [],
		);
		const ids = alerts?.map(({ json }) => (json['alert'] as IDataObject)['id']);
		expect(new Set(ids).size).toBe(2);
	});

	it('hints at items without an id, for they cannot be recognised', async () => {
		const run = await judge([{ symbol: 'SHOP', price: 59 }]);
		expect(hintsOf(run)).toContainEqual(expect.stringMatching(/^1 of 1 items have no event ID/));
	});

	it('says in a hint what the rule does, and what about it is probably not meant', async () => {
		const run = await judge([quote(1, 59)], {
			conditions: condition({ fact: 'rsi', operator: 'greaterThan', value: '170' }),
		});
		expect(hintsOf(run)).toEqual([
			'Alerts on any symbol when RSI(14) on 5-minute candles is greater than 170.',
			'Rule "Shopify Simple Rule": RSI(14) on 5-minute candles lies between 0 and 100; 170 is beyond it.',
		]);
	});

	it('shows a rule that holds in a manual run, marked as a test, and leaves its state alone', async () => {
		const id = freshId();
		const [manual = []] = await outputs([quote(1, 59), quote(2, 58)], {}, { id, mode: 'manual' });
		expect(manual.map(({ json }) => (json['alert'] as IDataObject)['test'])).toEqual([true, true]);
		expect(await counts([quote(1, 59)], {}, { id })).toEqual([1, 0, 0]);
	});

	it.each<[string, object, IDataObject, string]>([
		[
			'a value that is none',
			{ conditions: condition({ value: '' }) },
			quote(1, 1),
			'Rule "Shopify Simple Rule": condition 1 ("price") is compared with nothing; fill in its value.',
		],
		[
			'a value that is no number',
			{ conditions: condition({ value: 'sixty' }) },
			quote(1, 1),
			'Rule "Shopify Simple Rule": condition 1 ("price") is compared with "sixty"; use a number such as 70.',
		],
		[
			'a range with one end',
			{ conditions: condition({ operator: 'between', upperValue: '' }) },
			quote(1, 1),
			'condition 1 ("price") is compared with nothing; fill in its value.',
		],
		[
			'a range the wrong way round',
			{ conditions: condition({ operator: 'outside', upperValue: '50' }) },
			quote(1, 1),
			'fact "price" is compared with [60,50]; use two numbers, the lower one first',
		],
		[
			'a field without a name',
			{ conditions: condition({ fact: 'itemField', field: ' ' }) },
			quote(1, 1),
			'Rule "Shopify Simple Rule": condition 1 compares an item field, but names none; fill in its field.',
		],
		[
			'an operator of another kind of fact',
			{ conditions: condition({ fact: 'timeOfDay', value: '09:30' }) },
			quote(1, 1),
			'Rule "Shopify Simple Rule": condition 1 ("timeOfDay") has the operator "Is Less Than", which is not for this fact; choose Is Between Times.',
		],
		[
			'no condition at all',
			{ conditions: {} },
			quote(1, 1),
			'Rule "Shopify Simple Rule": conditions.all is empty, so it would always hold; add a condition or remove the group.',
		],
		[
			'JSON that is none',
			{ ruleSource: 'json', ruleJson: '{"all": [}' },
			quote(1, 1),
			'Rule "Shopify Simple Rule": the JSON can\'t be read: ',
		],
		[
			'JSON that is an empty list',
			{ ruleSource: 'json', ruleJson: '[]' },
			quote(1, 1),
			'the JSON is an empty list; use conditions such as',
		],
		[
			'a cooldown that is none',
			{ cooldown: 'soon' },
			quote(1, 1),
			'"cooldown" is "soon"; use a duration such as "30s"',
		],
		[
			'a time without a zone',
			{},
			quote(1, 1, { eventAt: '2026-01-01 10:00' }),
			'The time in "eventAt" is "2026-01-01 10:00"; use epoch milliseconds',
		],
		[
			'a list of symbols that came out empty',
			{ options: { symbols: '={{ [] }}' } },
			quote(1, 59),
			'"symbols" is []; name at least one',
		],
		[
			'a duration that lacks its unit',
			{ options: { holdFor: '={{ 30 }}' } },
			quote(1, 59),
			'"holdFor" is "30"; use a duration such as "30s"',
		],
		[
			'a template that goes wrong',
			{ options: { title: 'Buy [[symbol' } },
			quote(1, 59),
			'Rule "Shopify Simple Rule": title',
		],
	])('stops at %s, quoting it', async (_, parameters, item, message) => {
		expect(await messageOf([item], parameters as Record<string, unknown>)).toContain(message);
	});

	describe('with a rule of Apperate', () => {
		const apperate = {
			ruleName: 'Cheap Apple',
			type: 'all',
			index: ['CORE:STOCK:AAPL:latestPrice', 'CORE:STOCK:AAPL:peRatio'],
			conditions: [
				['$index[0]', '<', 150],
				['$index[1]', '<', 20],
			],
			outputs: [
				{ method: 'email', to: 'me@example.com', frequency: 60 },
				{ method: 'slack', to: '#desk' },
			],
			additionalIndex: ['CORE:STOCK:MSFT:high'],
		};
		const anySymbol = {
			ruleSet: 'ANYEVENT',
			type: 'any',
			ruleName: 'Big move',
			conditions: [['changePercent', '>', 5]],
			outputs: [{ method: 'webhook', url: 'https://example.com/hook', frequency: 1 }],
			additionalKeys: ['latestPrice'],
		};
		const json = (rule: object) => ({ ruleSource: 'json', ruleJson: JSON.stringify(rule) });
		const apple = (row: number, price: number) =>
			quote(row, price, { symbol: 'AAPL', peRatio: 19 });

		it('judges it as it was: at every event, with its wait, and its recipients', async () => {
			const items = [apple(1, 149), apple(2, 148), quote(3, 10), apple(61, 147), apple(62, 151)];
			const run = await judge(items, json(apperate));
			const alerts = outputOf(run, 'Tested', 0).map(({ json: { alert } }) => alert);
			expect(alerts).toMatchObject([
				{
					ruleName: 'Cheap Apple',
					eventId: 'replay:tape~p1#1',
					deliver: [{ channel: 'email', to: 'me@example.com' }],
				},
				{ eventId: 'replay:tape~p1#61' },
			]);
			expect(hintsOf(run)).toEqual([
				'Alerts at every event on AAPL when price is less than 150 and P/E ratio is less than 20; at most once a minute.',
				'Rule "Cheap Apple": The output "slack" isn\'t one of our channels; connect the Slack node to the Alert output.',
			]);
		});

		it("takes its older form, and the node's id and name for those it lacks", async () => {
			const { ruleName: _, ...nameless } = anySymbol;
			const id = freshId();
			const items = [quote(1, 10, { changePercent: 6 })];
			const [[alert] = []] = await outputs(items, json(nameless), { id });
			expect(alert?.json['alert']).toMatchObject({
				ruleId: id,
				ruleName: 'Shopify Simple Rule',
				deliver: [{ channel: 'webhook', to: 'https://example.com/hook' }],
			});
		});

		it('keeps its state when its name changes', async () => {
			const id = freshId();
			const slow = {
				...anySymbol,
				outputs: [{ method: 'email', to: 'a@example.com', frequency: 60 }],
			};
			const big = (row: number) => [quote(row, 10, { changePercent: 6 })];
			expect(await counts(big(1), json(slow), { id })).toEqual([1, 0, 0]);
			expect(await counts(big(2), json({ ...slow, ruleName: 'Huge' }), { id })).toEqual([0, 1, 0]);
		});

		it('takes it in a list with documents of ours, in their order', async () => {
			const ours = {
				id: 'ours',
				name: 'Ours',
				conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
			};
			const run = await judge([quote(1, 59, { changePercent: 6 })], {
				...json([ours, anySymbol]),
				options: { outputs: 'perRule' },
			});
			expect(errorOf(run)).toBeUndefined();
			const idsOf = (output: number) =>
				outputOf(run, 'Tested', output).map(
					({ json: { alert } }) => (alert as IDataObject)['ruleId'],
				);
			expect([idsOf(0), idsOf(1)]).toEqual([['ours'], ['big-move']]);
		});

		it('stops at one that cannot be read, quoting it', async () => {
			const message = await messageOf(
				[quote(1, 1)],
				json({ ...apperate, conditions: [['$index[7]', '<', 150]] }),
			);
			expect(message).toContain('Rule "Cheap Apple": ');
			expect(message).toContain('"$index[7]"');
		});
	});

	it('goes on with the others when it is told to', async () => {
		const items = [
			quote(1, 59),
			quote(2, 59, { symbol: 'B', eventAt: 'noon' }),
			quote(3, 59, { symbol: 'C' }),
		];
		const [alert = [], , unknown = []] = await outputs(
			items,
			{},
			{ onError: 'continueRegularOutput' },
		);
		expect(alert.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(unknown).toMatchObject([
			{ json: { error: expect.stringContaining('"noon"') }, pairedItem: { item: 1 } },
		]);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'lets nothing out as an alert where nothing could be judged (%s)',
		async (onError) => {
			const run = await judge([quote(1, 61)], { options: { splits: 'none' } }, { onError });
			expect(errorOf(run)).toBeUndefined();
			const at = onError === 'continueErrorOutput' ? 3 : 2;
			expect([0, 1, 2, 3].map((output) => outputOf(run, 'Tested', output).length)).toEqual(
				[0, 1, 2, 3].map((output) => (output === at ? 1 : 0)),
			);
			expect(outputOf(run, 'Tested', at)[0]?.json['error']).toContain('Splits: "none" is no list');
		},
	);

	it('gives no item, no output', async () => {
		expect(await counts([])).toEqual([0, 0, 0]);
	});

	describe('with several rules', () => {
		const rules = (...more: object[]) => ({
			ruleSource: 'json',
			ruleJson: JSON.stringify([
				{ id: 'low', name: 'Low', conditions: { all: [under(60)] } },
				{ id: 'lower', name: 'Lower', conditions: { all: [under(55)] } },
				...more,
			]),
		});
		const under = (value: number) => ({ fact: 'price', operator: 'lessThan', value });
		const idsOf = (items: Awaited<ReturnType<typeof outputs>>[number] = []) =>
			items.map(({ json }) => (json['alert'] as IDataObject)['ruleId']);

		it('gives an alert for each rule that fires, each with a state of its own', async () => {
			const id = freshId();
			const [first = []] = await outputs([quote(1, 59)], rules(), { id });
			const [second = []] = await outputs([quote(2, 54)], rules(), { id });
			expect([idsOf(first), idsOf(second)]).toEqual([['low'], ['lower']]);
		});

		it('gives each rule an output of its own when it is asked to', async () => {
			const run = await judge([quote(1, 54), quote(2, 61), quote(3, null)], {
				...rules(),
				options: { outputs: 'perRule' },
			});
			expect(errorOf(run)).toBeUndefined();
			const [low, lower, noAlert, unknown] = [0, 1, 2, 3].map((at) => outputOf(run, 'Tested', at));
			expect([idsOf(low), idsOf(lower)]).toEqual([['low'], ['lower']]);
			expect([noAlert, unknown].map((items) => items?.map(({ pairedItem }) => pairedItem))).toEqual(
				[[{ item: 1 }], [{ item: 2 }]],
			);
		});

		it('keeps its outputs apart where a text differs from item to item', async () => {
			const run = await judge([quote(1, 59), quote(2, 54), quote(3, 61), quote(4, null)], {
				...rules(),
				options: { outputs: 'perRule', title: '={{ $json.eventId }}' },
			});
			expect(errorOf(run)).toBeUndefined();
			expect(
				[0, 1, 2, 3].map((at) => outputOf(run, 'Tested', at).map(({ pairedItem }) => pairedItem)),
			).toEqual([[{ item: 0 }], [{ item: 1 }], [{ item: 2 }], [{ item: 3 }]]);
		});

		it('gives items that cannot be looked at on Unknown, whatever the number of outputs', async () => {
			const run = await judge(
				[quote(1, 59, { eventAt: 'noon' })],
				{ ...rules(), options: { outputs: 'perRule' } },
				{ onError: 'continueRegularOutput' },
			);
			expect([0, 1, 2, 3].map((at) => outputOf(run, 'Tested', at).length)).toEqual([0, 0, 0, 1]);
		});

		it.each<[string, object, string[]]>([
			['the builder', {}, ['Alert', 'No Alert', 'Unknown']],
			['several rules', rules(), ['Alert', 'No Alert', 'Unknown']],
			[
				'several rules with an output each',
				{ ...rules({ id: 'lowest' }), options: { outputs: 'perRule' } },
				['Low', 'Lower', 'lowest', 'No Alert', 'Unknown'],
			],
			[
				'JSON that is none',
				{ ruleSource: 'json', ruleJson: '[{', options: { outputs: 'perRule' } },
				['Alert', 'No Alert', 'Unknown'],
			],
		])('has outputs for %s as n8n works them out', (_, parameters, names) => {
			const type = new MarketRule();
			const workflow = new Workflow({
				nodes: [nodeOf('Rule', 'tested', { ...defaults, ...parameters })],
				connections: {},
				active: false,
				nodeTypes: {
					getByName: () => type,
					getByNameAndVersion: () => type,
					getKnownTypes: () => ({}),
				},
			});
			const node = workflow.getNode('Rule');
			const outputsOf = node && NodeHelpers.getNodeOutputs(workflow, node, type.description);
			expect(outputsOf).toEqual(names.map((displayName) => ({ type: 'main', displayName })));
		});

		it('takes them from an earlier node, for each item its own', async () => {
			const own = (limit: number) => [
				{ id: `under ${limit}`, conditions: { all: [under(limit)] } },
			];
			const [alerts = [], noAlerts = []] = await outputs(
				[
					quote(1, 59, { rules: own(60) }),
					quote(2, 59, { rules: own(50) }),
					quote(3, 59, { rules: [] }),
				],
				{ ruleSource: 'json', ruleJson: '={{ $json.rules }}' },
			);
			expect(idsOf(alerts)).toEqual(['under 60']);
			expect(noAlerts.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 2 }]);
		});

		it.each<[string, object, string]>([
			[
				'without an id',
				{ ruleSource: 'json', ruleJson: '[{ "name": "A", "conditions": { "all": [] } }]' },
				'Rule 1 of the list ("A") has no "id"',
			],
			['of one id', rules({ id: 'low', conditions: { all: [under(1)] } }), 'have the id "low"'],
			[
				'from an expression with an output each',
				{
					ruleSource: 'json',
					ruleJson: '={{ $json.rules }}',
					options: { outputs: 'perRule' },
				},
				'Outputs is "One per Rule", and Rule (JSON) is an expression',
			],
		])('refuses rules %s', async (_, parameters, message) => {
			const item = quote(1, 1, { rules: [] });
			expect(await messageOf([item], parameters as Record<string, unknown>)).toContain(message);
		});
	});

	it('reads facts from columns of other names', async () => {
		const rows = [{ sym: 'SHOP', ts: AT, data: { last_price: '59.5', pe: 70 } }];
		const [[alert] = []] = await outputs(rows, {
			options: {
				symbolField: 'sym',
				timeField: 'ts',
				include: 'peRatio',
				columns: {
					column: [
						{ fact: 'price', field: 'data.last_price' },
						{ fact: 'peRatio', field: 'data.pe' },
					],
				},
			},
		});
		expect(alert?.json).toMatchObject({
			alert: { symbol: 'SHOP', eventAt: AT },
			facts: { price: 59.5, peRatio: 70 },
		});
	});

	it('explains on No Alert and Unknown what each comparison found, and how far away it is', async () => {
		const [, [noAlert] = [], [unknown] = []] = await outputs(
			[quote(1, 60.6, { peRatio: 70 }), quote(2, 59)],
			{
				conditions: {
					condition: [
						{ fact: 'price', operator: 'lessThan', value: '60' },
						{ fact: 'peRatio', operator: 'between', value: '10', upperValue: '20' },
					],
				},
				options: { explain: true },
			},
		);
		const whyOf = (item: typeof noAlert) => (item?.json['marketAlerts'] as IDataObject)['why'];
		expect(whyOf(noAlert)).toEqual([
			{
				ruleId: expect.any(String),
				ruleName: 'Shopify Simple Rule',
				outcome: 'fails',
				because: [
					{
						fact: 'price',
						operator: 'lessThan',
						left: 60.6,
						right: 60,
						holds: false,
						distance: 0.6,
						distancePercent: 1,
					},
					{
						fact: 'peRatio',
						operator: 'between',
						left: 70,
						right: [10, 20],
						holds: false,
						distance: 50,
						distancePercent: 250,
					},
				],
			},
		]);
		expect(whyOf(unknown)).toMatchObject([
			{
				outcome: 'unknown',
				because: [{ holds: true }, { left: null, holds: null, missing: 'notOffered' }],
			},
		]);
	});

	it('says why a rule was not judged at all', async () => {
		const [, [noAlert] = []] = await outputs([quote(1, 59)], {
			options: { explain: true, schedule: { window: { until: '2001-01-01' } } },
		});
		expect(noAlert?.json['marketAlerts']).toMatchObject({ why: [{ outcome: 'asleep' }] });
	});

	it('takes a split for what it is, no fall in price', async () => {
		const day = (date: string, close: number): IDataObject => ({
			symbol: 'NFLX',
			eventAt: `${date}T20:00:00Z`,
			eventId: date,
			startAt: `${date}T04:00:00Z`,
			open: close,
			high: close,
			low: close,
			close,
		});
		const tape = [day('2015-07-13', 707.61), day('2015-07-14', 702.6), day('2015-07-15', 98.13)];
		const fell = {
			conditions: condition({
				fact: 'movePercent',
				span: 'last',
				last: 1,
				interval: 'event',
				value: '-5',
			}),
		};
		expect((await counts(tape, fell))[0]).toBe(1);
		const splits = JSON.stringify([{ symbol: 'NFLX', date: '2015-07-15', ratio: 7 }]);
		expect((await counts(tape, { ...fell, options: { splits } }))[0]).toBe(0);
	});

	it('refuses splits it cannot read, quoting them', async () => {
		const splits = '[{ "symbol": "NFLX", "date": "soon", "ratio": 7 }]';
		expect(await messageOf([quote(1, 1)], { options: { splits } })).toBe(
			'Splits: {"symbol":"NFLX","date":"soon","ratio":7} lacks a symbol or a date; use [{ "symbol": "NFLX", "date": "2015-07-15", "ratio": 7 }].',
		);
	});
});
