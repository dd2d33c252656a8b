import type { IDataObject, INode } from 'n8n-workflow';

import { AlertEmail } from '../../../nodes/AlertEmail/AlertEmail.node';
import { closeSharedStore } from '../../../nodes/host/store';
import { alertItem } from '../../fakes/alertItem';
import { useProductionExpressions, useSimpleExpressions } from '../../fakes/expressionEngine';
import { MAIL_PASSWORD, MailServer } from '../../fakes/MailServer';
import { errorOf, outputOf, runNode } from '../../fakes/runWorkflow';

jest.mock('../../../core/ports/system', () => {
	const real: object = jest.requireActual('../../../core/ports/system');
	const { FakeClock } =
		jest.requireActual<typeof import('../../fakes/FakeClock')>('../../fakes/FakeClock');
	const clock = new FakeClock(1_700_000_000_000, true);
	return { ...real, systemClock: clock, systemTimer: clock };
});

let server: MailServer;
beforeEach(async () => (server = await MailServer.open()));
afterEach(async () => await server.close());
afterAll(async () => await closeSharedStore());

/** Every alert of this file has an id of its own: they share a store. */
let lastId = 0;
const alert = (more: Parameters<typeof alertItem>[0] = {}) =>
	alertItem({ id: `alert-${(lastId += 1)}`, ...more }) as unknown as IDataObject;

const DEFAULTS = {
	fromEmail: 'Market Alerts <alerts@example.com>',
	toEmail: 'me@example.com',
	subject: '={{ $json.title }}',
	text: '={{ $json.text }}',
	alertId: '={{ $json.alert.id }}',
};

const send = async (
	items: IDataObject[],
	options: {
		parameters?: Record<string, IDataObject | string | number>;
		credential?: IDataObject;
		node?: Partial<INode>;
		mode?: 'manual' | 'trigger';
		executionId?: string;
	} = {},
) => {
	const { parameters, credential, ...rest } = options;
	return await runNode({
		...rest,
		type: new AlertEmail(),
		items,
		parameters: { ...DEFAULTS, ...parameters },
		credentials: { marketAlertsSmtpApi: { ...server.credential(), ...credential } },
	});
};

describe('Alert Email', () => {
	it('sends an alert and passes the item on, with what became of it', async () => {
		const item = alert();
		const [passed] = outputOf(await send([item]));
		const { marketAlerts, ...untouched } = passed?.json ?? {};
		expect(untouched).toEqual(item);
		expect(marketAlerts).toEqual({
			delivery: {
				channel: 'email',
				deliveries: [
					{
						status: 'delivered',
						to: 'm…@example.com',
						at: expect.any(Number),
						attempts: 1,
						receipt: expect.stringMatching(/^250 /),
					},
				],
			},
		});
		expect(passed?.pairedItem).toEqual({ item: 0 });
		expect(server.mails[0]).toMatchObject({ subject: 'Time to buy SHOP!' });
		expect(server.mails[0]?.text).toContain('peRatio');
		expect(server.recipients).toEqual(['me@example.com']);
	});

	it('sends each alert once, whatever the execution', async () => {
		const item = alert();
		await send([item]);
		const [passed] = outputOf(await send([item], { executionId: '2' }));
		expect(server.mails).toHaveLength(1);
		expect(passed?.json['marketAlerts']).toMatchObject({
			delivery: { deliveries: [{ status: 'delivered', repeated: true }] },
		});
	});

	it('gives each recipient a message of their own', async () => {
		await send([alert()], { parameters: { toEmail: 'me@example.com, you@example.com' } });
		expect(server.recipients).toEqual(['me@example.com', 'you@example.com']);
		expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(2);
	});

	it("sends to whom the alert's rule names when To Email is empty", async () => {
		const deliver = [
			{ channel: 'email', to: 'rule@example.com' },
			{ channel: 'webhook', to: 'https://example.com' },
		];
		await send([alert({ deliver })], { parameters: { toEmail: '' } });
		expect(server.recipients).toEqual(['rule@example.com']);
	});

	it('reads parameters with an expression for each item', async () => {
		await send([alert({ symbol: 'SHOP' }), alert({ symbol: 'AAPL' })], {
			parameters: { subject: '={{ $json.alert.symbol }} moved' },
		});
		expect(server.mails.map(({ subject }) => subject)).toEqual(['SHOP moved', 'AAPL moved']);
	});

	it('sends over one connection', async () => {
		await send([alert(), alert(), alert()]);
		expect(server.mails).toHaveLength(3);
		expect(server.connections).toBe(1);
	});

	it('leaves the tables out when asked', async () => {
		await send([alert()], {
			parameters: { options: { appendTables: false, replyTo: 'desk@example.com' } },
		});
		expect(server.mails[0]?.text).not.toContain('peRatio');
		expect(server.mails[0]?.replyTo?.text).toBe('desk@example.com');
	});

	it('marks manual runs, sends them each time, and writes nothing down', async () => {
		const item = alert();
		await send([item], { mode: 'manual' });
		await send([item], { mode: 'manual' });
		await send([item]);
		expect(server.mails.map(({ subject }) => subject)).toEqual([
			'[Test] Time to buy SHOP!',
			'[Test] Time to buy SHOP!',
			'Time to buy SHOP!',
		]);
	});

	it('marks a test alert in a production run', async () => {
		await send([alert({ test: true })]);
		expect(server.mails[0]?.subject).toBe('[Test] Time to buy SHOP!');
	});
});

