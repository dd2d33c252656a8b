import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { MailReceiver, WebhookReceiver } from '../../scripts/n8n/receivers.mts';
import { expectedAlerts } from './expectedAlerts.mts';
import { replayTrigger, restartN8n, smtpCredential, startN8n, until } from './harness.mts';
import { alertWorkflow, lineOf, lineOfBody, RULES } from './tapes.check.mts';
import { provideTape, readTape } from './tapes.mts';

/** n8n takes a trigger it was just starting for busy for two minutes, unless told otherwise. */
const ENV = { N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '3' };

/** How long the mail server takes for a message: long enough for a kill to come in between. */
const SLOW_MAIL_MS = 400;

/**
 * Done when 2: n8n killed at seeded moments of a replay, about half of them while an e-mail is on its way.
 * No alert lost; at most the delivery in flight twice, under its first id; cooldowns still in force.
 */
export async function checkKills(times: number, seed: number): Promise<string> {
	const mail = new MailReceiver({ acceptAfterMs: SLOW_MAIL_MS });
	const hook = new WebhookReceiver();
	await Promise.all([mail.start(), hook.start()]);
	let running = await startN8n(`kills-${times}`, ENV);
	let seedState = seed;
	const random = () => (seedState = (seedState * 48_271) % 2_147_483_647) / 2_147_483_647;
	try {
		const { file, path } = provideTape('binance', running.userFolder);
		const rules = RULES.binance;
		const expected = rules
			.flatMap((rule) => expectedAlerts(readTape(path), rule))
			.map(lineOf)
			.sort();
		// Small batches make a long run: the tape has to last for all the kills.
		const trigger = replayTrigger(file, { options: { batchSize: times > 10 ? 15 : 100 } });
		const { api } = running;
		const { id } = await api.createWorkflow(
			alertWorkflow('Kills', trigger, rules, hook.url, await smtpCredential(api, mail.port)),
		);
		await api.publish(id);

		const ended = () => hook.requests.some(({ body }) => body['feed']?.kind === 'ended');
		let inMail = 0;
		let done = 0;
		for (; done < times && !ended(); done += 1) {
			if (done % 2 === 0) {
				// Right after an alert was judged: its webhook has come, its e-mail is still being accepted, or the other way round.
				const before = hook.requests.length + mail.mails.length;
				await until(
					'an alert comes',
					() => hook.requests.length + mail.mails.length > before || ended(),
					60_000,
				);
				await sleep(random() * SLOW_MAIL_MS);
				inMail += 1;
			} else {
				await sleep(200 + random() * 2_500);
			}
			running = await restartN8n(running, ENV);
		}
		await until('the tape is over', ended, 240_000);
		const alerts = () => hook.requests.filter((request) => request.path === '/alerts');
		const ids = () => new Set(alerts().map(({ headers }) => headers['idempotency-key']));
		const mailIds = () => new Set(mail.mails.map(({ messageId }) => messageId));
		await until(
			'the last alerts are there',
			() => ids().size >= expected.length && mailIds().size >= expected.length,
			60_000,
		);
		await sleep(2_000); // anything told once too often would come now

		const byId = new Map(
			alerts().map(({ headers, body }) => [headers['idempotency-key'], lineOfBody(body)]),
		);
		assert.deepEqual([...byId.values()].sort(), expected, 'alerts at the webhook');
		const mailedAlerts = new Set(mail.mails.map(({ headers }) => headers.get('x-market-alert-id')));
		assert.deepEqual([...mailedAlerts].sort(), [...byId.keys()].sort(), 'alerts by e-mail');
		assert.equal(mailIds().size, expected.length, 'one Message-ID an alert');
		const twice = alerts().length - byId.size + mail.mails.length - mailIds().size;
		assert.ok(twice <= done, `${twice} deliveries came twice, with ${done} kills`);
		assert.ok(done === times, `the tape was over after ${done} of ${times} kills`);
		return `${done} kills (${inMail} around an e-mail), ${expected.length} alerts: 0 lost, ${twice} told twice under the same id`;
	} finally {
		await running.n8n.kill();
		await Promise.all([mail.stop(), hook.stop()]);
	}
}
