import fc from 'fast-check';

import {
	laneTo,
	pagerDutyDestination,
	sendPage,
	tellPager,
	toPagerSeverity,
	type Page,
	type SendResult,
} from '../../../../../core/delivery';
import { dedupKey, toPagerEvent } from '../../../../../core/delivery/channels/pagerDuty/format';
import { epochMs, type HttpClient } from '../../../../../core/ports';
import { createMemoryStore } from '../../../../../core/storage';
import { ON_THE_WAY, openApiBench } from '../../../../contracts/apiBench';
import { itIsAChannel } from '../../../../contracts/channel';
import { alertItem } from '../../../../fakes/alertItem';
import { FakeClock } from '../../../../fakes/FakeClock';
import { n8nHttp } from '../../../../fakes/n8nHttp';
import { errorsOf, PagerDutyServer, ROUTING_KEY } from '../../../../fakes/PagerDutyServer';
import { silentLog } from '../../../../fakes/silentLog';

const clock = new FakeClock();
const { title, text, facts, because } = alertItem();

const page = (
	baseUrl: string,
	more: Partial<Page> = {},
	content: Partial<Page['content']> = {},
) => ({
	baseUrl,
	routingKey: ROUTING_KEY,
	alertId: 'alert-1',
	episodeId: 'episode-1',
	timeoutMs: 1_500,
	...more,
	content: {
		action: 'trigger' as const,
		incident: 'shop-cheap/SHOP/1',
		summary: title,
		text,
		severity: 'critical' as const,
		source: 'SHOP',
		eventAt: epochMs(1_700_000_060_000),
		group: 'Shopify Simple Rule',
		facts,
		because,
		labels: { desk: 'tech' },
		test: false,
		...content,
	},
});

itIsAChannel(
	'PagerDuty',
	async () => {
		const http = await n8nHttp();
		let last = 0;
		return await openApiBench(
			await PagerDutyServer.open(),
			async (_, baseUrl) =>
				await sendPage(page(baseUrl, {}, { incident: `incident-${(last += 1)}` }), {
					http,
					clock,
				}),
			{
				'all well': () => {},
				'too many': (server) =>
					(server.mishaps = [
						{ status: 429, json: { status: 'throttle exceeded', message: 'Too quickly.' } },
					]),
				'an unknown key, repeated in the answer': (server) => server.services.clear(),
				'an event it does not take': (server) =>
					(server.mishaps = [
						{
							status: 400,
							json: {
								status: 'invalid event',
								message: 'Event object is invalid',
								errors: ["'payload.summary' is missing or blank"],
							},
						},
					]),
			},
			(server) => server.incidents.length,
		);
	},
	[
		['all well', 'sent'],
		['too many', ['rateLimited', true]],
		['an unknown key, repeated in the answer', ['auth', false]],
		['an event it does not take', ['refused', false]],
		...ON_THE_WAY,
	],
	[ROUTING_KEY, 's3cr3t'],
);