describe('Alert Email, well told', () => {
	it('fills templates of its fields, in the locale and zone of the options', async () => {
		await send([alert()], {
			parameters: {
				subject: '[[ticker]]: [[price | currency: "EUR"]]',
				text: '[[title]] [[why]], [[eventAt | time]]. P/E [[eps]]',
				options: { locale: 'de-DE', timezone: 'Europe/Berlin' },
			},
		});
		expect(server.mails[0]?.subject).toBe('SHOP: 59,20\u00a0€');
		expect(server.mails[0]?.text).toMatch(
			/^Time to buy SHOP! price 59\.2 is less than 60, 14\. Nov\. 2023, 23:14 MEZ\. P\/E \?/,
		);
		expect(server.mails[0]?.text).toMatch(
			/Rule "Shopify Simple Rule", warning\. 14\. Nov\. 2023, 23:14 MEZ/,
		);
	});

	it.each([
		['=[[symbol]] at [[price]]', 'SHOP at 59.2'],
		['={{ "[[symbol]]" }} at [[price]]', '[[symbol]] at [[price]]'],
	])('fills an expression field without an expression in it: %s', async (subject, told) => {
		await send([alert()], { parameters: { subject } });
		expect(server.mails[0]?.subject).toBe(told);
	});

	it('fills templates with the fields of other items', async () => {
		await send([{ price: 0.1 + 0.2, order: { id: 7 }, eventId: 'o7' }], {
			parameters: { subject: 'Order [[order.id]] at [[price]]', text: 'x' },
		});
		expect(server.mails[0]?.subject).toBe('Order 7 at 0.3');
	});

	it("has the alert's own words when a template fails, and says so", async () => {
		await send([alert()], { parameters: { subject: '[[price | nosuch]]', text: '[[price]]' } });
		expect(server.mails[0]?.subject).toBe('Time to buy SHOP!');
		expect(server.mails[0]?.text).toMatch(
			/^59\.2\n\nThe template of its subject could not be filled: .*nosuch/,
		);
	});

	it('tells in a locale that is none in English, and says so', async () => {
		await send([alert()], { parameters: { options: { locale: 'nowhere-at-all' } } });
		expect(server.mails[0]?.text).toMatch(/10:14 PM UTC.*\n.*"nowhere-at-all" no locale/);
	});

	it('keeps an episode in one thread, for each recipient', async () => {
		const episodeId = 'episode-of-thread';
		const items = [alert({ episodeId }), alert({ episodeId, state: 'resolved' })];
		await send(items, { parameters: { toEmail: 'me@example.com, you@example.com' } });
		const [first, other, later, otherLater] = server.mails;
		expect(first?.references).toBeUndefined();
		expect(later?.inReplyTo).toBe(first?.messageId);
		expect(later?.references).toBe(first?.messageId);
		expect(otherLater?.inReplyTo).toBe(other?.messageId);
		expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(4);
	});

	it('begins a thread with the first message of several alerts, whatever their states are', async () => {
		const id = 'ended-while-it-waited';
		await send([alert({ id, episodeId: id, state: 'resolved' })]);
		expect(server.mails[0]?.inReplyTo).toBeUndefined();
	});

	it('lets an alert that is sent under another id be another message of the thread', async () => {
		const item = alert({ episodeId: 'episode-of-copy' });
		await send([item]);
		await send([item], { parameters: { alertId: '={{ $json.alert.id }}-copy' } });
		expect(server.mails[1]?.inReplyTo).toBe(server.mails[0]?.messageId);
		expect(server.mails[1]?.messageId).not.toBe(server.mails[0]?.messageId);
	});

	it('marks what is critical as important', async () => {
		await send([alert({ severity: 'critical' }), alert()]);
		const importance = server.mails.map(({ headers }) => headers.get('priority'));
		expect(importance).toEqual(['high', undefined]);
	});

	it('is delivered to a server that greylists, at the second try', async () => {
		const known = new Set<string>();
		server.refuse = (at, address) => {
			if (at !== 'rcptTo' || known.has(address)) return undefined;
			known.add(address);
			return 450;
		};
		const run = await send([alert()], {
			parameters: { toEmail: 'me@example.com, you@example.com' },
		});
		expect(outputOf(run)[0]?.json['marketAlerts']).toMatchObject({
			delivery: { deliveries: [{ attempts: 2 }, { attempts: 2 }] },
		});
		expect(server.recipients).toEqual(['me@example.com', 'you@example.com']);
	});

	it('writes each recipient down for itself: the one that failed is tried anew', async () => {
		server.refuse = (at, address) =>
			at === 'rcptTo' && address.startsWith('you') ? 550 : undefined;
		const item = alert();
		const parameters = { toEmail: 'me@example.com, you@example.com' };
		expect(errorOf(await send([item], { parameters }))?.message).toMatch(/1 of 2 recipients/);
		server.refuse = () => undefined;
		await send([item], { parameters, executionId: '2' });
		expect(server.recipients).toEqual(['me@example.com', 'you@example.com']);
	});
});

