import type { IDataObject, INode } from 'n8n-workflow';

import type { Clock } from '../../../core/ports';
import { AlertPager } from '../../../nodes/AlertPager/AlertPager.node';
import { closeSharedStore } from '../../../nodes/host/store';
import { alertItem } from '../../fakes/alertItem';
import { PagerDutyServer, ROUTING_KEY } from '../../fakes/PagerDutyServer';
import { errorOf, outputOf, runNode } from '../../fakes/runWorkflow';

jest.mock('../../../core/ports/system', () => {
	const real: object = jest.requireActual('../../../core/ports/system');
	const { FakeClock } =
		jest.requireActual<typeof import('../../fakes/FakeClock')>('../../fakes/FakeClock');
	const clock = new FakeClock(1_700_000_000_000, true);
	return { ...real, systemClock: clock, systemTimer: clock };
});
const { systemClock: clock } = jest.requireMock<{ systemClock: Clock }>(
	'../../../core/ports/system',
);

let server: PagerDutyServer;
beforeEach(async () => (server = await PagerDutyServer.open(clock)));
afterEach(async () => await server.close());
afterAll(async () => await closeSharedStore());

let lastId = 0;
const alert = (more: Parameters<typeof alertItem>[0] = {}) => {
	const id = `alert-${(lastId += 1)}`;
	return alertItem({ id, episodeId: `episode of ${id}`, ...more }) as unknown as IDataObject;
};

const DEFAULTS = {
	title: '={{ $json.title }}',
	text: '={{ $json.text }}',
	severity: '={{ $json.alert.severity }}',
	incidentKey: '={{ $json.alert.episodeId }}',
	alertId: '={{ $json.alert.id }}',
};

const send = async (
	items: IDataObject[],
	options: {
		parameters?: Record<string, IDataObject | string>;
		node?: Partial<INode>;
		mode?: 'manual' | 'trigger';
		executionId?: string;
	} = {},
) => {
	const { parameters, ...rest } = options;
	return await runNode({
		...rest,
		type: new AlertPager(),
		items,
		parameters: { ...DEFAULTS, ...parameters },
		credentials: { marketAlertsPagerDutyApi: server.credential() },
	});
};

