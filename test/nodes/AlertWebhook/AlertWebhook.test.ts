import type { IDataObject, INode } from 'n8n-workflow';
import { Webhook } from 'standardwebhooks';

import { AlertWebhook } from '../../../nodes/AlertWebhook/AlertWebhook.node';
import { closeSharedStore } from '../../../nodes/host/store';
import { alertItem } from '../../fakes/alertItem';
import { HttpReceiver } from '../../fakes/HttpReceiver';
import { errorOf, outputOf, runNode } from '../../fakes/runWorkflow';

jest.mock('../../../core/ports/system', () => {
	const real: object = jest.requireActual('../../../core/ports/system');
	const { FakeClock } =
		jest.requireActual<typeof import('../../fakes/FakeClock')>('../../fakes/FakeClock');
	const clock = new FakeClock(1_700_000_000_000, true);
	return { ...real, systemClock: clock, systemTimer: clock };
});

let receiver: HttpReceiver;
beforeEach(async () => (receiver = await HttpReceiver.open()));
afterEach(async () => await receiver.close());
afterAll(async () => await closeSharedStore());

/** Every alert of this file has an id of its own: they share a store. */
let lastId = 0;
const alert = (more: Parameters<typeof alertItem>[0] = {}) =>
	alertItem({ id: `alert-${(lastId += 1)}`, ...more }) as unknown as IDataObject;
const idOf = (item: IDataObject) => (item['alert'] as IDataObject)['id'];
const bodies = () => receiver.received.map(({ body }) => JSON.parse(body) as IDataObject);

const send = async (
	items: IDataObject[],
	options: {
		parameters?: Record<string, IDataObject | string | number>;
		credential?: IDataObject;
		node?: Partial<INode>;
		mode?: 'manual' | 'trigger';
		executionId?: string;
		signal?: AbortSignal;
	} = {},
) => {
	const { parameters, credential, ...rest } = options;
	return await runNode({
		...rest,
		...(credential === undefined ? {} : { credentials: { marketAlertsWebhookApi: credential } }),
		type: new AlertWebhook(),
		items,
		parameters: { url: receiver.url, alertId: '={{ $json.alert.id }}', ...parameters },
	});
};

/** What the report says of the first item's deliveries. */
const deliveriesOf = (run: Awaited<ReturnType<typeof send>>, item = 0): unknown => {
	const report = outputOf(run)[item]?.json['marketAlerts'] as IDataObject | undefined;
	return (report?.['delivery'] as IDataObject | undefined)?.['deliveries'];
};

