import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { WorkflowJson } from '../../scripts/n8n/N8nApi.mts';
import { WebhookReceiver } from '../../scripts/n8n/receivers.mts';
import { until, type Running } from './harness.mts';

const EXAMPLE = resolve(import.meta.dirname, '..', '..', 'examples', 'own-data.json');

/** The example on data of one's own, as it lies in examples/: n8n's own nodes before Market Rule, run by hand. */
export async function checkOwnData({ api }: Running): Promise<string> {
	const hook = new WebhookReceiver();
	await hook.start();
	const rows = [
		{
			rowId: 'r1',
			product: 'nails',
			measuredAt: '2026-01-01T10:00:00Z',
			warehouse: { name: 'north', level: '4', limit: 5 },
		},
		{
			rowId: 'r2',
			product: 'screws',
			measuredAt: '2026-01-01T10:00:00Z',
			warehouse: { name: 'north', level: 9, limit: 5 },
		},
	];
	hook.answer = ({ path }) =>
		path === '/rows'
			? { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(rows) }
			: { status: 200 };
	try {
		const example = readFileSync(EXAMPLE, 'utf8').replaceAll('http://127.0.0.1:9000', hook.url);
		const workflow = JSON.parse(example) as WorkflowJson;
		const { id } = await api.createWorkflow(workflow);
		await api.runManually(id, 'Every 5 Minutes');
		const alerts = () => hook.requests.filter(({ path }) => path === '/alerts');
		await until('the alert is there', () => alerts().length > 0, 30_000);
		const [alert] = alerts();
		assert.equal(alerts().length, 1);
		assert.equal(alert?.body['title'], '[Test] nails is running low');
		assert.equal(alert?.body['alert'].test, true);
		assert.deepEqual(alert?.body['facts'], {
			'warehouse.level': '4',
			'warehouse.limit': 5,
			'warehouse.name': 'north',
		});
		return `"${String(alert?.body['text'])}"`;
	} finally {
		await hook.stop();
	}
}
