import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { AlertItem } from '../../core/alerts';
import { renderJsonTemplate, renderTemplate, toApperate } from '../../core/delivery';
import { fieldScope, isTemplate, type FormatOptions } from '../host/fieldTemplates';
import { textOf } from '../host/texts';
import { UndeliveredError } from '../host/undelivered';

export type BodyOptions = FormatOptions & {
	readonly payload?: 'item' | 'apperate';
	readonly body?: unknown;
	readonly bodyTemplate?: string;
};

/**
 * The text that's posted for an item.
 * @param isJson whether it has to be JSON
 * @throws UndeliveredError saying what's wrong with the fields
 */
export async function readBody(
	context: IExecuteFunctions,
	json: IDataObject,
	alert: AlertItem | undefined,
	options: BodyOptions,
	isJson: boolean,
): Promise<string> {
	const template = textOf(options.bodyTemplate);
	if (template.trim() !== '') {
		if (!isTemplate(context, ['options', 'bodyTemplate'])) {
			return isJson ? checkJson(template) : template;
		}
		return await fill(template, fieldScope(json, alert, options), isJson);
	}
	const { body } = options;
	if (typeof body === 'string' && body !== '') return checkJson(body);
	if (body !== undefined && body !== '') return JSON.stringify(body);
	if (options.payload !== 'apperate') return JSON.stringify(json);
	if (alert !== undefined) return JSON.stringify(toApperate(alert));
	throw new UndeliveredError(
		'Only an alert has the shape of Apperate, and this item is none. Connect the Alert output of Market Rule, or choose another payload.',
		false,
	);
}

async function fill(
	template: string,
	scope: Readonly<Record<string, unknown>>,
	isJson: boolean,
): Promise<string> {
	try {
		return await (isJson ? renderJsonTemplate : renderTemplate)(template, scope);
	} catch (error) {
		throw new UndeliveredError(
			`The Body Template can't be used: ${(error as Error).message}.`,
			false,
		);
	}
}

function checkJson(text: string): string {
	try {
		return JSON.stringify(JSON.parse(text));
	} catch (error) {
		throw new UndeliveredError(`The body is not JSON: ${(error as Error).message}`, false);
	}
}

/** In a test the receiver can see that it is one, in bodies of our shapes as well as by a header. */
export function markAsTest(body: string): string {
	const content = parsed(body);
	if (!isObject(content)) return body;
	const { alert, data, title } = content;
	if (isObject(alert)) {
		const marked = typeof title === 'string' ? { title: `[Test] ${title}` } : {};
		return JSON.stringify({ ...content, ...marked, alert: { ...alert, test: true } });
	}
	if (isObject(data) && typeof data['name'] === 'string' && 'set' in data) {
		return JSON.stringify({ ...content, data: { ...data, name: `[Test] ${data['name']}` } });
	}
	return body;
}

/** A body as Preview shows it. */
export const parsed = (body: string): unknown => {
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return body;
	}
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
