import assert from 'node:assert/strict';

import { MailReceiver, WebhookReceiver } from '../../scripts/n8n/receivers.mts';
import { expectedAlerts, type PlainAlert, type PlainRule } from './expectedAlerts.mts';
import { node, replayTrigger, smtpCredential, until, workflow, type Running } from './harness.mts';
import { hasRealTapes, provideTape, readTape } from './tapes.mts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

export const RULES: Record<'binance' | 'bitstamp', readonly PlainRule[]> = {
	binance: [
		{
			name: 'BTC falls through 61,690',
			symbol: 'BTCUSDT',
			operator: 'crossesBelow',
			level: 61_690,
			fire: 'onChange',
			cooldownMs: 30 * SECOND,
		},
		{
			name: 'BTC rises through 61,640',
			symbol: 'BTCUSDT',
			operator: 'crossesAbove',
			level: 61_640,
			fire: 'onChange',
			cooldownMs: 45 * SECOND,
		},
		{
			name: 'BTC under 61,610',
			symbol: 'BTCUSDT',
			operator: 'lessThan',
			level: 61_610,
			fire: 'onChange',
			cooldownMs: 20 * SECOND,
		},
		{
			name: 'ETH over 2,682',
			symbol: 'ETHUSDT',
			operator: 'greaterThan',
			level: 2_682,
			fire: 'everyMatch',
			cooldownMs: 60 * SECOND,
		},
		{
			name: 'ETH under 2,679 once',
			symbol: 'ETHUSDT',
			operator: 'lessThan',
			level: 2_679,
			fire: 'once',
			cooldownMs: 0,
		},
		{
			name: 'ETH under 2,680',
			symbol: 'ETHUSDT',
			operator: 'lessThan',
			level: 2_680,
			fire: 'onChange',
			cooldownMs: 40 * SECOND,
		},
	],
	bitstamp: [
		{
			name: 'under 4.90',
			symbol: 'BTCUSD',
			operator: 'lessThan',
			level: 4.9,
			fire: 'onChange',
			cooldownMs: 96 * HOUR,
		},
		{
			name: 'over 5.10',
			symbol: 'BTCUSD',
			operator: 'greaterThan',
			level: 5.1,
			fire: 'onChange',
			cooldownMs: 96 * HOUR,
		},
		{
			name: 'falls through 5',
			symbol: 'BTCUSD',
			operator: 'crossesBelow',
			level: 5,
			fire: 'onChange',
			cooldownMs: 120 * HOUR,
		},
		{
			name: 'rises through 5.5',
			symbol: 'BTCUSD',
			operator: 'crossesAbove',
			level: 5.5,
			fire: 'onChange',
			cooldownMs: 24 * HOUR,
		},
		{
			name: 'under 3, every week',
			symbol: 'BTCUSD',
			operator: 'lessThan',
			level: 3,
			fire: 'everyMatch',
			cooldownMs: 168 * HOUR,
		},
	],
};

/** One Market Rule per level, as a user would put it together. */
export const ruleNode = (rule: PlainRule) =>
	node('marketRule', rule.name, {
		ruleName: rule.name,
		ruleSource: 'builder',
		match: 'all',
		conditions: {
			condition: [
				{ fact: 'price', operator: rule.operator, compareWith: 'value', value: String(rule.level) },
			],
		},
		fire: rule.fire,
		cooldown: rule.cooldownMs === 0 ? '' : `${rule.cooldownMs / SECOND}s`,
		options: { symbols: rule.symbol },
	});

/** Trigger → every rule → e-mail and webhook; the Feed goes to the webhook as well. */
export function alertWorkflow(
	name: string,
	trigger: ReturnType<typeof replayTrigger>,
	rules: readonly PlainRule[],
	url: string,
	credentials: Awaited<ReturnType<typeof smtpCredential>>,
) {
	const nodes = [
		trigger,
		...rules.map(ruleNode),
		node(
			'alertEmail',
			'Email',
			{ fromEmail: 'a@example.com', toEmail: 'me@example.com' },
			{ credentials },
		),
		node('alertWebhook', 'Webhook', { url: `${url}/alerts` }),
		node('alertWebhook', 'Feed', { url: `${url}/feed`, alertId: '' }),
	];
	return workflow(name, nodes, [
		...rules.flatMap(
			(rule) =>
				[
					['Trigger', 0, rule.name],
					[rule.name, 0, 'Email'],
					[rule.name, 0, 'Webhook'],
				] as const,
		),
		['Trigger', 1, 'Feed'],
	]);
}

export const lineOf = ({ rule, symbol, at, price, startedAt }: PlainAlert): string =>
	`${at} ${symbol} ${price} "${rule}" since ${startedAt}`;

export const lineOfBody = (body: Record<string, any>): string =>
	`${body['alert'].eventAt} ${body['alert'].symbol} ${body['facts'].price} "${body['alert'].ruleName}" since ${body['alert'].startedAt}`;

/** Done when 1: both tapes give exactly the alerts that the independent script computes. */
export async function checkTape(
	name: 'binance' | 'bitstamp',
	{ api, userFolder }: Running,
): Promise<string> {
	const mail = new MailReceiver();
	const hook = new WebhookReceiver();
	await Promise.all([mail.start(), hook.start()]);
	try {
		const { file, path } = provideTape(name, userFolder);
		const trades = readTape(path);
		const rules = RULES[name];
		const expected = rules
			.flatMap((rule) => expectedAlerts(trades, rule))
			.map(lineOf)
			.sort();
		const refires = expected.length - rules.length;
		assert.ok(
			expected.length >= 20 && refires > 5,
			`the tape gives only ${expected.length} alerts`,
		);

		const { id } = await api.createWorkflow(
			alertWorkflow(
				`Tape ${name}`,
				replayTrigger(file),
				rules,
				hook.url,
				await smtpCredential(api, mail.port),
			),
		);
		await api.publish(id);
		const ended = () => hook.requests.some(({ body }) => body['feed']?.kind === 'ended');
		await until('the tape is over', ended, 240_000);
		const alerts = () => hook.requests.filter((request) => request.path === '/alerts');
		await until(
			'the last alerts are there',
			() => alerts().length >= expected.length && mail.mails.length >= expected.length,
			30_000,
		);

		assert.deepEqual(
			alerts()
				.map(({ body }) => lineOfBody(body))
				.sort(),
			expected,
		);
		assert.equal(
			new Set(alerts().map(({ headers }) => headers['idempotency-key'])).size,
			expected.length,
		);
		assert.deepEqual(
			mail.mails.map(({ headers }) => headers.get('x-market-alert-id')).sort(),
			alerts()
				.map(({ body }) => body['alert'].id)
				.sort(),
		);
		const end = hook.requests.find(({ body }) => body['feed']?.kind === 'ended');
		assert.equal(end?.body['feed'].count, trades.length);
		await api.unpublish(id);
		return `${trades.length} ${hasRealTapes ? 'real' : 'made-up'} trades, ${rules.length} levels, ${expected.length} alerts, each by e-mail and webhook`;
	} finally {
		await Promise.all([mail.stop(), hook.stop()]);
	}
}