describe("Alert Email's operations", () => {
	it('shows what would be sent, sends nothing, and needs no credential', async () => {
		const run = await runNode({
			type: new AlertEmail(),
			items: [alert()],
			mode: 'manual',
			parameters: { ...DEFAULTS, operation: 'preview', toEmail: 'me@example.com, you@example.com' },
		});
		const [shown] = outputOf(run);
		expect(shown?.json).toMatchObject({
			channel: 'email',
			from: 'Market Alerts <alerts@example.com>',
			to: ['m…@example.com', 'y…@example.com'],
			subject: 'Time to buy SHOP!',
			text: expect.stringContaining('Facts\n  price    59.2'),
			html: expect.stringContaining('>peRatio</td>'),
		});
		expect(server.connections).toBe(0);
	});

	it('sends tests marked, again and again, under no id that a mail client would know', async () => {
		const item = alert();
		const parameters = { operation: 'sendTest' };
		await send([item, item], { parameters });
		expect(server.mails.map(({ subject }) => subject)).toEqual([
			'[Test] Time to buy SHOP!',
			'[Test] Time to buy SHOP!',
		]);
		expect(server.mails[0]?.messageId).not.toBe(server.mails[1]?.messageId);
		await send([item]);
		expect(server.mails).toHaveLength(3);
	});

	it('sends again what was sent, to whom it failed or anew, given the id alone', async () => {
		const item = alert();
		await send([item], { parameters: { subject: 'As it was sent' } });
		const alertId = String((item['alert'] as IDataObject)['id']);
		const parameters = {
			operation: 'sendAgain',
			alertId,
			toEmail: 'me@example.com, new@example.com',
		};
		await send([{ nothing: true }], { parameters });
		expect(server.mails.map(({ subject }) => subject)).toEqual(Array(3).fill('As it was sent'));
		expect(server.mails[1]?.messageId).toBe(server.mails[0]?.messageId);
		expect(server.mails[1]?.text).toContain('peRatio');
		expect(server.recipients).toEqual(['me@example.com', 'me@example.com', 'new@example.com']);
	});

	it('repeats what failed from the list of deliveries, to whom it failed', async () => {
		const toEmail = 'me@example.com, you@example.com';
		server.refuse = (at, address) =>
			at === 'rcptTo' && address.startsWith('you') ? 550 : undefined;
		await send([alert({ ruleId: 'half-told' })], { parameters: { toEmail } });
		server.refuse = () => undefined;
		const filters = { rule: 'half-told', status: 'failed' };
		const listed = await send([{}], { parameters: { operation: 'getDeliveries', filters } });
		const items = outputOf(listed).map(({ json }) => json);
		const again = { operation: 'sendAgain', alertId: '={{ $json.alertId }}' };
		await send(items, { parameters: { ...again, toEmail } });
		expect(server.recipients).toEqual(['me@example.com', 'you@example.com']);
		expect(server.mails.map(({ subject }) => subject)).toEqual(Array(2).fill('Time to buy SHOP!'));
		const elsewhere = await send(items, { parameters: { ...again, toEmail: 'me@example.com' } });
		expect(errorOf(elsewhere)?.message).toMatch(/went to y…@example\.com, and none/);
	});

	it('lists its own deliveries only, also in a manual run', async () => {
		const item = alert({ ruleId: 'listed-by-mail' });
		await send([item]);
		const parameters = { operation: 'getDeliveries', filters: { rule: 'listed-by-mail' } };
		const run = await send([{}, {}], { parameters, mode: 'manual' });
		expect(outputOf(run).map(({ json, pairedItem }) => [json['to'], pairedItem])).toEqual([
			['m…@example.com', { item: 0 }],
			['m…@example.com', { item: 1 }],
		]);
	});
});

