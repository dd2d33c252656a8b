import type { IDataObject, INode } from 'n8n-workflow';

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
		parameters?: Record<string, IDataObject | string>;
		node?: Partial<INode>;
		mode?: 'manual' | 'trigger';
		executionId?: string;
		signal?: AbortSignal;
	} = {},
) => {
	const { parameters, ...rest } = options;
	return await runNode({
		...rest,
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
