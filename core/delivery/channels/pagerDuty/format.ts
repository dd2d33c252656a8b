import { createHash } from 'node:crypto';

import type { AlertItem, Reason } from '../../../alerts';
import { toPlainText } from '../../chat/cutToFit';
import { explainReason } from '../../explain';
import { cut } from '../../template';

export type PagerAction = 'trigger' | 'acknowledge' | 'resolve';
export type PagerSeverity = 'critical' | 'error' | 'warning' | 'info';

/**
 * What becomes of an alert's incident. A digest that has nothing new opens none: what it tells of has an incident
 * already, and nobody would close this one.
 */
export function pagerActionOf({ state, merged }: AlertItem['alert']): PagerAction {
	const isDigest = merged !== undefined && merged.by !== 'group';
	return state === 'resolved' || (isDigest && state === 'reminder') ? 'resolve' : 'trigger';
}

/** What a page says; texts of any length. */
export type PagerContent = {
	readonly action: PagerAction;
	/** Names the incident: the alert's episode. */
	readonly incident: string;
	readonly summary: string;
	readonly text: string;
	readonly severity: PagerSeverity;
	/** What has the trouble: a symbol. */
	readonly source: string;
	/** Epoch ms. */
	readonly eventAt: number;
	/** Its rule's name. */
	readonly group?: string;
	readonly facts?: Readonly<Record<string, unknown>>;
	readonly because?: readonly Reason[];
	readonly labels?: Readonly<Record<string, string>>;
	readonly test: boolean;
};

/** PagerDuty refuses events of more than 512 KB; a page is read on a phone. */
const MAX_SUMMARY = 1_024;
const MAX_NAME = 255;
const MAX_TEXT = 10_000;
const MAX_DETAILS = 50;

/**
 * An event of the Events API v2. Acknowledging and resolving need no payload.
 * @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events
 */
export function toPagerEvent(content: PagerContent): Readonly<Record<string, unknown>> {
	const { action, test, incident, group } = content;
	const mark = test ? '[Test] ' : '';
	const event = {
		event_action: action,
		// A test may not resolve an incident that's real.
		dedup_key: dedupKey(`${test ? 'test/' : ''}${incident}`),
	};
	if (action !== 'trigger') return event;
	return {
		...event,
		client: 'n8n Market Alerts',
		payload: {
			summary: cut(`${mark}${oneLine(content.summary) || 'Market alert'}`, MAX_SUMMARY),
			source: cut(oneLine(content.source) || 'n8n', MAX_NAME),
			severity: content.severity,
			timestamp: new Date(content.eventAt).toISOString(),
			...(group === undefined ? {} : { group: cut(oneLine(group), MAX_NAME) }),
			custom_details: {
				text: cut(toPlainText(content.text), MAX_TEXT),
				...(content.because === undefined
					? {}
					: { because: content.because.slice(0, MAX_DETAILS).map(explainReason).map(toPlainText) }),
				...(content.facts === undefined ? {} : { facts: someOf(content.facts) }),
				...(content.labels === undefined ? {} : { labels: someOf(content.labels) }),
			},
		},
	};
}

/** At most 255 characters; a longer name ends in its hash, so that it stays one of a kind. */
export function dedupKey(incident: string): string {
	const name = toPlainText(incident);
	if (name.length <= MAX_NAME) return name;
	const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
	return `${toPlainText(name.slice(0, MAX_NAME - hash.length - 1))}/${hash}`;
}

/** As PagerDuty's four; what it doesn't know is a warning. */
export const toPagerSeverity = (given: string): PagerSeverity => {
	const severity = given.trim().toLowerCase();
	return SEVERITIES.find((known) => known === severity) ?? 'warning';
};

const SEVERITIES: readonly PagerSeverity[] = ['critical', 'error', 'warning', 'info'];

const oneLine = (text: string): string => toPlainText(text).replace(/\s+/g, ' ');

const someOf = (values: Readonly<Record<string, unknown>>): Record<string, unknown> => {
	const short = (text: string) => cut(toPlainText(text), MAX_NAME);
	return Object.fromEntries(
		Object.entries(values)
			.slice(0, MAX_DETAILS)
			.map(([name, value]) => [short(name), typeof value === 'string' ? short(value) : value]),
	);
};

/** What PagerDuty shows as the integration key of a service. */
export const isRoutingKey = (text: string): boolean => /^[A-Za-z0-9]{32}$/.test(text);