describe('Alert Email, given items of other nodes', () => {
	const parameters = { subject: '={{ $json.headline }}', text: 'Read it.' };

	it('sends them, once an execution', async () => {
		const items = [{ headline: 'Once only' }, { headline: 'Once only' }];
		await send(items, { parameters, executionId: '7' });
		await send(items, { parameters, executionId: '7' });
		expect(server.mails.map(({ subject }) => subject)).toEqual(['Once only']);
		await send(items, { parameters, executionId: '8' });
		expect(server.mails).toHaveLength(2);
	});

	it('sends an event once, whatever the execution', async () => {
		const items = [
			{ headline: 'Same words', eventId: 'e1' },
			{ headline: 'Same words', eventId: 'e2' },
		];
		await send(items, { parameters, executionId: '9' });
		await send(items, { parameters, executionId: '10' });
		expect(server.mails).toHaveLength(2);
	});

	it('has a subject for an item without one', async () => {
		await send([{ price: 5 }], { executionId: '11' });
		expect(server.mails[0]?.subject).toBe('Market alert');
	});
});

describe('Alert Email, when it cannot send', () => {
	it('stops with one message about a wrong password, without it', async () => {
		const run = await send([alert()], { credential: { password: 's3cr3t-but-wrong' } });
		expect(errorOf(run)?.message).toMatch(
			/^The mail server 127\.0\.0\.1:\d+ didn't accept the user name or password\..*\[auth\]$/,
		);
		expect(JSON.stringify(run.data.resultData)).not.toMatch(/s3cr3t/);
		expect(server.connections).toBe(1);
	});

	it('gives every item its turn before it stops', async () => {
		server.refuse = (at, address) =>
			at === 'rcptTo' && address.startsWith('gone') ? 550 : undefined;
		const to = (address: string) => alert({ deliver: [{ channel: 'email', to: address }] });
		const run = await send([to('gone@example.com'), to('me@example.com'), to('gone@example.org')], {
			parameters: { toEmail: '' },
		});
		expect(server.recipients).toEqual(['me@example.com']);
		expect(errorOf(run)?.message).toMatch(
			/refused the message with 550.* \(and 1 more of 3 items\)$/,
		);
		expect(errorOf(run)?.context).toMatchObject({ itemIndex: 0 });
	});

	it('hands what it cannot send to the error output, with the reason', async () => {
		server.refuse = (at, address) =>
			at === 'rcptTo' && address.startsWith('gone') ? 550 : undefined;
		const items = [
			alert({ deliver: [{ channel: 'email', to: 'gone@example.com' }] }),
			alert({ deliver: [{ channel: 'email', to: 'me@example.com' }] }),
		];
		const run = await send(items, {
			parameters: { toEmail: '' },
			node: { onError: 'continueErrorOutput' },
		});
		expect(outputOf(run).map(({ json }) => json['alert'])).toEqual([items[1]?.['alert']]);
		const [failed] = outputOf(run, 'Tested', 1);
		expect(failed?.json).toMatchObject({
			alert: items[0]?.['alert'],
			error: expect.stringMatching(/550.*\[refused\]$/),
		});
	});

	it('sends to the good addresses of a list, and names the bad one', async () => {
		const run = await send([alert()], { parameters: { toEmail: 'me@example.com, nobody' } });
		expect(server.recipients).toEqual(['me@example.com']);
		expect(errorOf(run)?.message).toMatch(
			/"nobody" is not an e-mail address.*\(1 of 2 recipients\)$/,
		);
	});

	it.each<[string, Record<string, string | IDataObject>, RegExp]>([
		['no recipient', { toEmail: '' }, /Nobody to send to/],
		['no sender', { fromEmail: 'alerts' }, /From Email is "alerts"; use an e-mail address/],
		[
			'a duration that is none',
			{ options: { retryFor: '2 minutes' } },
			/Retry For is "2 minutes"; use a duration such as 30s/,
		],
		['a header in an address', { options: { replyTo: 'a@x.com\nBcc: b@x.com' } }, /Reply To is/],
	])('refuses %s', async (_, parameters, message) => {
		expect(errorOf(await send([alert()], { parameters }))?.message).toMatch(message);
		expect(server.connections).toBe(0);
	});

	it('tries again while the server is busy', async () => {
		let left = 2;
		server.refuse = (at) => (at === 'rcptTo' && (left -= 1) >= 0 ? 450 : undefined);
		const [passed] = outputOf(await send([alert()]));
		expect(passed?.json['marketAlerts']).toMatchObject({
			delivery: { deliveries: [{ status: 'delivered', attempts: 3 }] },
		});
	});

	it('tries a server that is down for as long as it is told, and the items after that once', async () => {
		await server.close();
		const run = await send([alert(), alert()], {
			node: { onError: 'continueRegularOutput' },
		});
		const [first, second] = outputOf(run).map(({ json }) => String(json['error']));
		expect(first).toMatch(/can't be reached.* Tried (?:[6-9]|1\d) times\. \[unreachable\]$/);
		expect(second).toMatch(/can't be reached.*\[unreachable\]$/);
		expect(second).not.toContain('Tried');
		server = await MailServer.open();
	});

	it('delivers in a later execution what failed in this one', async () => {
		const item = alert();
		server.refuse = (at) => (at === 'data' ? 554 : undefined);
		expect(errorOf(await send([item]))).toBeDefined();
		server.refuse = () => undefined;
		await send([item], { executionId: '2' });
		expect(server.mails).toHaveLength(1);
	});
});

describe('Alert Email under the expression engine of a production n8n', () => {
	beforeAll(async () => {
		await useProductionExpressions();
	});
	afterAll(async () => await useSimpleExpressions());

	it('reads its expressions, also for an item that is no alert', async () => {
		const run = await send([alert(), { title: 'Mine', text: 'No alert id.' }], {
			executionId: '20',
		});
		expect(errorOf(run)).toBeUndefined();
		expect(server.mails.map(({ subject }) => subject)).toEqual(['Time to buy SHOP!', 'Mine']);
	});

	it('reads them after a template was filled as well', async () => {
		const run = await send([alert(), alert()], { parameters: { subject: '[[ticker]] [[price]]' } });
		expect(errorOf(run)).toBeUndefined();
		expect(server.mails.map(({ subject }) => subject)).toEqual(['SHOP 59.2', 'SHOP 59.2']);
		expect(server.mails[1]?.text).toContain('SHOP: price 59.2 is less than 60.');
	});
});

describe("Alert Email's credential test", () => {
	const test = async (more: Record<string, string | number>) =>
		await new AlertEmail().methods.credentialTest.smtpConnectionTest.call({} as never, {
			id: '1',
			name: 'mail',
			type: 'marketAlertsSmtpApi',
			data: server.credential(more),
		});

	it('connects and logs in', async () => {
		expect(await test({})).toEqual({ status: 'OK', message: 'Connected and logged in.' });
		expect(server.mails).toEqual([]);
	});

	it.each<[string, Record<string, string | number>, RegExp]>([
		[
			'a wrong password',
			{ password: 's3cr3t-but-wrong' },
			/didn't accept the user name or password/,
		],
		['a wrong port', { port: 1 }, /127\.0\.0\.1:1 can't be reached \(.+\)\. Check host and port/],
		[
			'TLS where there is none',
			{ security: 'tls' },
			/doesn't speak the encryption that was chosen \(tls\)/,
		],
		[
			'STARTTLS where there is none',
			{ security: 'startTls' },
			/doesn't speak the encryption that was chosen \(startTls\)/,
		],
	])('says in words: %s', async (_, more, message) => {
		const result = await test(more);
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(message);
		expect(result.message).not.toContain('s3cr3t');
		expect(result.message).not.toContain(MAIL_PASSWORD);
	});
});
