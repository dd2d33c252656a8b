import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { templateScope } from '../../core/delivery';
import type { AlertItem } from '../../core/alerts';
import { hasExpression } from './readRule';
import { isFilled, textOf } from './texts';

/** Options of an output that say how its templates write numbers and times. */
export type FormatOptions = { readonly locale?: unknown; readonly timezone?: unknown };

/** What the templates in an output's fields may name: the alert, or the fields of an item that's none. */
export function fieldScope(
	json: IDataObject,
	alert: AlertItem | undefined,
	{ locale, timezone }: FormatOptions,
): Readonly<Record<string, unknown>> {
	const { title, text } = json;
	return {
		...(alert === undefined ? json : { ...templateScope(alert), title, text }),
		...(isFilled(textOf(locale)) ? { locale: textOf(locale).trim() } : {}),
		...(isFilled(textOf(timezone)) ? { timezone: textOf(timezone).trim() } : {}),
	};
}

/**
 * Whether a field holds a template: what an expression gave is data, and stays as it is. A field that was switched to
 * Expression and has none in it is text, as it stands there: those of outputs are so to begin with.
 */
export function isTemplate(context: IExecuteFunctions, path: readonly string[]): boolean {
	const parameters: unknown = context.getNode().parameters;
	const raw = path.reduce(
		(inside, name) => (inside as Record<string, unknown> | undefined)?.[name],
		parameters,
	);
	if (typeof raw !== 'string' || (hasExpression(raw) && raw.includes('{{'))) return false;
	return /\[\[|\[%|\{\{|\{%/.test(raw);
}
