import type { AlertItem } from '../alerts';
import { explainReason } from './explain';
import { renderHtml } from './renderHtml';
import { cut, renderTemplate, toText } from './template';

/** An alert before its words were found. */
export type BareAlert = Pick<AlertItem, 'alert' | 'facts' | 'because'>;

export type AlertTemplates = { readonly title?: string; readonly message?: string };

const MAX_TITLE = 200;

/**
 * Finds the words of an alert: from its templates, or else saying why it came. A template that fails
 * (they're checked before, but a loop may run too long) doesn't cost the alert: it says so, and why it came.
 */
export async function renderAlert(
	bare: BareAlert,
	templates: AlertTemplates,
): Promise<Pick<AlertItem, 'title' | 'text' | 'html' | 'markdown'>> {
	const scope = templateScope(bare);
	const failures: string[] = [];
	const fill = async (name: string, template: string | undefined, otherwise: string) => {
		if (template === undefined) return otherwise;
		try {
			return await renderTemplate(template, scope);
		} catch (error) {
			failures.push(`The template of its ${name} could not be filled: ${(error as Error).message}`);
			return otherwise;
		}
	};
	const title = oneLine(await fill('title', templates.title, defaultTitle(bare)));
	const words = await fill('message', templates.message, defaultText(bare));
	const text = [words, ...failures].join('\n\n');
	return {
		title,
		text,
		html: renderHtml({ title, text, ...bare }),
		markdown: renderMarkdown(title, text, bare),
	};
}

/** What templates may name: every fact, and the alert's own parts. */
export function templateScope({ alert, facts, because }: BareAlert): Record<string, unknown> {
	return {
		...facts,
		facts,
		symbol: alert.symbol,
		ruleName: alert.ruleName,
		ruleId: alert.ruleId,
		severity: alert.severity,
		state: alert.state,
		labels: alert.labels,
		startedAt: new Date(alert.startedAt).toISOString(),
		eventAt: new Date(alert.eventAt).toISOString(),
		heldBack: alert.heldBack ?? 0,
		why: because
			.filter(({ holds }) => holds === true)
			.map(explainReason)
			.join(', '),
	};
}

const defaultTitle = ({ alert }: BareAlert): string =>
	alert.symbol === '' ? alert.ruleName : `${alert.symbol}: ${alert.ruleName}`;

function defaultText({ alert, because }: BareAlert): string {
	const holding = because.filter(({ holds }) => holds === true);
	const reasons = (holding.length > 0 ? holding : because).map(explainReason);
	const subject = alert.symbol === '' ? 'It holds that' : `${alert.symbol}:`;
	const heldBack =
		alert.heldBack === undefined
			? ''
			: ` Since the last alert it happened ${alert.heldBack} more ${alert.heldBack === 1 ? 'time' : 'times'}, kept quiet by the cooldown.`;
	return `${subject} ${reasons.join(' and ')}.${heldBack}`;
}

function renderMarkdown(title: string, text: string, { facts, because }: BareAlert): string {
	const lines = [`**${escapeMarkdown(title)}**`, '', escapeMarkdown(text)];
	const reasons = because.map((reason) => `- ${escapeMarkdown(explainReason(reason))}`);
	const known = Object.entries(facts).map(
		([name, value]) => `- ${escapeMarkdown(name)}: ${escapeMarkdown(toText(value))}`,
	);
	return [...lines, '', ...reasons, '', ...known].join('\n').trimEnd();
}

const escapeMarkdown = (text: string): string => text.replace(/[\\`*_{}[\]<>()#+!|~-]/g, '\\$&');

const oneLine = (text: string): string => cut(text.replace(/\s+/g, ' ').trim(), MAX_TITLE);
