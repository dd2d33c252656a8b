import type { ICredentialDataDecryptedObject, ICredentialType } from 'n8n-workflow';

import { MarketAlertsDiscordApi } from '../../credentials/MarketAlertsDiscordApi.credentials';
import { MarketAlertsPagerDutyApi } from '../../credentials/MarketAlertsPagerDutyApi.credentials';
import { MarketAlertsSlackApi } from '../../credentials/MarketAlertsSlackApi.credentials';
import { MarketAlertsTelegramApi } from '../../credentials/MarketAlertsTelegramApi.credentials';
import type { ApiServer } from '../fakes/ApiServer';
import { DiscordServer } from '../fakes/DiscordServer';
import { PagerDutyServer } from '../fakes/PagerDutyServer';
import { SlackServer } from '../fakes/SlackServer';
import { TelegramServer } from '../fakes/TelegramServer';
import { testCredential } from '../fakes/testCredential';

type Case = {
	readonly type: ICredentialType;
	readonly open: () => Promise<ApiServer>;
	readonly good: (server: any) => ICredentialDataDecryptedObject;
	/** A secret that's wrong, and one that was never right. */
	readonly wrong: (server: any) => readonly ICredentialDataDecryptedObject[];
	readonly says: RegExp;
	readonly down: ICredentialDataDecryptedObject;
};

const CASES: readonly Case[] = [
	{
		type: new MarketAlertsTelegramApi(),
		open: async () => await TelegramServer.open(),
		good: (server: TelegramServer) => server.credential(),
		wrong: (server: TelegramServer) => [
			{ ...server.credential(), token: '987654321:s3cr3t' },
			{ ...server.credential(), token: 's3cr3t' },
		],
		says: /^Telegram does not take this token\. Copy it again from BotFather\.$/,
		down: { token: '987654321:s3cr3t', baseUrl: 'http://127.0.0.1:1' },
	},
	{
		type: new MarketAlertsSlackApi(),
		open: async () => await SlackServer.open(),
		good: (server: SlackServer) => server.credential(),
		wrong: (server: SlackServer) => [{ ...server.credential(), token: 'xoxb-s3cr3t' }],
		says: /^Slack does not take this token\./,
		down: { token: 'xoxb-s3cr3t', baseUrl: 'http://127.0.0.1:1/api' },
	},
	{
		type: new MarketAlertsDiscordApi(),
		open: async () => await DiscordServer.open(),
		good: (server: DiscordServer) => ({ webhookUrl: server.webhookUrl }),
		wrong: (server: DiscordServer) => [
			{ webhookUrl: `${server.baseUrl}/api/webhooks/112233/s3cr3t` },
			{ webhookUrl: `${server.baseUrl}/api/webhooks/9/s3cr3t` },
		],
		says: /^Discord knows no such webhook\./,
		down: { webhookUrl: 'http://127.0.0.1:1/api/webhooks/1/s3cr3t' },
	},
	{
		type: new MarketAlertsPagerDutyApi(),
		open: async () => await PagerDutyServer.open(),
		good: (server: PagerDutyServer) => server.credential(),
		wrong: (server: PagerDutyServer) => [
			{ ...server.credential(), routingKey: 's3cr3t' },
			{ ...server.credential(), routingKey: 's3cr3t11111111111111111111111key' },
		],
		says: /^PagerDuty does not take this integration key\./,
		down: { routingKey: 's3cr3t', baseUrl: 'http://127.0.0.1:1' },
	},
];

describe.each(CASES.map((one) => [one.type.displayName, one] as const))('%s', (label, one) => {
	let server: ApiServer;
	beforeEach(async () => (server = await one.open()));
	afterEach(async () => await server.close());

	it('is tested without sending anything', async () => {
		expect(await testCredential(one.type, one.good(server))).toMatchObject({ status: 'OK' });
		expect(server.requests).toHaveLength(1);
		const { messages = [], incidents = [] } = server as unknown as Record<string, unknown[]>;
		expect([...messages, ...incidents]).toEqual([]);
	});

	it('says what to mend, without the secret', async () => {
		for (const wrong of one.wrong(server)) {
			const result = await testCredential(one.type, wrong);
			expect(result.status).toBe('Error');
			expect(result.message).toMatch(one.says);
			expect(result.message).not.toContain('s3cr3t');
		}
	});

	it('says that the service is down, without the secret', async () => {
		const result = await testCredential(one.type, one.down);
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(/ECONNREFUSED|connect/);
		expect(result.message).not.toContain('s3cr3t');
	});

	it('hides its secret in the editor, and is labelled as ours', () => {
		const secrets = one.type.properties.filter(({ name }) =>
			/token|webhookUrl|routingKey/.test(name),
		);
		expect(secrets).toHaveLength(1);
		expect(secrets[0]?.typeOptions).toEqual({ password: true });
		expect(label).toMatch(/^Market Alerts: /);
	});
});