describe('tellPager', () => {
	let server: PagerDutyServer;
	let http: HttpClient;
	beforeEach(async () => {
		server = await PagerDutyServer.open(clock);
		http = await n8nHttp();
	});
	afterEach(async () => await server.close());

	function open() {
		const store = createMemoryStore(clock);
		const ports = { http, clock, store, log: silentLog() };
		const timer = new FakeClock(clock.now(), true);
		return async (more: Partial<Page> = {}, content: Partial<Page['content']> = {}) => {
			const whole = page(server.baseUrl, more, content);
			const lane = laneTo<Page, SendResult>(pagerDutyDestination(whole), { clock, timer });
			return await tellPager(whole, lane, ports, { patienceMs: 60_000 });
		};
	}

	it('opens an incident that says what, where, how bad and why', async () => {
		expect(await open()()).toEqual({ status: 'sent', receipt: 'shop-cheap/SHOP/1' });
		expect(server.incidents).toEqual([
			{
				key: 'shop-cheap/SHOP/1',
				state: 'triggered',
				payloads: [
					{
						summary: 'Time to buy SHOP!',
						source: 'SHOP',
						severity: 'critical',
						timestamp: '2023-11-14T22:14:20.000Z',
						group: 'Shopify Simple Rule',
						custom_details: {
							text: 'SHOP: price 59.2 is less than 60.',
							because: ['price 59.2 is less than 60'],
							facts: { price: 59.2, peRatio: 55.1, high: 61 },
							labels: { desk: 'tech' },
						},
					},
				],
			},
		]);
	});

	it('tells it again in the same incident, and resolves it', async () => {
		const tell = open();
		await tell();
		await tell({ alertId: 'alert-2' }, { summary: 'Still cheap' });
		await tell({ alertId: 'alert-3' }, { action: 'resolve' });
		expect(server.incidents).toMatchObject([
			{
				state: 'resolved',
				payloads: [{ summary: 'Time to buy SHOP!' }, { summary: 'Still cheap' }],
			},
		]);
	});

	it('acknowledges', async () => {
		const tell = open();
		await tell();
		await tell({ alertId: 'alert-2' }, { action: 'acknowledge' });
		expect(server.incidents).toMatchObject([{ state: 'acknowledged' }]);
	});

	it('does not open again what was resolved while it failed', async () => {
		const tell = open();
		await tell({ alertId: 'alert-2' }, { action: 'resolve', eventAt: epochMs(1_700_000_120_000) });
		expect(await tell()).toMatchObject({ status: 'sent' });
		expect(server.incidents).toEqual([]);
	});

	it('keeps tests apart from incidents that are real', async () => {
		const tell = open();
		await tell();
		const { episodeId: _, ...test } = page(server.baseUrl);
		const lane = laneTo<Page, SendResult>(pagerDutyDestination(test), {
			clock,
			timer: new FakeClock(clock.now(), true),
		});
		const ports = { http, clock, store: createMemoryStore(clock), log: silentLog() };
		const content = { ...test.content, action: 'resolve' as const, test: true };
		await tellPager({ ...test, content }, lane, ports, { patienceMs: 60_000 });
		expect(server.incidents).toMatchObject([{ key: 'shop-cheap/SHOP/1', state: 'triggered' }]);
	});

	it.each<[string, Partial<Page['content']>, object]>([
		['no title', { summary: ' ' }, { summary: 'Market alert' }],
		['no source', { source: '' }, { source: 'n8n' }],
		['a test', { test: true }, { summary: '[Test] Time to buy SHOP!' }],
		['lines in a title', { summary: 'one\r\ntwo' }, { summary: 'one two' }],
	])('copes with %s', async (_, content, payload) => {
		await open()({}, content);
		expect(server.incidents[0]?.payloads[0]).toMatchObject(payload);
	});
});

describe('toPagerEvent', () => {
	it('keeps to what PagerDuty takes, whatever comes', () => {
		const character = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
		const unit = fc.oneof(character, fc.constantFrom('\uD83D', '\uDE00', '\n'));
		const anything = fc.string({ unit, maxLength: 3_000 });
		fc.assert(
			fc.property(anything, anything, anything, anything, (summary, text, source, group) => {
				const incident = `x${group}`;
				const facts = { [source]: text };
				const more = { summary, text, source, group, incident, facts };
				const { content } = page('https://events.pagerduty.com', {}, more);
				const event = { routing_key: ROUTING_KEY, ...toPagerEvent(content) };
				expect(errorsOf(event, new Set([ROUTING_KEY]))).toEqual([]);
				expect(JSON.stringify(event)).not.toMatch(/\\ud[89a-f]/i);
			}),
			{ numRuns: 500 },
		);
	});
});

describe('dedupKey', () => {
	it('is the incident as it is, up to 255 characters', () => {
		expect(dedupKey('x'.repeat(255))).toBe('x'.repeat(255));
	});

	it('tells long ones apart that differ only at the end', () => {
		const [one, other] = ['1', '2'].map((end) => dedupKey('x'.repeat(300) + end));
		expect(one).not.toBe(other);
		expect(one?.length).toBeLessThanOrEqual(255);
		expect(dedupKey(`${'x'.repeat(300)}1`)).toBe(one);
	});
});

describe('toPagerSeverity', () => {
	it.each([
		['critical', 'critical'],
		[' Warning ', 'warning'],
		['info', 'info'],
		['ERROR', 'error'],
		['', 'warning'],
		['bad', 'warning'],
	])('%j is %s', (given, severity) => {
		expect(toPagerSeverity(given)).toBe(severity);
	});
});
