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
import { textOf } from './texts';
import { openSharedStore } from './store';

/** What an output does with one item: where it goes, and how it's sent there. */
export type Sending = {
	readonly alertId: string;
	readonly retryForMs: number;
	readonly test: boolean;
	readonly recipients: readonly string[];
	/** The server that is asked; one that was down all the time gets a single try from then on. */
	serverOf(recipient: string): string;
	send(recipient: string): Promise<SendResult>;
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

/** What one execution needs to send its items. */
type Round = {
	readonly channel: string;
	readonly ports: DeliveryPorts;
	readonly signal: AbortSignal | undefined;
	readonly down: Set<string>;
};

/**
 * What all alert outputs share: each item to each of its recipients, once, in order; items pass on with our
 * report under `marketAlerts`; what can't be delivered goes to the error output, or stops the node once
 * every other item has had its turn.
 */
export async function sendAlerts(
	context: IExecuteFunctions,
	channel: string,
	read: (item: INodeExecutionData, itemIndex: number) => Sending,
): Promise<INodeExecutionData[][]> {
	const round: Round = {
		channel,
		ports: {
			store: await openStore(context),
			clock: systemClock,
			timer: systemTimer,
			random: systemRandom,
			log: nodeLog(context.logger, context.getNode().name),
		},
		signal: context.getExecutionCancelSignal(),
		down: new Set(),
	};
	const items = context.getInputData();
	const sent: INodeExecutionData[] = [];
	const failed: Array<{ readonly index: number; readonly error: Error }> = [];
	for (const [index, item] of items.entries()) {
		try {
			const deliveries = await sendToAll(read(item, index), round);
			const report = { channel, deliveries } as unknown as IDataObject;
			sent.push({
				...item,
				json: { ...item.json, marketAlerts: { ...ours(item.json), delivery: report } },
				pairedItem: { item: index },
			});
		} catch (error) {
			if (context.continueOnFail()) {
				sent.push({ json: { error: (error as Error).message }, pairedItem: { item: index } });
			} else {
				failed.push({ index, error: error as Error });
			}
		}
	}
	const [first] = failed;
	if (first === undefined) return [sent];
	throw asNodeError(
		context.getNode(),
		summed(
			failed.map(({ error }) => error),
			items,
		),
		first.index,
	);
}

/** Each recipient gets their try, whatever became of the others. */
async function sendToAll(sending: Sending, round: Round): Promise<DeliveryOutcome[]> {
	const outcomes: DeliveryOutcome[] = [];
	for (const recipient of sending.recipients)
		outcomes.push(await sendTo(recipient, sending, round));
	const failed = outcomes.filter((outcome) => outcome.status === 'failed');
	const [first] = failed;
	if (first === undefined) return outcomes;
	const who = outcomes.length === 1 || first.to === '…' ? '' : `${first.to}: `;
	const others =
		outcomes.length === 1 ? '' : ` (${failed.length} of ${outcomes.length} recipients)`;
	const tries = first.attempts <= 1 ? '' : ` Tried ${first.attempts} times.`;
	throw new UndeliveredError(
		`${who}${first.message}${tries} [${first.reason}]${others}`,
		failed.some(({ reason }) => !['auth', 'refused', 'invalidRecipient'].includes(reason)),
	);
}

async function sendTo(recipient: string, sending: Sending, round: Round): Promise<DeliveryOutcome> {
	const { alertId, test, retryForMs } = sending;
	const { channel, ports, signal, down } = round;
	const server = sending.serverOf(recipient);
	const outcome = await deliver(
		{ alertId, channel, recipient, test },
		async () => await sending.send(recipient),
		retryFor(down.has(server) ? 0 : retryForMs),
		ports,
		signal,
	);
	const isDown = outcome.status === 'failed' && ['timeout', 'unreachable'].includes(outcome.reason);
	if (isDown) down.add(server);
	else down.delete(server);
	return outcome;
}

/** One error for all items that failed: the first one's words, and how many there are. */
function summed(errors: readonly Error[], items: readonly INodeExecutionData[]): Error {
	const [first] = errors;
	if (first === undefined || errors.length === 1) return first ?? new Error('Nothing failed.');
	const again = errors.some((error) => !(error instanceof UndeliveredError) || error.again);
	const many = `${first.message} (and ${errors.length - 1} more of ${items.length} items)`;
	return new UndeliveredError(many, again);
}

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

async function openStore(context: IExecuteFunctions) {
	try {
		return await openSharedStore();
	} catch (error) {
		throw asNodeError(context.getNode(), error);
	}
}

const ours = (json: IDataObject): IDataObject =>
	typeof json['marketAlerts'] === 'object' ? { ...(json['marketAlerts'] as IDataObject) } : {};