describe('Alert Webhook', () => {
	it('posts the item under its id and passes it on, with what became of it', async () => {
		const item = alert();
		const run = await send([item]);
		expect(bodies()).toEqual([item]);
		expect(receiver.received[0]?.headers['idempotency-key']).toBe(idOf(item));
		const [passed] = outputOf(run);
		const { marketAlerts: _, ...untouched } = passed?.json ?? {};
		expect(untouched).toEqual(item);
		expect(passed?.pairedItem).toEqual({ item: 0 });
		expect(deliveriesOf(run)).toEqual([
			{
				status: 'delivered',
				to: receiver.host,
				at: expect.any(Number),
				attempts: 1,
				receipt: 'HTTP 200',
			},
		]);
	});

	it('posts each alert once, whatever the execution', async () => {
		const item = alert();
		await send([item]);
		const run = await send([item], { executionId: '2' });
		expect(receiver.received).toHaveLength(1);
		expect(deliveriesOf(run)).toMatchObject([{ status: 'delivered', repeated: true }]);
	});

	it('posts items in order', async () => {
		const items = [alert(), alert(), alert()];
		await send(items);
		expect(bodies().map(idOf)).toEqual(items.map(idOf));
	});

	it("posts to the webhooks the alert's rule names when the URL is empty", async () => {
		const deliver = [
			{ channel: 'webhook', to: `http://${receiver.host}/a` },
			{ channel: 'email', to: 'me@example.com' },
			{ channel: 'webhook', to: `http://${receiver.host}/b` },
		];
		await send([alert({ deliver })], { parameters: { url: '' } });
		expect(receiver.received.map(({ path }) => path)).toEqual(['/a', '/b']);
	});

	it('reads parameters with an expression for each item', async () => {
		await send([alert({ symbol: 'SHOP' }), alert({ symbol: 'AAPL' })], {
			parameters: { url: `=http://${receiver.host}/{{ $json.alert.symbol }}` },
		});
		expect(receiver.received.map(({ path }) => path)).toEqual(['/SHOP', '/AAPL']);
	});

	it.each<[string, IDataObject | string, unknown]>([
		['an expression', '={{ { text: $json.title } }}', { text: 'Time to buy SHOP!' }],
		[
			'JSON text with an expression',
			'={ "text": "{{ $json.title }}" }',
			{ text: 'Time to buy SHOP!' },
		],
		['plain JSON text', '{ "fixed": [1, 2] }', { fixed: [1, 2] }],
	])('posts a body of the user: %s', async (_, body, expected) => {
		await send([alert()], { parameters: { options: { body } } });
		expect(bodies()).toEqual([expected]);
	});

	it('sends headers of the user', async () => {
		const header = [
			{ name: 'Authorization', value: 'Bearer s3cr3t' },
			{ name: '', value: 'x' },
		];
		await send([alert()], { parameters: { options: { headers: { header } } } });
		expect(receiver.received[0]?.headers['authorization']).toBe('Bearer s3cr3t');
	});

	it('marks manual runs, sends them each time, and writes nothing down', async () => {
		const item = alert();
		await send([item], { mode: 'manual' });
		await send([item], { mode: 'manual' });
		await send([item]);
		expect(bodies().map(({ title }) => title)).toEqual([
			'[Test] Time to buy SHOP!',
			'[Test] Time to buy SHOP!',
			'Time to buy SHOP!',
		]);
		expect(bodies().map((body) => (body['alert'] as IDataObject)['test'])).toEqual([
			true,
			true,
			false,
		]);
		expect(receiver.received.map(({ headers }) => headers['market-alerts-test'])).toEqual([
			'true',
			'true',
			undefined,
		]);
	});

	it('keeps what earlier outputs reported, and its own report beside it', async () => {
		const item = { ...alert(), marketAlerts: { heldBack: [], delivery: { channel: 'email' } } };
		const [passed] = outputOf(await send([item]));
		expect(passed?.json['marketAlerts']).toMatchObject({
			heldBack: [],
			delivery: { channel: 'webhook' },
		});
	});
});

describe('Alert Webhook, given items of other nodes', () => {
	it('posts the same content once an execution, whatever was reported of it', async () => {
		const items = [
			{ order: 7, marketAlerts: { delivery: { at: 1 } } },
			{ order: 7, marketAlerts: { delivery: { at: 2 } } },
		];
		await send(items, { executionId: '7' });
		expect(receiver.received).toHaveLength(1);
		await send(items, { executionId: '8' });
		expect(receiver.received).toHaveLength(2);
		const keys = receiver.received.map(({ headers }) => headers['idempotency-key']);
		expect(new Set(keys).size).toBe(2);
	});

	it('posts an event once, whatever the execution', async () => {
		await send([{ eventId: 'order-7' }], { executionId: '9' });
		await send([{ eventId: 'order-7' }], { executionId: '10' });
		expect(receiver.received).toHaveLength(1);
	});
});

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const secretHeader = {
	headers: { header: [{ name: 'Authorization', value: 'Bearer s3cr3t-credential' }] },
};

