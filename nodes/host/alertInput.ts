import { createHash } from 'node:crypto';

import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { alertItemSchema, type AlertItem } from '../../core/alerts';
import { parseDuration } from '../../core/ports';
import type { Operation } from './outputParameters';
import { textOf } from './texts';
import { UndeliveredError } from './undelivered';

/** What the user wants of an output; workflows from before it could be asked for send. */
export const operationOf = (context: IExecuteFunctions): Operation =>
	context.getNodeParameter('operation', 0, 'send') as Operation;

/** Whether what's sent is marked `[Test]` and stays outside the log. */
export const isTest = (context: IExecuteFunctions, alert: AlertItem | undefined): boolean => {
	const operation = operationOf(context);
	if (alert?.alert.test === true || operation === 'sendTest') return true;
	return operation !== 'preview' && context.getMode() === 'manual';
};

/** The alert in an item, if it's one of ours. */
export function alertOf(json: IDataObject): AlertItem | undefined {
	const parsed = alertItemSchema.safeParse(json);
	return parsed.success ? parsed.data : undefined;
}

/**
 * The id an item is sent under. An item that names none gets one from its event, or else from this
 * execution, and what is sent: a later execution may send the same words again.
 */
export function alertIdOf(context: IExecuteFunctions, index: number, content: unknown): string {
	const given = textOf(context.getNodeParameter('alertId', index, '')).trim();
	if (given !== '') return given.slice(0, 200);
	if (operationOf(context) === 'sendAgain') {
		throw new UndeliveredError(
			'Send Again wants an alert ID: Alert ID is empty. Get Deliveries lists the IDs.',
			false,
		);
	}
	const eventId = textOf(context.getInputData()[index]?.json['eventId']);
	const occasion = eventId === '' ? `execution ${context.getExecutionId()}` : `event ${eventId}`;
	return createHash('sha256')
		.update(JSON.stringify([occasion, content]))
		.digest('hex')
		.slice(0, 24);
}

/** @throws UndeliveredError quoting what was given */
export function readDuration(given: unknown, field: string): number {
	const milliseconds = typeof given === 'string' ? parseDuration(given) : undefined;
	if (milliseconds !== undefined) return milliseconds;
	throw new UndeliveredError(
		`${field} is ${JSON.stringify(given)}; use a duration such as 30s, 2m or 1h.`,
		false,
	);
}
