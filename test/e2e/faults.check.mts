import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import type { N8nApi } from '../../scripts/n8n/N8nApi.mts';
import { MailReceiver, WebhookReceiver } from '../../scripts/n8n/receivers.mts';
import { expectedAlerts, type PlainRule } from './expectedAlerts.mts';
import {
	failureOf,
	node,
	replayTrigger,
	restartN8n,
	smtpCredential,
	startN8n,
	until,
	workflow,
	type Running,
} from './harness.mts';
import { alertWorkflow, RULES } from './tapes.check.mts';
import { provideTape, readTape, truncateTape } from './tapes.mts';

const SMALL: readonly PlainRule[] = RULES.binance.slice(0, 2);

async function withReceivers(
	check: (mail: MailReceiver, hook: WebhookReceiver) => Promise<string>,
	mailOptions = {},
): Promise<string> {
	const mail = new MailReceiver(mailOptions);
	const hook = new WebhookReceiver();
	await Promise.all([mail.start(), hook.start()]);
	try {
		return await check(mail, hook);
	} finally {
		await Promise.all([mail.stop(), hook.stop()]);
	}
}

/** The messages of the executions that failed, once nothing runs any more. */
async function failures(api: N8nApi, workflowId: string, atLeast = 1): Promise<string[]> {
	const failed = await until(
		'an execution has failed',
		async () => {
			const executions = await api.listExecutions(workflowId);
			const ended = executions.filter(({ status }) => status === 'error');
			return ended.length >= atLeast && !executions.some(({ status }) => status === 'running')
				? ended
				: undefined;
		},
		90_000,
	);
	return await Promise.all(failed.map(async ({ id }) => await failureOf(api, id)));
}

const feedOf = (hook: WebhookReceiver, kind: string) =>
	hook.requests.find(({ body }) => body['feed']?.kind === kind)?.body['feed'] as
		Record<string, any> | undefined;