describe('Alert Webhook with a credential', () => {
	/** The official verifier asks the clock of the process how old a message is. */
	const verify = (index: number, at: number) => {
		const clock = jest.spyOn(Date, 'now').mockReturnValue(at);
		try {
			const { body, headers } = receiver.received[index] ?? { body: '', headers: {} };
			return new Webhook(SECRET).verify(body, headers as Record<string, string>);
		} finally {
			clock.mockRestore();
		}
	};
	const timeOf = (index: number) =>
		Number(receiver.received[index]?.headers['webhook-timestamp']) * 1_000;

	it('signs what the official verifier accepts', async () => {
		const item = alert();
		await send([item], { credential: { signingSecret: SECRET } });
		expect(verify(0, timeOf(0))).toEqual(item);
		expect(receiver.received[0]?.headers['webhook-id']).toBe(idOf(item));
	});

	it('signs each try at its own time, under the same id', async () => {
		receiver.answers = [{ status: 429, headers: { 'retry-after': '600' } }, { status: 200 }];
		await send([alert()], {
			credential: { signingSecret: SECRET },
			parameters: { options: { retryFor: '1h' } },
		});
		expect(timeOf(1) - timeOf(0)).toBeGreaterThanOrEqual(600_000);
		verify(1, timeOf(1));
		expect(() => verify(0, timeOf(1))).toThrow(/timestamp/i);
		const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
		expect(ids[0]).toBe(ids[1]);
	});

	it('signs nothing without a secret', async () => {
		await send([alert()], { credential: secretHeader });
		expect(receiver.received[0]?.headers).not.toHaveProperty('webhook-signature');
	});

	it('lets no header of the node take the place of the signature', async () => {
		const header = [{ name: 'Webhook-Signature', value: 'v1,mine' }];
		await send([alert()], {
			credential: { signingSecret: SECRET },
			parameters: { options: { headers: { header } } },
		});
		verify(0, timeOf(0));
	});

	it('sends secret headers to the URL of the node, and not to those that rules name', async () => {
		const deliver = [{ channel: 'webhook', to: `http://${receiver.host}/theirs` }];
		const credential = { ...secretHeader, signingSecret: SECRET };
		await send([alert()], { credential });
		await send([alert({ deliver })], { credential, parameters: { url: '' } });
		expect(receiver.received.map(({ headers }) => headers['authorization'])).toEqual([
			'Bearer s3cr3t-credential',
			undefined,
		]);
		verify(1, timeOf(1));
	});

	it('follows no redirect, neither on the same host nor to another', async () => {
		const other = await HttpReceiver.open();
		for (const location of [`http://${other.host}/theirs`, '/elsewhere']) {
			for (const status of [301, 302, 307, 308]) {
				receiver.answers = [{ status, headers: { location } }, { status: 200 }];
				const run = await send([alert()], {
					credential: { ...secretHeader, signingSecret: SECRET },
				});
				expect(errorOf(run)?.message).toMatch(/redirects.*\[refused\]$/);
				receiver.answers = [{ status: 200 }];
			}
		}
		expect(receiver.received).toHaveLength(8);
		expect(other.received).toEqual([]);
		await other.close();
	});

	it('gives away no secret, whether it worked or not', async () => {
		receiver.answers = [{ status: 200 }, { status: 401 }];
		const credential = { ...secretHeader, signingSecret: SECRET };
		for (const run of [
			await send([alert()], { credential }),
			await send([alert()], { credential }),
		]) {
			const { runData, error } = run.data.resultData;
			const said = JSON.stringify([runData, error?.message, error?.description, error?.stack]);
			expect(said).not.toMatch(/s3cr3t-credential|MfKQ9r8G/);
		}
	});

	it('refuses a secret that is none, without quoting it', async () => {
		const run = await send([alert()], { credential: { signingSecret: 's3cr3t' } });
		expect(errorOf(run)?.message).toMatch(/use whsec_ followed by/);
		expect(errorOf(run)?.message).not.toContain('s3cr3t');
		expect(receiver.received).toEqual([]);
	});

	it.each<[string, IDataObject, 'OK' | 'Error', RegExp]>([
		['a secret', { signingSecret: SECRET }, 'OK', /are signed; secret headers: 0/],
		['a header', secretHeader, 'OK', /not signed; secret headers: 1/],
		['nothing', {}, 'Error', /Nothing is filled in/],
		['a secret that is none', { signingSecret: 'x' }, 'Error', /use whsec_/],
		[
			'a header that is none',
			{ headers: { header: [{ name: 'a b', value: 'x' }] } },
			'Error',
			/"a b" can't be the name/,
		],
	])('can be tested: %s', async (_, data, status, message) => {
		const result = await new AlertWebhook().methods.credentialTest.webhookSecretsTest.call(
			{} as never,
			{ id: '1', name: 'hook', type: 'marketAlertsWebhookApi', data: data as never },
		);
		expect(result.status).toBe(status);
		expect(result.message).toMatch(message);
	});
});

