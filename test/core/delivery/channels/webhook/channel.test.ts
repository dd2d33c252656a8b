import { sendWebhook, type FailureReason } from '../../../../../core/delivery';
import { HttpFailure, type HttpClient } from '../../../../../core/ports';
import { itIsAChannel, type Expected } from '../../../../contracts/channel';
import { FakeClock } from '../../../../fakes/FakeClock';
import { HttpReceiver, type Answer } from '../../../../fakes/HttpReceiver';
import { n8nHttp } from '../../../../fakes/n8nHttp';

const SECRETS = ['s3cr3t-path', 's3cr3t-token', 's3cr3t-header'];
const clock = new FakeClock(Date.UTC(2026, 0, 2, 3, 4, 5));

const requestTo = (url: string, timeoutMs = 5_000) => ({
	url,
	body: '{"alert":{"id":"alert-1"}}',
	alertId: 'alert-1',
	headers: { authorization: 'Bearer s3cr3t-header' },
	timeoutMs,
});

/** Every status there is, by the rule of the sheet: what each range means, then the ones that differ. */
function expectedFor(status: number): Expected {
	if (status < 300) return 'sent';
	if (status === 429) return ['rateLimited', true];
	if (status === 408 || status === 425) return ['timeout', true];
	if (status === 401 || status === 403) return ['auth', false];
	return status < 500 ? ['refused', false] : ['serverError', true];
}

const STATUSES = [
	200, 201, 202, 204, 206, 226, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405,
	406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426,
	428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 507, 508, 511, 520, 522, 530, 599,
];

const answerTo = (condition: string): Answer => {
	const happens = (['silence', 'cut', 'slow', 'dribble'] as const).find((one) => one === condition);
	if (happens !== undefined) return happens;
	const status = Number(condition);
	return { status, headers: status >= 300 && status < 400 ? { location: '/elsewhere' } : {} };
};

async function openBench() {
	const http = await n8nHttp();
	const receiver = await HttpReceiver.open();
	let url = receiver.url;
	return {
		send: async () => await sendWebhook(requestTo(url, 300), http, clock),
		set: (condition: string) => {
			if (condition === 'down') url = receiver.url.replace(receiver.host, '127.0.0.1:1');
			else if (condition === 'up') url = receiver.url;
			else receiver.answers = [answerTo(condition)];
		},
		taken: () => receiver.received.length,
		close: async () => await receiver.close(),
	};
}

itIsAChannel(
	'a webhook',
	openBench,
	[
		...STATUSES.map((status) => [String(status), expectedFor(status)] as const),
		['silence', ['timeout', true]],
		['slow', 'sent'],
		['dribble', ['timeout', true]],
		['cut', ['unreachable', true]],
		['down', ['unreachable', true]],
	],
	SECRETS,
);

describe('sendWebhook', () => {
	let receiver: HttpReceiver;
	let http: HttpClient;
	beforeEach(async () => {
		receiver = await HttpReceiver.open();
		http = await n8nHttp();
	});
	afterEach(async () => await receiver.close());

	it('posts JSON under the id of the alert', async () => {
		expect(await sendWebhook(requestTo(receiver.url), http, clock)).toEqual({
			status: 'sent',
			receipt: 'HTTP 200',
		});
		expect(receiver.received).toMatchObject([
			{
				method: 'POST',
				path: '/hook/s3cr3t-path?token=s3cr3t-token',
				body: '{"alert":{"id":"alert-1"}}',
				headers: {
					'content-type': 'application/json; charset=utf-8',
					'idempotency-key': 'alert-1',
					'user-agent': 'n8n-nodes-market-alerts',
					authorization: 'Bearer s3cr3t-header',
				},
			},
		]);
	});

	it('lets headers of the user win, except for the id', async () => {
		const headers = { 'content-type': 'application/x-alert', 'idempotency-key': 'mine' };
		await sendWebhook({ ...requestTo(receiver.url), headers }, http, clock);
		expect(receiver.received[0]?.headers).toMatchObject({
			'content-type': 'application/x-alert',
			'idempotency-key': 'alert-1',
		});
	});

	it('sends an id that no header could carry in another spelling, always the same', async () => {
		const alertId = 'Börse 1\r\nx-evil: 1';
		await sendWebhook({ ...requestTo(receiver.url), alertId }, http, clock);
		expect(receiver.received[0]?.headers).toMatchObject({
			'idempotency-key': encodeURIComponent(alertId),
		});
		expect(receiver.received[0]?.headers).not.toHaveProperty('x-evil');
	});

	it('does not follow a redirect', async () => {
		receiver.answers = [{ status: 302, headers: { location: '/elsewhere' } }, { status: 200 }];
		expect(await sendWebhook(requestTo(receiver.url), http, clock)).toMatchObject({
			reason: 'refused',
			message: `${receiver.host} answered HTTP 302. It redirects; use the address it redirects to.`,
		});
		expect(receiver.received).toHaveLength(1);
	});

	it.each<[string, string, number | undefined]>([
		['seconds', '7', 7_000],
		['nothing', '0', 0],
		['a date', 'Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
		['a date that has been', 'Fri, 02 Jan 2026 03:00:00 GMT', 0],
		['nonsense', 'soon', undefined],
	])('reads Retry-After: %s', async (_, value, expected) => {
		for (const status of [429, 503]) {
			receiver.answers = [{ status, headers: { 'retry-after': value } }];
			const result = await sendWebhook(requestTo(receiver.url), http, clock);
			expect((result as { retryAfterMs?: number }).retryAfterMs).toBe(expected);
		}
	});

	it('ignores Retry-After where trying again is no use', async () => {
		receiver.answers = [{ status: 404, headers: { 'retry-after': '7' } }];
		expect(await sendWebhook(requestTo(receiver.url), http, clock)).not.toHaveProperty(
			'retryAfterMs',
		);
	});

	it.each([
		'',
		'example.com/hook',
		'ftp://example.com',
		'file:///etc/passwd',
		'javascript:alert(1)',
	])('refuses the address %j without trying it', async (url) => {
		const untouched: HttpClient = { request: async () => await Promise.reject(new Error('tried')) };
		expect(await sendWebhook(requestTo(url), untouched, clock)).toMatchObject({
			status: 'failed',
			reason: 'invalidRecipient' satisfies FailureReason,
			again: false,
		});
	});

	it('hands a bug on', async () => {
		const broken: HttpClient = {
			request: async () => await Promise.reject(new TypeError('a bug')),
		};
		await expect(sendWebhook(requestTo(receiver.url), broken, clock)).rejects.toThrow('a bug');
	});

	it('does not try again what was stopped', async () => {
		const stopped: HttpClient = {
			request: async () => await Promise.reject(new HttpFailure('aborted', 'Stopped.')),
		};
		expect(await sendWebhook(requestTo(receiver.url), stopped, clock)).toMatchObject({
			reason: 'cancelled',
			again: false,
		});
	});
});