describe('Alert Pager', () => {
	it('opens an incident and passes the item on, with what became of it', async () => {
		const item = alert({ severity: 'critical' });
		const run = await send([item]);
		expect(server.incidents).toMatchObject([
			{
				key: (item['alert'] as IDataObject)['episodeId'],
				state: 'triggered',
				payloads: [
					{
						summary: 'Time to buy SHOP!',
						source: 'SHOP',
						severity: 'critical',
						custom_details: { because: ['price 59.2 is less than 60'] },
					},
				],
			},
		]);
		const [passed] = outputOf(run);
		const { marketAlerts, ...untouched } = passed?.json ?? {};
		expect(untouched).toEqual(item);
		expect(marketAlerts).toMatchObject({
			delivery: { channel: 'pagerduty', deliveries: [{ status: 'delivered', to: '…' }] },
		});
	});

	it('resolves it when the alert is over', async () => {
		const episodeId = 'an episode';
		await send([alert({ episodeId })]);
		await send([alert({ episodeId, state: 'reminder', eventAt: 1_700_000_070_000 })]);
		expect(server.incidents).toMatchObject([{ state: 'triggered', payloads: [{}, {}] }]);
		await send([alert({ episodeId, state: 'resolved', eventAt: 1_700_000_080_000 })]);
		expect(server.incidents).toMatchObject([{ state: 'resolved' }]);
	});

	it('resolves what a merged alert says is over, and opens an incident for what is new in it', async () => {
		const merged = { by: 'budget' as const, count: 3, stillFiring: [] };
		await send([alert({ episodeId: 'known before' }), alert({ episodeId: 'known as well' })]);
		await send([alert({ episodeId: 'a digest', merged, closes: ['known before'] })]);
		expect(server.incidents).toMatchObject([
			{ key: 'known before', state: 'resolved' },
			{ key: 'known as well', state: 'triggered' },
			{ key: 'a digest', state: 'triggered' },
		]);
	});

	it('opens no incident for a digest with nothing new in it', async () => {
		const merged = { by: 'quietHours' as const, count: 2, stillFiring: [] };
		await send([alert({ episodeId: 'only reminders', state: 'reminder', merged })]);
		expect(server.incidents.filter(({ state }) => state === 'triggered')).toEqual([]);
		const group = { by: 'group' as const, count: 1, stillFiring: ['AAPL'] };
		await send([alert({ episodeId: 'a group', state: 'reminder', merged: group })]);
		expect(server.incidents.at(-1)).toMatchObject({ key: 'a group', state: 'triggered' });
	});

	it('goes on with them where one of them failed', async () => {
		await send([alert({ episodeId: 'first' }), alert({ episodeId: 'second' })]);
		const item = alert({ episodeId: 'third', closes: ['first', 'second'] });
		server.mishaps = ['cutAfter', 'cut'];
		await send([item]);
		expect(server.incidents.map(({ state }) => state)).toEqual([
			'resolved',
			'resolved',
			'triggered',
		]);
	});

	it('keeps the order of a batch', async () => {
		const episodeId = 'another episode';
		await send([
			alert({ episodeId }),
			alert({ episodeId, state: 'resolved', eventAt: 1_700_000_080_000 }),
		]);
		expect(server.incidents).toMatchObject([{ state: 'resolved' }]);
	});

	it('tells each alert once', async () => {
		const item = alert();
		await send([item]);
		await send([item], { executionId: '2' });
		expect(server.requests).toHaveLength(1);
	});

	it('marks manual runs, and opens incidents of their own for them', async () => {
		const item = alert();
		await send([item]);
		await send([item], { mode: 'manual' });
		expect(server.incidents).toMatchObject([
			{ payloads: [{ summary: 'Time to buy SHOP!' }] },
			{
				key: expect.stringMatching(/^test\//),
				payloads: [{ summary: '[Test] Time to buy SHOP!' }],
			},
		]);
	});

	it("pages the services the alert's rule names instead", async () => {
		const other = 'x3cr3t00000000000000000000000key';
		server.services.add(other);
		await send([alert({ deliver: [{ channel: 'pagerduty', to: other }] })]);
		expect(server.requests.map(({ json }) => json['routing_key'])).toEqual([other]);
	});

	it('takes items of any other node, and does what it is told', async () => {
		const parameters = {
			title: 'Disk full',
			text: '={{ $json.left }} left',
			severity: 'error',
			incidentKey: '={{ $json.host }}',
			alertId: '',
		};
		await send([{ host: 'db-1', left: 0 }], {
			parameters: { ...parameters, options: { source: '={{ $json.host }}' } },
		});
		expect(server.incidents).toMatchObject([
			{ key: 'db-1', payloads: [{ summary: 'Disk full', source: 'db-1', severity: 'error' }] },
		]);
		await send([{ host: 'db-1', left: 9 }], {
			parameters: { ...parameters, options: { event: 'resolve' } },
			executionId: '2',
		});
		expect(server.incidents).toMatchObject([{ state: 'resolved' }]);
	});

	it('keeps to a hundred and twenty a minute', async () => {
		const run = await send(Array.from({ length: 130 }, () => alert()));
		expect(errorOf(run)).toBeUndefined();
		expect(server.incidents).toHaveLength(130);
		expect(server.turnedAway).toBe(0);
	});

	it('tries again while PagerDuty is busy', async () => {
		server.mishaps = [{ status: 429, json: { message: 'throttle exceeded' } }, 'cut'];
		const [passed] = outputOf(await send([alert()]));
		expect(passed?.json['marketAlerts']).toMatchObject({
			delivery: { deliveries: [{ status: 'delivered', attempts: 3 }] },
		});
	});

	it('says what is wrong with the key, without it, on the error output', async () => {
		server.services.clear();
		const run = await send([alert()], { node: { onError: 'continueErrorOutput' } });
		const error = outputOf(run, 'Tested', 1)[0]?.json['error'];
		expect(error).toMatch(/^PagerDuty answered 400: "Invalid routing key ….*\[auth\]$/);
		expect(error).not.toContain(ROUTING_KEY);
	});

	it('refuses a recipient that is no integration key', async () => {
		const run = await send([alert({ deliver: [{ channel: 'pagerduty', to: 's3cr3t' }] })]);
		expect(errorOf(run)?.message).toMatch(/not an integration key.*\[invalidRecipient\]$/);
		expect(errorOf(run)?.message).not.toContain('s3cr3t');
		expect(server.requests).toEqual([]);
	});
});

describe("Alert Pager's operations", () => {
	const run = async (operation: string, item: IDataObject) =>
		await send([item], { parameters: { operation } });
	const payloads = () => server.incidents.map((incident) => incident.payloads.length);

	it('shows the event that would be posted, without the key, and needs no credential', async () => {
		const shown = await runNode({
			type: new AlertPager(),
			items: [alert()],
			parameters: { ...DEFAULTS, operation: 'preview' },
		});
		expect(errorOf(shown)).toBeUndefined();
		expect(outputOf(shown)[0]?.json).toMatchObject({
			event_action: 'trigger',
			payload: { summary: 'Time to buy SHOP!' },
		});
		expect(JSON.stringify(outputOf(shown))).not.toContain('routing_key');
		expect(server.incidents).toEqual([]);
	});

	it('sends an alert again though its incident has it', async () => {
		const item = alert();
		await run('send', item);
		await run('send', item);
		expect(payloads()).toEqual([1]);
		await run('sendAgain', item);
		expect(payloads()).toEqual([2]);
	});

	it('tests with an incident of its own', async () => {
		const item = alert();
		await run('sendTest', item);
		await run('send', item);
		expect(server.incidents).toMatchObject([
			{ payloads: [{ summary: '[Test] Time to buy SHOP!' }] },
			{ payloads: [{ summary: 'Time to buy SHOP!' }] },
		]);
	});
});