/** A wrong SMTP password: one clear message, no secret in it, and the next alert is tried as well. */
export const checkWrongPassword = async ({ api, userFolder }: Running): Promise<string> =>
	await withReceivers(
		async (mail, hook) => {
			const { file } = provideTape('binance', userFolder);
			const credentials = await smtpCredential(api, mail.port, {
				user: 'me',
				password: 'not-the-password',
			});
			const { id } = await api.createWorkflow(
				alertWorkflow(
					'Wrong password',
					replayTrigger(file, { options: { batchSize: 10_000 } }),
					SMALL.slice(0, 1),
					hook.url,
					credentials,
				),
			);
			await api.publish(id);
			await until('the batch is given up', () => feedOf(hook, 'undelivered'));
			await until('the tape is over', () => feedOf(hook, 'ended'));
			const givenUp = () =>
				hook.requests.filter(({ body }) => body['feed']?.kind === 'undelivered').length;
			const messages = await until('each failure was told on the Feed', async () => {
				const failed = await failures(api, id);
				return failed.length === givenUp() ? failed : undefined;
			});
			await api.unpublish(id);
			for (const message of messages) {
				assert.match(message, /didn't accept the user name or password/);
				assert.doesNotMatch(message, /not-the-password/);
			}
			assert.equal(mail.mails.length, 0);
			return `"${messages[0]}"`;
		},
		{ user: 'me', password: 'the-password' },
	);

/** A symbol that isn't on the tape: the Feed output says so, and names those that are. */
export const checkUnknownSymbol = async ({ api, userFolder }: Running): Promise<string> =>
	await withReceivers(async (mail, hook) => {
		const { file } = provideTape('binance', userFolder);
		const trigger = replayTrigger(file, { symbols: 'BTCUSDT, SHOPP' });
		const { id } = await api.createWorkflow(
			alertWorkflow(
				'Unknown symbol',
				trigger,
				SMALL.slice(0, 1),
				hook.url,
				await smtpCredential(api, mail.port),
			),
		);
		await api.publish(id);
		const feed = await until('the Feed names it', () => feedOf(hook, 'unknownSymbol'), 90_000);
		await until('the tape is over', () => feedOf(hook, 'ended'));
		await api.unpublish(id);
		assert.match(String(feed['reason']), /SHOPP never occurred .* BTCUSDT, ETHUSDT/);
		assert.deepEqual(feed['symbols'], ['SHOPP']);
		return `"${String(feed['reason'])}"`;
	});

/** A rule that can't be: the node stops with a message that quotes what's wrong. */
export const checkMalformedRule = async ({ api, userFolder }: Running): Promise<string> => {
	const { file } = provideTape('bitstamp', userFolder);
	const rule = node('marketRule', 'Rule', {
		ruleName: 'Typed in a hurry',
		ruleSource: 'json',
		ruleJson: '{ "all": [{ "fact": "price", "operator": "lesThan", "value": 5 }] }',
		fire: 'onChange',
		options: {},
	});
	const trigger = replayTrigger(file, { options: { batchSize: 10_000 } });
	const { id } = await api.createWorkflow(
		workflow('Malformed rule', [trigger, rule], [['Trigger', 0, 'Rule']]),
	);
	await api.publish(id);
	const messages = await failures(api, id);
	await api.unpublish(id);
	assert.match(
		messages[0] ?? '',
		/Rule "Typed in a hurry": conditions\.all\[0\]: "lesThan" is not an operator\. Did you mean "lessThan"\?/,
	);
	return `"${messages[0]}"`;
};

/** A file that breaks off: all it holds is judged, then the Feed says where it ends. */
export const checkTruncatedFile = async ({ api, userFolder }: Running): Promise<string> =>
	await withReceivers(async (mail, hook) => {
		const cut = truncateTape(provideTape('binance', userFolder).path);
		const { id } = await api.createWorkflow(
			alertWorkflow(
				'Truncated file',
				replayTrigger(cut.file),
				SMALL,
				hook.url,
				await smtpCredential(api, mail.port),
			),
		);
		await api.publish(id);
		const feed = await until('the Feed says so', () => feedOf(hook, 'down'), 90_000);
		await until('alerts of the first half are there', () =>
			hook.requests.some(({ path }) => path === '/alerts'),
		);
		await api.unpublish(id);
		assert.match(String(feed['reason']), /ends in the middle, after row \d{4,} /);
		assert.match(String(feed['reason']), new RegExp(`after row ${cut.rows} `));
		assert.equal(feedOf(hook, 'ended'), undefined);
		return `"${String(feed['reason'])}"`;
	});

/** Our store full: one clear message, n8n goes on, and with more room nothing was lost. */
export const checkFullStore = async (): Promise<string> =>
	await withReceivers(async (mail, hook) => {
		let running = await startN8n('full-store', { MARKET_ALERTS_STORE_MAX_MB: '0.1' });
		try {
			const { file, path } = provideTape('binance', running.userFolder);
			const expected = SMALL.flatMap((rule) => expectedAlerts(readTape(path), rule)).length;
			const { api } = running;
			const { id } = await api.createWorkflow(
				alertWorkflow(
					'Full store',
					replayTrigger(file, { options: { batchSize: 1_000 } }),
					SMALL,
					hook.url,
					await smtpCredential(api, mail.port),
				),
			);
			await api.publish(id);
			const messages = await failures(api, id);
			assert.match(
				messages[0] ?? '',
				/store .* is full: its limit is \d+ bytes \(MARKET_ALERTS_STORE_MAX_MB\)\. Raise the limit/,
			);
			await sleep(7_000); // it tries again meanwhile, and says nothing more
			assert.equal(
				(await api.listExecutions(id)).filter(({ status }) => status === 'error').length,
				messages.length,
			);
			assert.equal((await fetch(`${running.n8n.url}/healthz/readiness`)).status, 200);

			running = await restartN8n(running);
			await until('the tape is over', () => feedOf(hook, 'ended'), 120_000);
			const alerts = () =>
				new Set(
					hook.requests
						.filter((one) => one.path === '/alerts')
						.map(({ headers }) => headers['idempotency-key']),
				).size;
			await until(
				'all alerts are there',
				() => alerts() === expected && mail.mails.length === expected,
				30_000,
			);
			return `"${messages[0]}" With more room: ${expected} of ${expected} alerts`;
		} finally {
			await running.n8n.kill();
		}
	});

/** The mail server down for a minute: every alert arrives, once. */
export const checkMailServerDown = async ({ api, userFolder }: Running): Promise<string> =>
	await withReceivers(async (mail, hook) => {
		const { file, path } = provideTape('binance', userFolder);
		const expected = RULES.binance.flatMap((rule) => expectedAlerts(readTape(path), rule)).length;
		await mail.stop();
		const { id } = await api.createWorkflow(
			alertWorkflow(
				'Mail server down',
				replayTrigger(file),
				RULES.binance,
				hook.url,
				await smtpCredential(api, mail.port),
			),
		);
		await api.publish(id);
		await sleep(60_000);
		assert.equal(mail.mails.length, 0);
		await mail.start();
		await until('the tape is over', () => feedOf(hook, 'ended'), 180_000);
		await until('all e-mails are there', () => mail.mails.length >= expected, 60_000);
		await api.unpublish(id);
		assert.equal(mail.mails.length, expected);
		assert.equal(new Set(mail.mails.map(({ messageId }) => messageId)).size, expected);
		return `down for 60 s, then ${expected} of ${expected} e-mails, each once`;
	});
