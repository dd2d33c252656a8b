import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import axios from 'axios';

import { WebhookReceiver } from '../../scripts/n8n/receivers.mts';
import { node, until, workflow, type Running } from './harness.mts';

const PARALLEL = 50;
/** Prices of the waves: SHOP falls under 60 in the first, the third and the fifth. */
const WAVES = [59, 61, 58, 62, 57];
const AT = Date.parse('2026-01-02T15:00:00Z');

/**
 * 50 executions at once into one Market Rule, wave after wave, each with news of the same symbol: one alert for
 * each change, whichever execution comes first.
 */
export async function checkParallel({ n8n, api }: Running): Promise<string> {
	const hook = new WebhookReceiver();
	await hook.start();
	const path = randomUUID();
	const entry = {
		id: randomUUID(),
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		position: [0, 0] as [number, number],
		webhookId: path,
		parameters: { httpMethod: 'POST', path, responseMode: 'lastNode' },
	};
	const rule = node('marketRule', 'Market Rule', {
		ruleName: 'Under 60',
		conditions: { condition: [{ fact: 'price', operator: 'lessThan', value: '60' }] },
		options: {
			symbolField: 'body.symbol',
			timeField: 'body.at',
			eventIdField: 'body.id',
			columns: { column: [{ fact: 'price', field: 'body.price' }] },
			notifyResolved: true,
		},
	});
	// n8n answers with what the last node gives, so that each run has to have one with an item.
	const quiet = {
		id: randomUUID(),
		name: 'Quiet',
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: {},
	};
	const { id } = await api.createWorkflow(
		workflow(
			'Parallel',
			[entry, rule, node('alertWebhook', 'Alert Webhook', { url: `${hook.url}/alerts` }), quiet],
			[
				['Webhook', 0, 'Market Rule'],
				['Market Rule', 0, 'Alert Webhook'],
				['Market Rule', 1, 'Quiet'],
				['Market Rule', 2, 'Quiet'],
			],
		),
	);
	try {
		await api.publish(id);
		const url = `${n8n.url}/webhook/${path}`;
		const post = async (body: object) =>
			(await axios.post(url, body, { validateStatus: () => true })).status;
		// n8n says "published" a little before the webhook is there.
		await until('the webhook is there', async () => (await post({ symbol: 'NONE' })) !== 404);
		for (const [wave, price] of WAVES.entries()) {
			const news = Array.from({ length: PARALLEL }, (_, index) => ({
				symbol: 'SHOP',
				price,
				at: AT + wave * 1_000,
				id: `wave ${wave} event ${index}`,
			}));
			const statuses = await Promise.all(news.map(post));
			assert.deepEqual(new Set(statuses), new Set([200]), 'every execution ended well');
		}
		const told = hook.requests.map(({ body }) => ({
			id: body['alert'].id as string,
			state: body['alert'].state as string,
			price: body['facts'].price as number,
		}));
		assert.deepEqual(
			told.map(({ state, price }) => `${state} at ${price}`),
			['firing at 59', 'resolved at 61', 'firing at 58', 'resolved at 62', 'firing at 57'],
		);
		assert.equal(new Set(told.map((alert) => alert.id)).size, told.length);
		return `${WAVES.length} waves of ${PARALLEL} parallel executions on one symbol, ${told.length} changes, ${told.length} alerts`;
	} finally {
		await api.unpublish(id);
		await hook.stop();
	}
}
