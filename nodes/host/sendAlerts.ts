import { createHash } from 'node:crypto';

import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { alertItemSchema, type AlertItem } from '../../core/alerts';
import {
	deliver,
	retryFor,
	type DeliveryOutcome,
	type DeliveryPorts,
	type SendResult,
} from '../../core/delivery';
import { parseDuration } from '../../core/ports';
import { systemClock, systemRandom, systemTimer } from '../../core/ports/system';
import { nodeLog } from './log';
import { asNodeError } from './nodeErrors';
import { openSharedStore } from './store';

/** What an output does with one item: where it goes, and how it's sent there. */
export type Sending = {
	readonly alertId: string;
	readonly retryForMs: number;
	readonly test: boolean;
	readonly recipients: readonly string[];
	send(recipient: string, signal: AbortSignal | undefined): Promise<SendResult>;
};

/** A delivery that failed for good, in words; another run of the same workflow may end better or not. */
export class UndeliveredError extends Error {
	override readonly name = 'UndeliveredError';

	constructor(
		message: string,
		readonly again: boolean,
	) {
		super(message);
	}
}

/**
 * What all alert outputs share: each item to each of its recipients, once, in order; items pass on with our
 * report under `marketAlerts`; what can't be delivered goes to the error output, or stops the node.
 */
export async function sendAlerts(
	context: IExecuteFunctions,
	channel: string,
	read: (item: INodeExecutionData, itemIndex: number) => Sending | Promise<Sending>,
): Promise<INodeExecutionData[][]> {
	const signal = context.getExecutionCancelSignal();
	const ports: DeliveryPorts = {
		store: await openStore(context),
		clock: systemClock,
		timer: systemTimer,
		random: systemRandom,
		log: nodeLog(context.logger, context.getNode().name),
	};
	const sent: INodeExecutionData[] = [];
	for (const [index, item] of context.getInputData().entries()) {
		try {
			const sending = await read(item, index);
			const outcomes = await sendToAll(sending, channel, ports, signal);
			const report = { channel, deliveries: outcomes } as unknown as IDataObject;
			sent.push({
				...item,
				json: { ...item.json, marketAlerts: { ...ours(item.json), delivery: report } },
				pairedItem: { item: index },
			});
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context.getNode(), error, index);
			sent.push({ json: { error: (error as Error).message }, pairedItem: { item: index } });
		}
	}
	return [sent];
}

/** Each recipient gets their try, whatever became of the others. */
async function sendToAll(
	sending: Sending,
	channel: string,
	ports: DeliveryPorts,
	signal: AbortSignal | undefined,
): Promise<Array<DeliveryOutcome & { readonly recipient: number }>> {
	const { alertId, test, retryForMs } = sending;
	const outcomes: Array<DeliveryOutcome & { readonly recipient: number }> = [];
	for (const [at, recipient] of sending.recipients.entries()) {
		const outcome = await deliver(
			{ alertId, channel, recipient, test },
			async (abort) => await sending.send(recipient, abort),
			retryFor(retryForMs),
			ports,
			signal,
		);
		outcomes.push({ ...outcome, recipient: at + 1 });
	}
	const failed = outcomes.filter((outcome) => outcome.status === 'failed');
	const [first] = failed;
	if (first === undefined) return outcomes;
	const others =
		outcomes.length === 1 ? '' : ` (${failed.length} of ${outcomes.length} recipients)`;
	const tries = first.attempts === 1 ? '' : ` Tried ${first.attempts} times.`;
	throw new UndeliveredError(
		`${first.message}${tries} [${first.reason}]${others}`,
		failed.some(({ reason }) => !['auth', 'refused', 'invalidRecipient'].includes(reason)),
	);
}

/** The alert in an item, if it's one of ours. */
export function alertOf(json: IDataObject): AlertItem | undefined {
	const parsed = alertItemSchema.safeParse(json);
	return parsed.success ? parsed.data : undefined;
}

/** The id an item is sent under; made from its content when it names none. */
export const alertIdOf = (given: unknown, content: unknown): string => {
	const id = typeof given === 'string' || typeof given === 'number' ? String(given).trim() : '';
	if (id !== '') return id.slice(0, 200);
	return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 24);
};

/** @throws UndeliveredError quoting what was given */
export function readDuration(given: unknown, field: string): number {
	const milliseconds = typeof given === 'string' ? parseDuration(given) : undefined;
	if (milliseconds !== undefined) return milliseconds;
	throw new UndeliveredError(
		`${field} is ${JSON.stringify(given)}; use a duration such as 30s, 2m or 1h.`,
		false,
	);
}

async function openStore(context: IExecuteFunctions) {
	try {
		return await openSharedStore();
	} catch (error) {
		throw asNodeError(context.getNode(), error);
	}
}

const ours = (json: IDataObject): IDataObject =>
	typeof json['marketAlerts'] === 'object' ? { ...(json['marketAlerts'] as IDataObject) } : {};
