import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { AlertItem } from '../../core/alerts';
import { describeOrigin, renderTemplate, type EmailContent } from '../../core/delivery';
import { fieldScope, isTemplate, type FormatOptions } from '../host/fieldTemplates';
import { isFilled, textOf } from '../host/texts';

export type ContentOptions = FormatOptions & { readonly appendTables?: boolean };

/**
 * The words of a mail. A template that fails doesn't cost the alert: then it has the alert's own words, and
 * says what failed.
 */
export async function readContent(
	context: IExecuteFunctions,
	index: number,
	json: IDataObject,
	alert: AlertItem | undefined,
	alertId: string,
	options: ContentOptions,
): Promise<EmailContent> {
	const scope = fieldScope(json, alert, options);
	const failures: string[] = [];
	const fill = async (field: 'subject' | 'text', otherwise: unknown): Promise<string> => {
		const given = textOf(context.getNodeParameter(field, index, ''));
		if (!isTemplate(context, [field])) return given;
		try {
			return await renderTemplate(given, scope);
		} catch (error) {
			failures.push(
				`The template of its ${field} could not be filled: ${(error as Error).message}`,
			);
			return textOf(otherwise);
		}
	};
	const title = (await fill('subject', json['title'])).trim() || 'Market alert';
	const text = [await fill('text', json['text']), ...failures].join('\n\n').trim();
	if (alert === undefined) return { title, text };
	// The first message of several alerts has the id of its episode, whatever their states are.
	const { id, episodeId, state, severity } = alert.alert;
	return {
		title,
		text,
		severity,
		thread: { episodeId, isFirst: (state === 'firing' || id === episodeId) && id === alertId },
		footer: footerOf(alert, options),
		...(options.appendTables === false ? {} : { facts: alert.facts, because: alert.because }),
	};
}

/** A locale or zone that's none is the user's to mend, and no reason to keep quiet. */
function footerOf(alert: AlertItem, { locale, timezone }: FormatOptions): string {
	const given = (value: unknown, otherwise: string) =>
		isFilled(textOf(value)) ? textOf(value).trim() : otherwise;
	try {
		return describeOrigin(alert, given(locale, 'en-US'), given(timezone, 'UTC'));
	} catch (error) {
		return `${describeOrigin(alert, 'en-US', 'UTC')}\n${(error as Error).message}.`;
	}
}
