import type { AlertItem, AlertMember, NoiseMessage } from '../alerts';
import { renderFlapping, renderMerged } from '../delivery';

type Severity = AlertItem['alert']['severity'];
const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info'];

/** Makes the item that travels to the outputs: an alert as it came, or several as one. */
export function composeMessage(message: NoiseMessage): AlertItem {
	const [first] = message.members;
	if (first === undefined) throw new Error('a message without an alert');
	const closes = message.closes.length === 0 ? {} : { closes: [...message.closes] };
	if (message.by === 'alert') {
		const { alert } = first.alert;
		return { ...first.alert, ...renderFlapping(first.alert), alert: { ...alert, ...closes } };
	}
	const members = message.members.map(toMember);
	const alerts = members.map(({ alert }) => alert);
	const of = <Part extends 'ruleId' | 'ruleName' | 'symbol'>(part: Part) => {
		const [value = '', ...others] = new Set(alerts.map((one) => one[part]));
		return others.length === 0 ? value : '';
	};
	const severities = new Set(alerts.map(({ severity }) => severity));
	const last = alerts.reduce((a, b) => (b.eventAt >= a.eventAt ? b : a));
	const alert: AlertItem['alert'] = {
		id: message.id,
		episodeId: message.episodeId,
		ruleId: of('ruleId'),
		ruleName: of('ruleName') || `${members.length} alerts`,
		symbol: of('symbol'),
		state: message.state,
		severity: SEVERITIES.find((one) => severities.has(one)) ?? 'info',
		labels: sharedLabels(alerts),
		startedAt: message.startedAt,
		eventAt: message.eventAt,
		eventId: last.eventId,
		test: false,
		deliver: first.alert.alert.deliver,
		...closes,
		merged: {
			by: message.by,
			count: message.members.reduce((sum, { count }) => sum + count, 0),
			stillFiring: [...message.stillFiring],
		},
	};
	return { alert, ...renderMerged(alert, members), facts: {}, because: [], members };
}

function toMember({ alert: item, count }: NoiseMessage['members'][number]): AlertMember {
	const { alert, title, text, facts, because } = item;
	return { alert, title, text, facts, because, ...(count > 1 ? { count } : {}) };
}

/** Labels that all of them have, with the same value. */
function sharedLabels(alerts: ReadonlyArray<AlertItem['alert']>): Record<string, string> {
	const [first, ...others] = alerts;
	return Object.fromEntries(
		Object.entries(first?.labels ?? {}).filter(([name, value]) =>
			others.every(({ labels }) => Object.hasOwn(labels, name) && labels[name] === value),
		),
	);
}