describe('Alert Webhook with a body of its own', () => {
	const post = async (options: IDataObject, item = alert()) => {
		const run = await send([item], { parameters: { options } });
		return { error: errorOf(run)?.message, body: receiver.received[0]?.body };
	};

	it('fills a template, with values escaped for JSON', async () => {
		const { body } = await post(
			{
				bodyTemplate:
					'{ "content": "[[ticker]]: [[why]]", "price": [[close]], "old": "[[ title ]]", "eps": [[eps]] }',
			},
			{ ...alert(), title: 'Say "buy"\n' },
		);
		expect(JSON.parse(body ?? '')).toEqual({
			content: 'SHOP: price 59.2 is less than 60',
			price: 59.2,
			old: 'Say "buy"\n',
			eps: null,
		});
	});

	it('writes numbers and times as the options say', async () => {
		const { body } = await post({
			bodyTemplate: '{ "text": "[[ price | number: 2 ]], [[ eventAt | time ]]" }',
			locale: 'de-DE',
			timezone: 'Europe/Berlin',
		});
		expect(JSON.parse(body ?? '')).toEqual({ text: '59,20, 14. Nov. 2023, 23:14 MEZ' });
	});

	it('fills any text for a receiver that wants no JSON', async () => {
		const { body } = await post({
			bodyTemplate: 'Buy [[symbol]] at [[price]]!',
			headers: { header: [{ name: 'Content-Type', value: 'text/plain' }] },
		});
		expect(body).toBe('Buy SHOP at 59.2!');
	});

	it('takes what an expression gave for data, not for a template', async () => {
		const item = { ...alert(), title: '[[price]]' };
		const { body } = await post({ bodyTemplate: '={ "text": "{{ $json.title }}" }' }, item);
		expect(body).toBe('{"text":"[[price]]"}');
	});

	it('posts the shape of Apperate', async () => {
		const { body } = await post({ payload: 'apperate' });
		expect(JSON.parse(body ?? '')).toMatchObject({
			data: { set: 'CORE:STOCK:SHOP', data: { 'CORE:STOCK:SHOP:latestPrice': 59.2 } },
		});
	});

	it.each<[string, IDataObject, RegExp]>([
		[
			'a template that is none',
			{ bodyTemplate: '{ "a": "[[price" }' },
			/Body Template can't be used/,
		],
		[
			'a template of no JSON',
			{ bodyTemplate: '{ "a": [[symbol]] }' },
			/not JSON .* quotation marks/,
		],
	])('refuses %s', async (_, options, message) => {
		const { error, body } = await post(options);
		expect(error).toMatch(message);
		expect(body).toBeUndefined();
	});

	it('has no shape of Apperate for an item that is no alert', async () => {
		const { error } = await post({ payload: 'apperate' }, { price: 5 });
		expect(error).toMatch(/Only an alert has the shape of Apperate/);
	});
});

