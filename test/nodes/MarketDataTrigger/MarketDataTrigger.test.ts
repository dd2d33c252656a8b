import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { TriggerContext } from 'n8n-core';
import {
	Workflow,
	type IDataObject,
	type INodeExecutionData,
	type INodePropertyCollection,
	type INodePropertyOptions,
	type INodeTypes,
	type IRun,
	type ITriggerFunctions,
	type ITriggerResponse,
	type IWorkflowExecuteAdditionalData,
	type NodeParameterValueType,
	type WorkflowActivateMode,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { closeSharedStore, openSharedStore } from '../../../nodes/host/store';
import { tapesFolder } from '../../../nodes/host/paths';
import { MarketDataTrigger } from '../../../nodes/MarketDataTrigger/MarketDataTrigger.node';
import { MarketRule } from '../../../nodes/MarketRule/MarketRule.node';
import { useProductionExpressions, useSimpleExpressions } from '../../fakes/expressionEngine';
import { errorOf, outputOf, runNode } from '../../fakes/runWorkflow';

const AT = 1_700_000_000_000;
mkdirSync(tapesFolder(), { recursive: true });
const tape = (name: string, rows: number) =>
	writeFileSync(
		join(tapesFolder(), name),
		`time,symbol,price\n${Array.from({ length: rows }, (_, row) => `${AT + row * 1_000},SHOP,${60 + row}`).join('\n')}\n`,
	);
tape('five.csv', 5);
tape('long.csv', 5_000);
writeFileSync(
	join(tapesFolder(), 'bounce.csv'),
	`time,symbol,price\n${[64, 62, 60, 58, 57, 59, 62].map((price, row) => `${AT + row * 1_000},SHOP,${price}`).join('\n')}\n`,
);

afterAll(async () => await closeSharedStore());

type Deferred = ReturnType<ITriggerFunctions['helpers']['createDeferredPromise']> & {
	resolve(run: IRun): void;
};
type Emitted = {
	readonly events: IDataObject[];
	readonly feed: IDataObject[];
	readonly done: Deferred | undefined;
};
const run = (status: string, error?: object) =>
	({ status, data: { resultData: { error } } }) as unknown as IRun;

let workflows = 0;

/** A trigger in n8n-core's own context. Each emit waits for the test to say how its run ended. */
function setUp(
	parameters: Record<string, unknown>,
	options: {
		mode?: WorkflowExecuteMode;
		activation?: WorkflowActivateMode;
		workflowId?: string;
	} = {},
) {
	const {
		mode = 'trigger',
		activation = 'activate',
		workflowId = `trigger-${(workflows += 1)}`,
	} = options;
	const type = new MarketDataTrigger();
	const defaults = Object.fromEntries(
		type.description.properties.map(({ name, default: value }) => [name, value]),
	);
	const node = {
		id: 'node-1',
		name: 'Trigger',
		type: 'trigger',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: { ...defaults, ...parameters } as Record<string, NodeParameterValueType>,
	};
	const nodeTypes = {
		getByName: () => type,
		getByNameAndVersion: () => type,
		getKnownTypes: () => ({}),
	} as unknown as INodeTypes;
	const workflow = new Workflow({
		id: workflowId,
		name: workflowId,
		nodes: [node],
		connections: {},
		active: true,
		nodeTypes,
	});
	const emitted: Emitted[] = [];
	const waiting: Array<() => void> = [];
	const failures: Error[] = [];
	const emit = (data: INodeExecutionData[][], _response?: unknown, done?: Deferred) => {
		emitted.push({
			events: (data[0] ?? []).map(({ json }) => json),
			feed: (data[1] ?? []).map(({ json }) => json['feed'] as IDataObject),
			done,
		});
		for (const wake of waiting.splice(0)) wake();
	};
	const context = new TriggerContext(
		workflow,
		node,
		{} as IWorkflowExecuteAdditionalData,
		mode,
		activation,
		emit as never,
		() => {},
		(error: Error) => void failures.push(error),
	);
	/** Waits until that many were emitted. */
	const emits = async (count: number) => {
		while (emitted.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
	};
	return {
		start: async (): Promise<ITriggerResponse> =>
			await type.trigger.call(context as unknown as ITriggerFunctions),
		emitted,
		emits,
		failures,
		workflow,
		workflowId,
	};
}

const replay = (file: string, more: object = {}) => ({
	source: 'replay',
	filePath: file,
	symbols: '',
	...more,
});

describe('Market Data Trigger', () => {
	it('starts the workflow with the events of a tape, and with news of the feed', async () => {
		const { start, emitted, emits } = setUp(replay('five.csv'));
		const { closeFunction } = await start();
		await emits(1);
		emitted[0]?.done?.resolve(run('success'));
		while (emitted.flatMap(({ feed }) => feed).length === 0) {
			await emits(emitted.length + 1);
			emitted.at(-1)?.done?.resolve(run('success'));
		}
		await closeFunction?.();
		expect(emitted.flatMap(({ events }) => events).map(({ price }) => price)).toEqual([
			60, 61, 62, 63, 64,
		]);
		expect(emitted[0]?.events[0]).toMatchObject({
			type: 'trade',
			symbol: 'SHOP',
			eventAt: AT,
			eventId: expect.stringMatching(/^replay:five\.csv~.+#1$/),
			quality: [],
		});
		expect(emitted.flatMap(({ feed }) => feed)).toMatchObject([{ kind: 'ended', count: 5 }]);
	});

	describe('with facts added', () => {
		const sma = (period: number, more: object = {}) => ({
			fact: 'sma',
			period,
			interval: 'event',
			...more,
		});
		const added = (...fact: object[]) => ({ addFacts: { fact } });
		/** The events of a tape, from a real start or a test-run, and without the fields they have anyway. */
		const eventsOf = async (parameters: object, mode: 'trigger' | 'manual' = 'trigger') => {
			const { start, emitted, emits } = setUp(replay('bounce.csv', parameters), { mode });
			const { manualTriggerFunction, closeFunction } = await start();
			await manualTriggerFunction?.();
			await emits(1);
			emitted[0]?.done?.resolve(run('success'));
			await closeFunction?.();
			return emitted[0]?.events ?? [];
		};
		const OWN =
			/^(?:type|source|symbol|providerSymbol|eventId|eventAt|receivedAt|quality|price|size|side)$/;
		const beyond = (event: IDataObject | undefined) =>
			Object.fromEntries(Object.entries(event ?? {}).filter(([name]) => !OWN.test(name)));

		it.each(['trigger', 'manual'] as const)('puts them on each event (%s)', async (mode) => {
			const facts = added(
				sma(2),
				sma(6, { name: 'slow' }),
				{ fact: 'high', interval: '1h', params: { candle: 'running' } },
				{ fact: 'highest', span: 'last', last: 3, interval: 'event' },
				{ fact: 'move', over: '2s' },
			);
			const events = await eventsOf(facts, mode);
			expect(events.map(({ price }) => price)).toEqual([64, 62, 60, 58, 57, 59, 62]);
			expect(beyond(events[0])).toEqual({
				high_1h_running: 64,
				marketAlerts: {
					missing: {
						sma_2: 'warmingUp',
						slow: 'warmingUp',
						highest_3: 'warmingUp',
						move_2s: 'warmingUp',
					},
				},
			});
			expect(beyond(events[6])).toEqual({
				sma_2: 60.5,
				slow: 59.6666666667, // 358 / 6 to twelve digits
				high_1h_running: 64,
				highest_3: 59,
				move_2s: 5,
			});
		});

		it('writes them and what they follow from down with the batch', async () => {
			const { start, emitted, emits, workflowId } = setUp(replay('bounce.csv', added(sma(2))));
			const { closeFunction } = await start();
			await emits(1);
			const store = await openSharedStore();
			const [batch] = await store.list('batch', workflowId);
			expect((batch?.value as { events: IDataObject[] }).events).toEqual(emitted[0]?.events);
			expect((await store.list('history', workflowId)).map(({ key }) => key)).toEqual([
				`${workflowId}/node-1/SHOP/000001`,
			]);
			emitted[0]?.done?.resolve(run('success'));
			await closeFunction?.();
		});

		it('gives Market Rule columns to compare, and the reason while there is none', async () => {
			const items = await eventsOf(added(sma(3)));
			const judged = await runNode({
				type: new MarketRule(),
				items,
				parameters: {
					ruleName: 'Under its mean',
					ruleSource: 'builder',
					match: 'all',
					conditions: {
						condition: [
							{
								fact: 'price',
								operator: 'crossesAbove',
								compareWith: 'fact',
								otherFact: 'itemField',
								otherField: 'sma_3',
							},
						],
					},
					fire: 'onChange',
					cooldown: '',
					options: {},
				},
			});
			expect(errorOf(judged)).toBeUndefined();
			const [alerts, , unknown] = [0, 1, 2].map((output) => outputOf(judged, 'Tested', output));
			expect(alerts?.map(({ json }) => json['because'])).toMatchObject([
				[{ fact: 'price', left: 59, right: 58, rightFact: 'sma_3' }],
			]);
			expect(unknown?.map(({ json }) => [json['price'], json['marketAlerts']])).toMatchObject([
				[64, { missing: { sma_3: 'warmingUp' } }],
				[62, { unknown: [{ missing: [{ fact: 'sma_3', reason: 'warmingUp' }] }] }],
				[60, { unknown: [{ missing: [{ fact: 'price', reason: 'firstValue' }] }] }],
			]);
		});

		it('can add every fact of its list as it begins', async () => {
			const field = new MarketDataTrigger().description.properties.find(
				({ name }) => name === 'addFacts',
			);
			const [group] = (field?.options ?? []) as INodePropertyCollection[];
			const [list] = group?.values ?? [];
			const facts = (list?.options as INodePropertyOptions[]).map(({ value }) => String(value));
			// Without a calendar it's the one the event has.
			const rows = facts.map((fact) =>
				fact === 'session' ? { fact, params: { calendar: 'us-equities' } } : { fact },
			);
			const [event] = await eventsOf(added(...rows), 'manual');
			const { missing } = event?.['marketAlerts'] as { missing: IDataObject };
			expect(Object.keys({ ...beyond(event), ...missing })).toHaveLength(facts.length + 1);
			expect(facts).toEqual(expect.arrayContaining(['rsi', 'movePercent', 'high', 'weekday']));
			expect(facts).not.toContain('price');
		});

		it.each<[string, object, object, RegExp]>([
			[
				'a period of none',
				{},
				sma(0),
				/^Added fact 1: parameter "period" of "sma" is 0; use a whole/,
			],
			[
				'a column the event has',
				{},
				{ fact: 'high', interval: 'event' },
				/^Added fact 1: "high" is on/,
			],
			[
				'an odd name',
				{},
				sma(2, { name: 'my mean' }),
				/^Added fact 1: the name "my mean" isn't one/,
			],
			[
				'an instrument the trigger does not watch',
				{ symbols: 'SHOP' },
				sma(2, { params: { symbol: 'spy' } }),
				/^Added fact 1: "sma" is that of "spy", which the trigger doesn't watch; add it to Symbols\.$/,
			],
		])('refuses %s when it is started', async (_, more, row, message) => {
			const { start } = setUp(replay('bounce.csv', { ...added(row), ...more }));
			await expect(start()).rejects.toMatchObject({
				name: 'NodeOperationError',
				message: expect.stringMatching(message),
			});
		});
	});

	it('runs one execution at a time, and gathers meanwhile', async () => {
		const { start, emitted, emits } = setUp(replay('long.csv', { options: { batchSize: 1_000 } }));
		const { closeFunction } = await start();
		await emits(1);
		await new Promise((resolve) => setImmediate(resolve));
		expect(emitted).toHaveLength(1);
		emitted[0]?.done?.resolve(run('success'));
		await emits(2);
		expect(emitted[1]?.events.length).toBeGreaterThanOrEqual(1_000);
		emitted[1]?.done?.resolve(run('success'));
		await closeFunction?.();
	});

	it('writes a batch down before the workflow gets it, and crosses it out when the run has ended', async () => {
		const { start, emitted, emits, workflowId } = setUp(
			replay('long.csv', { options: { batchSize: 500 } }),
		);
		const { closeFunction } = await start();
		await emits(1);
		const store = await openSharedStore();
		const open = async () =>
			(await store.list('batch', workflowId)).map(
				({ value }) => (value as { events: IDataObject[] }).events,
			);
		expect(await open()).toEqual([emitted[0]?.events]);
		emitted[0]?.done?.resolve(run('success'));
		await emits(2);
		expect(await open()).toEqual([emitted[1]?.events]);
		emitted[1]?.done?.resolve(run('success'));
		await closeFunction?.();
	});

	it.each<[string, (done: Deferred | undefined) => void, boolean]>([
		['succeeded', (done) => done?.resolve(run('success')), false],
		['waits for something', (done) => done?.resolve(run('waiting')), false],
		[
			'was stopped by the user',
			(done) =>
				done?.reject(
					Object.assign(new Error('stopped'), { name: 'ManualExecutionCancelledError' }),
				),
			false,
		],
		[
			'ended in an error that the workflow answers itself',
			(done) => done?.resolve(run('error')),
			false,
		],
		['was refused as a duplicate', (done) => done?.resolve(undefined as never), false],
		[
			'ended in what only the user can mend',
			(done) =>
				done?.resolve(
					run('error', { message: 'Rule "x": …', context: { marketAlertsNotAgain: true } }),
				),
			false,
		],
		[
			'ended in error',
			(done) => done?.resolve(run('error', { message: 'mail server down' })),
			true,
		],
		['timed out', (done) => done?.reject(new Error('timed out')), true],
	])('knows what to do with a batch whose run %s', async (_, end, again) => {
		const { start, emitted, emits, workflowId } = setUp(
			replay('long.csv', { options: { batchSize: 500 } }),
		);
		const { closeFunction } = await start();
		await emits(1);
		end(emitted[0]?.done);
		if (again) {
			// It's kept for another run, with the failure counted; that one comes after two seconds.
			const store = await openSharedStore();
			const failures = async () =>
				(await store.list('batch', workflowId)).map(
					({ value }) => (value as { failures: number }).failures,
				);
			while ((await failures())[0] !== 1) await new Promise((resolve) => setImmediate(resolve));
			expect(emitted).toHaveLength(1);
		} else {
			await emits(2);
			expect(emitted[1]?.events[0]?.['eventId']).not.toBe(emitted[0]?.events[0]?.['eventId']);
			emitted[1]?.done?.resolve(run('success'));
		}
		await closeFunction?.();
	});

	it.each<[string, object, RegExp]>([
		['no file', replay(''), /^File is empty; name the file to replay/],
		['a file that is not there', replay('nowhere.csv'), /^There is no file "nowhere\.csv"/],
		[
			'a file outside',
			replay('/etc/passwd'),
			/^"\/etc\/passwd" lies outside the folders that may be read/,
		],
		[
			'a speed of none',
			replay('five.csv', { pace: 'recorded', speed: 0 }),
			/^Speed is 0; use a number above 0/,
		],
		['no symbols', { symbols: ' , ' }, /^Symbols is empty; name at least one/],
		[
			'an interval that is none',
			{ interval: 'often' },
			/^Interval is "often"; use a duration such as 200ms/,
		],
		['an interval too short', { interval: '1ms' }, /^Interval is 1 ms; 10 ms is the least/],
		[
			'an instrument without a price',
			{
				instruments: {
					instrument: [{ symbol: 'X', startPrice: 0, driftPercent: 0, volatilityPercent: 1 }],
				},
			},
			/^Start Price of X is 0; use a number above 0/,
		],
		[
			'an event without a symbol',
			{ script: { event: [{ at: '1s', kind: 'crash', symbol: '' }] } },
			/^Symbol of scripted event 1 is empty/,
		],
		[
			'an event at no time',
			{ script: { event: [{ at: 'x', kind: 'crash', symbol: 'X' }] } },
			/^At of scripted event 1 is "x"/,
		],
	])('refuses %s when it is started', async (_, parameters, message) => {
		const { start } = setUp(parameters as Record<string, unknown>);
		await expect(start()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringMatching(message),
		});
	});

	it.each<[string, Record<string, unknown>, number]>([
		['a simulated market', { symbols: 'SHOP, AAPL' }, 2],
		['a tape, its first rows', replay('long.csv'), 100],
	])(
		'ends a test-run with real events of %s, and writes nothing down',
		async (_, parameters, count) => {
			const { start, emitted, workflowId } = setUp(parameters, {
				mode: 'manual',
				activation: 'manual',
			});
			const { manualTriggerFunction, closeFunction } = await start();
			await manualTriggerFunction?.();
			await closeFunction?.();
			expect(emitted.map(({ events }) => events.length)).toEqual([count]);
			expect(await (await openSharedStore()).list('cursor', workflowId)).toEqual([]);
		},
	);

	it('ends a test-run of a tape without events with what there is to say', async () => {
		const { start, emitted } = setUp(replay('five.csv', { symbols: 'NOPE' }), {
			mode: 'manual',
			activation: 'manual',
		});
		const { manualTriggerFunction } = await start();
		await manualTriggerFunction?.();
		expect(emitted).toMatchObject([
			{ events: [], feed: [{ kind: 'unknownSymbol' }, { kind: 'ended' }] },
		]);
	});

	// The tape begins on Tuesday 2023-11-14 at 17:13 in New York.
	it.each([
		[['regular'], 0, [{ kind: 'outsideSession', count: 5 }, { kind: 'ended' }]],
		[['regular', 'post'], 5, []],
		[[], 5, []],
	])('listens only during sessions: %j', async (session, count, feed) => {
		const { start, emitted } = setUp(replay('five.csv', { options: { session } }), {
			mode: 'manual',
			activation: 'manual',
		});
		const { manualTriggerFunction } = await start();
		await manualTriggerFunction?.();
		expect(emitted).toHaveLength(1);
		expect(emitted[0]?.events).toHaveLength(count);
		expect(emitted[0]?.feed).toMatchObject(feed);
	});

	it('refuses a session there is none of', async () => {
		const { start } = setUp(replay('five.csv', { options: { session: ['lunch'] } }));
		await expect(start()).rejects.toThrow(
			'Only During Session has "lunch"; choose pre, regular, post.',
		);
	});

	it('may be closed twice, and before anything came', async () => {
		const { start } = setUp({ symbols: 'SHOP', interval: '1h' });
		const { closeFunction } = await start();
		await closeFunction?.();
		await closeFunction?.();
	});

	it('reads its expressions before it returns, as n8n in production demands', async () => {
		await useProductionExpressions();
		const { workflow, start, emitted, emits } = setUp({
			symbols: '={{ ["SHOP", "AAPL"].join(", ") }}',
			interval: '={{ "20" + "ms" }}',
		});
		await workflow.expression.acquireIsolate();
		const { closeFunction } = await start();
		await workflow.expression.releaseIsolate();
		try {
			for (let batch = 0; batch < 3; batch += 1) {
				await emits(batch + 1);
				emitted[batch]?.done?.resolve(run('success'));
			}
			expect(new Set(emitted.flatMap(({ events }) => events).map(({ symbol }) => symbol))).toEqual(
				new Set(['SHOP', 'AAPL']),
			);
		} finally {
			await closeFunction?.();
			await useSimpleExpressions();
		}
	});

	it('puts nothing of the file into a message', async () => {
		writeFileSync(join(tapesFolder(), 'odd.csv'), 'user,password\nme,hunter2\n');
		const { start, emitted } = setUp(replay('odd.csv', { symbols: 'SHOP' }), {
			mode: 'manual',
			activation: 'manual',
		});
		const { manualTriggerFunction } = await start();
		await manualTriggerFunction?.();
		expect(JSON.stringify(emitted[0]?.feed)).toMatch(/no time: expected a column/);
		expect(JSON.stringify(emitted)).not.toContain('hunter2');
	});
});