describe("Alert Webhook's operations", () => {
	const run = async (
		operation: string,
		items: IDataObject[],
		more: Parameters<typeof send>[1] = {},
	) => await send(items, { ...more, parameters: { operation, ...more.parameters } });

	it('shows what would be sent, sends nothing, and needs no credential', async () => {
		const item = alert();
		const header = [{ name: 'X-Key', value: 's3cr3t' }];
		const shown = await run('preview', [item], {
			node: { credentials: { marketAlertsWebhookApi: { id: 'gone', name: 'gone' } } },
			parameters: { options: { headers: { header } } },
		});
		expect(outputOf(shown)).toMatchObject([
			{
				json: {
					channel: 'webhook',
					alertId: idOf(item),
					to: [receiver.host],
					headers: ['x-key'],
					body: item,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(JSON.stringify(outputOf(shown))).not.toContain('s3cr3t');
		expect(receiver.received).toEqual([]);
	});

	it('sends tests marked, in production too, as often as asked and outside the log', async () => {
		const item = alert();
		await run('sendTest', [item, item]);
		await run('send', [item]);
		expect(bodies().map(({ title }) => title)).toEqual([
			'[Test] Time to buy SHOP!',
			'[Test] Time to buy SHOP!',
			'Time to buy SHOP!',
		]);
		const keys = receiver.received.map(({ headers }) => headers['idempotency-key']);
		expect(keys[0]).toMatch(/^alert-\d+-test-\d+$/);
		expect(keys[2]).toBe(idOf(item));
		await run('sendTest', [item], { parameters: { options: { payload: 'apperate' } } });
		expect(bodies()[3]).toMatchObject({ data: { name: '[Test] Shopify Simple Rule' } });
	});

	it('sends an alert again under the same id, and knows it as delivered all the same', async () => {
		const item = alert();
		await run('send', [item]);
		await run('sendAgain', [item]);
		await run('send', [item]);
		expect(receiver.received).toHaveLength(2);
		const keys = receiver.received.map(({ headers }) => headers['idempotency-key']);
		expect(keys).toEqual([idOf(item), idOf(item)]);
	});

	it('sends what it sent before, given the id alone', async () => {
		const item = alert();
		await run('send', [item]);
		const alertId = String(idOf(item));
		const [passed] = outputOf(
			await run('sendAgain', [{ any: 'item' }], { parameters: { alertId } }),
		);
		expect(bodies()).toEqual([item, item]);
		expect(passed?.json).toMatchObject({ any: 'item', marketAlerts: { delivery: {} } });
		const [listed] = outputOf(await list({ alertId }));
		expect(listed?.json).toMatchObject({ symbol: 'SHOP', title: 'Time to buy SHOP!' });
	});

	it('wants to know which alert to send again', async () => {
		expect(errorOf(await run('sendAgain', [{ price: 5 }]))?.message).toMatch(
			/Send Again wants an alert ID/,
		);
		expect(receiver.received).toEqual([]);
	});

	it('says that it does not know an id', async () => {
		const { message } =
			errorOf(await run('sendAgain', [{}], { parameters: { alertId: 'never-heard-of' } })) ?? {};
		expect(message).toMatch(/"never-heard-of" is not known.*7 days.*Get Deliveries/);
		expect(receiver.received).toEqual([]);
	});

	const list = async (filters: IDataObject, limit = 50) =>
		await run('getDeliveries', [{}], { parameters: { filters, limit } });

	it('lists what was delivered and what was not, with the reason', async () => {
		const [first, second] = [alert({ ruleId: 'listed' }), alert({ ruleId: 'listed' })];
		receiver.answers = [{ status: 503 }, { status: 200 }];
		await run('send', [first]);
		receiver.answers = [{ status: 503 }, { status: 404 }];
		await run('send', [second]);
		const items = outputOf(await list({ rule: 'listed' }));
		expect(items.map(({ json }) => json)).toEqual([
			{
				alertId: idOf(second),
				channel: 'webhook',
				ruleId: 'listed',
				ruleName: 'Shopify Simple Rule',
				symbol: 'SHOP',
				state: 'firing',
				title: 'Time to buy SHOP!',
				status: 'failed',
				to: receiver.host,
				at: expect.any(Number),
				attempts: 2,
				reason: 'refused',
				message: expect.stringMatching(/answered HTTP 404/),
			},
			expect.objectContaining({ alertId: idOf(first), status: 'delivered', receipt: 'HTTP 200' }),
		]);
		expect(items[0]?.pairedItem).toEqual({ item: 0 });
		expect(JSON.stringify(items)).not.toContain('s3cr3t');
		const failed = outputOf(await list({ rule: 'listed', status: 'failed' }));
		expect(failed.map(({ json }) => json['alertId'])).toEqual([idOf(second)]);
		expect(outputOf(await list({ rule: 'listed' }, 1))).toHaveLength(1);
		expect(outputOf(await list({ rule: 'listed', recipient: receiver.url }))).toHaveLength(2);
		expect(outputOf(await list({ rule: 'listed', since: '1h' }))).toHaveLength(2);
		expect(outputOf(await list({ rule: 'listed', since: '2999-01-01T00:00:00Z' }))).toEqual([]);
	});

	it('refuses a time without a zone', async () => {
		expect(errorOf(await list({ since: 'yesterday' }))?.message).toMatch(
			/Since is "yesterday"; use a duration such as 24h/,
		);
	});
});

describe('Alert Webhook, when it cannot send', () => {
	it('tries again while the receiver is busy', async () => {
		receiver.answers = [
			{ status: 503 },
			{ status: 429, headers: { 'retry-after': '30' } },
			'cut',
			{ status: 204 },
		];
		const item = alert();
		const run = await send([item]);
		expect(deliveriesOf(run)).toMatchObject([
			{ status: 'delivered', attempts: 4, receipt: 'HTTP 204' },
		]);
		const keys = receiver.received.map(({ headers }) => headers['idempotency-key']);
		expect(keys).toEqual(Array(4).fill(idOf(item)));
	});

	it('gives up when it is asked to wait longer than it may', async () => {
		receiver.answers = [{ status: 429, headers: { 'retry-after': '121' } }];
		expect(errorOf(await send([alert()]))?.message).toMatch(
			/answered HTTP 429\..* \[rateLimited\]$/,
		);
		expect(receiver.received).toHaveLength(1);
	});

	it('gives up on silence, once the time for it is over', async () => {
		receiver.answers = ['silence'];
		const run = await send([alert()], {
			parameters: { options: { timeout: '100ms', retryFor: '0s' } },
		});
		expect(errorOf(run)?.message).toBe(`${receiver.host} gave no answer within 0.1 s. [timeout]`);
	});

	it.each([
		[404, 'refused', 1],
		[401, 'auth', 1],
		[500, 'serverError', 6],
	])('says what HTTP %d means, without the address', async (status, reason, atLeast) => {
		receiver.answers = [{ status }];
		const header = [{ name: 'Authorization', value: 'Bearer s3cr3t-header' }];
		const run = await send([alert()], { parameters: { options: { headers: { header } } } });
		const { message, description, cause, stack } = errorOf(run) ?? {};
		expect(message).toMatch(new RegExp(`answered HTTP ${status}\\..*\\[${reason}\\]$`));
		expect([message, description, stack, String(cause)].join()).not.toContain('s3cr3t');
		expect(receiver.received.length).toBeGreaterThanOrEqual(atLeast);
	});

	it('gives every item its turn before it stops', async () => {
		receiver.answers = [{ status: 404 }, { status: 200 }];
		const items = [alert(), alert()];
		const run = await send(items);
		expect(bodies().map(idOf)).toEqual(items.map(idOf));
		expect(errorOf(run)?.context).toMatchObject({ itemIndex: 0 });
		// What was delivered stays delivered when the batch comes again.
		await send(items, { executionId: '2' });
		expect(bodies().map(idOf)).toEqual([...items, items[0] ?? {}].map(idOf));
	});

	it('hands what it cannot send to the error output, with the reason', async () => {
		receiver.answers = [{ status: 404 }, { status: 200 }];
		const items = [alert(), alert()];
		const run = await send(items, { node: { onError: 'continueErrorOutput' } });
		expect(outputOf(run).map(({ json }) => idOf(json))).toEqual([idOf(items[1] ?? {})]);
		const [failed] = outputOf(run, 'Tested', 1);
		expect(idOf(failed?.json ?? {})).toBe(idOf(items[0] ?? {}));
		expect(failed?.json['error']).toMatch(/HTTP 404.*\[refused\]$/);
	});

	it.each<[string, Record<string, string | IDataObject>, RegExp]>([
		['no address', { url: '' }, /Nowhere to post to/],
		['an address that is none', { url: 'example.com/s3cr3t' }, /not a URL that begins with http/],
		['a body that is no JSON', { options: { body: '{ "a": ' } }, /The body is not JSON/],
		['a timeout that is none', { options: { timeout: '10' } }, /Timeout is "10"; use a duration/],
		[
			'a header name that is none',
			{ options: { headers: { header: [{ name: 'a b', value: 'x' }] } } },
			/"a b" can't be the name of a header/,
		],
		[
			'a header with a line break',
			{ options: { headers: { header: [{ name: 'x-key', value: 's3cr3t\r\nx: y' }] } } },
			/value of the header "x-key"/,
		],
	])('refuses %s', async (_, parameters, message) => {
		const error = errorOf(await send([alert()], { parameters }));
		expect(error?.message).toMatch(message);
		expect(error?.message).not.toContain('s3cr3t');
		expect(receiver.received).toEqual([]);
	});

	it('writes down a post that was under way when the execution was stopped', async () => {
		const stop = new AbortController();
		const items = [alert(), alert()];
		receiver.onRequest = () => stop.abort();
		await send(items, { signal: stop.signal });
		receiver.onRequest = () => {};
		await send(items, { executionId: '2' });
		expect(bodies().map(idOf)).toEqual(items.map(idOf));
	});
});
