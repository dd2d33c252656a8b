import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import {
	deliver,
	readMessage,
	redactRecipient,
	retryFor,
	type DeliveryOutcome,
	type DeliveryPorts,
	type DeliverySubject,
	type KeptMessage,
	type SendResult,
} from '../../core/delivery';
import { systemClock, systemRandom, systemTimer } from '../../core/ports/system';
import { alertOf, operationOf } from './alertInput';
import { getDeliveries } from './getDeliveries';
import { getHeldBack } from './getHeldBack';
import { nodeLog } from './log';
import { asNodeError } from './nodeErrors';
import type { Operation } from './outputParameters';
import { openSharedStore } from './store';
import { textOf } from './texts';
import { UndeliveredError } from './undelivered';

export { alertIdOf, alertOf, isTest, operationOf, readDuration } from './alertInput';
export { UndeliveredError } from './undelivered';

/** What an output does with one item: where it goes, and how it's sent there. */
export type Sending = {
	readonly alertId: string;
	readonly retryForMs: number;
	readonly test: boolean;
	readonly recipients: readonly string[];
	/** For the delivery log; the alert's own when it isn't given. */
	readonly title?: string;
	/** What is told, as JSON without addresses or secrets: kept for Send Again. */
	readonly message?: unknown;
	/** What Preview gives out. */
	readonly preview?: IDataObject;
	/** The server that is asked; one that was down all the time gets a single try from then on. */
	serverOf(recipient: string): string;
	/** `message` is the one above, or what was kept of it. */
	send(recipient: string, message?: unknown): Promise<SendResult>;
};

/** Reads what to do with an item; may reach no further than templates. */
export type ReadSending = (
	item: INodeExecutionData,
	itemIndex: number,
) => Sending | Promise<Sending>;

/** What one execution needs to send its items. */
type Round = {
	readonly operation: Operation;
	readonly channel: string;
	readonly ports: DeliveryPorts;
	readonly signal: AbortSignal | undefined;
	readonly down: Set<string>;
	readonly pace: Pace;
};

/** `inTurn`: one delivery after the other. `together`: all at once, for channels that keep order and pace themselves. */
export type Pace = 'inTurn' | 'together';

/**
 * What all alert outputs share: each item to each of its recipients, once, in order; items pass on with our
 * report under `marketAlerts`; what can't be delivered goes to the error output, or stops the node once
 * every other item has had its turn. Preview and what lists give out items of their own instead.
 */
export async function sendAlerts(
	context: IExecuteFunctions,
	channel: string,
	read: ReadSending,
	pace: Pace = 'inTurn',
): Promise<INodeExecutionData[][]> {
	const round: Round = {
		operation: operationOf(context),
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
		pace,
	};
	const items = context.getInputData();
	const done: INodeExecutionData[] = [];
	const failed: Array<{ readonly index: number; readonly error: Error }> = [];
	const answer = async (item: INodeExecutionData, index: number) =>
		await answerItem(context, item, index, read, round);
	const begun = pace === 'together' ? items.map(answer) : [];
	for (const one of begun) void one.catch(() => {}); // what became of it is read below
	for (const [index, item] of items.entries()) {
		try {
			const given = await (begun[index] ?? answer(item, index));
			done.push(...given.map((one) => ({ ...one, pairedItem: { item: index } })));
		} catch (error) {
			if (context.continueOnFail()) {
				done.push({ json: { error: (error as Error).message }, pairedItem: { item: index } });
			} else {
				failed.push({ index, error: error as Error });
			}
		}
	}
	const [first] = failed;
	if (first === undefined) return [done];
	throw asNodeError(
		context.getNode(),
		summed(
			failed.map(({ error }) => error),
			items,
		),
		first.index,
	);
}

/** What an operation makes of one item. */
async function answerItem(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	index: number,
	read: ReadSending,
	round: Round,
): Promise<INodeExecutionData[]> {
	const { channel, operation, ports } = round;
	switch (operation) {
		case 'getDeliveries':
			return (await getDeliveries(context, channel, index, ports)).map((json) => ({ json }));
		case 'getHeldBack':
			return (await getHeldBack(context, index, ports)).map((json) => ({ json }));
		case 'preview':
			return [{ json: toPreview(await read(item, index), channel) }];
		default: {
			const sending = forWhom(await read(item, index), item, round);
			const { subject, message } =
				operation === 'sendAgain' && !isAbout(sending, item)
					? await keptMessage(sending, item, round)
					: { subject: subjectOf(item, sending), message: sending.message };
			const deliveries = await sendToAll({ ...sending, message }, subject, round);
			const report = { channel, deliveries } as unknown as IDataObject;
			return [
				{
					...item,
					json: { ...item.json, marketAlerts: { ...ours(item.json), delivery: report } },
				},
			];
		}
	}
}

/** What people look for comes first: an output pane is narrow. */
const toPreview = (sending: Sending, channel: string): IDataObject => ({
	...sending.preview,
	to: sending.recipients.map(redactRecipient),
	channel,
	alertId: sending.alertId,
});

/**
 * Sent again from a list of deliveries, each goes to the recipient it's about.
 * @throws UndeliveredError when this output sends to somebody else
 */
function forWhom(sending: Sending, { json }: INodeExecutionData, round: Round): Sending {
	const { alertId, channel, to } = json;
	const isDelivery = alertId === sending.alertId && channel === round.channel;
	if (round.operation !== 'sendAgain' || !isDelivery || typeof to !== 'string') return sending;
	const recipients = sending.recipients.filter((one) => redactRecipient(one) === to);
	if (recipients.length > 0) return { ...sending, recipients };
	throw new UndeliveredError(
		`The delivery went to ${to}, and none of the recipients of this node is that one.`,
		false,
	);
}

/** Whether the item is the very alert that's asked for: then it needn't be looked up. */
const isAbout = ({ alertId }: Sending, { json }: INodeExecutionData): boolean =>
	alertOf(json)?.alert.id === alertId;

/** @throws UndeliveredError when nothing was kept */
async function keptMessage(
	sending: Sending,
	item: INodeExecutionData,
	{ channel, ports }: Round,
): Promise<KeptMessage> {
	const { alertId, message, recipients } = sending;
	// This output keeps none: the item has to do.
	if (message === undefined) return { subject: subjectOf(item, sending), message };
	const [recipient = ''] = recipients;
	const kept = await readMessage({ alertId, channel, recipient }, ports.store);
	if (kept !== undefined) return kept;
	throw new UndeliveredError(
		`What was sent under the alert ID "${alertId}" is not known: the log keeps it for 7 days. Give the alert itself as the item, or check the ID with Get Deliveries.`,
		false,
	);
}

function subjectOf({ json }: INodeExecutionData, { title }: Sending): DeliverySubject {
	const item = alertOf(json);
	if (item === undefined) return { title: title ?? textOf(json['title']) };
	const { ruleId, ruleName, symbol, state } = item.alert;
	return { ruleId, ruleName, symbol, state, title: title ?? item.title };
}

/** Each recipient gets their try, whatever became of the others. */
async function sendToAll(
	sending: Sending,
	subject: DeliverySubject,
	round: Round,
): Promise<DeliveryOutcome[]> {
	const outcomes: DeliveryOutcome[] = [];
	const send = async (recipient: string) => await sendTo(recipient, sending, subject, round);
	if (round.pace === 'together') {
		outcomes.push(...(await Promise.all(sending.recipients.map(send))));
	} else {
		for (const recipient of sending.recipients) outcomes.push(await send(recipient));
	}
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

async function sendTo(
	recipient: string,
	sending: Sending,
	subject: DeliverySubject,
	round: Round,
): Promise<DeliveryOutcome> {
	const { alertId, message, test, retryForMs } = sending;
	const { channel, operation, ports, signal, down } = round;
	const server = sending.serverOf(recipient);
	const outcome = await deliver(
		{
			alertId,
			channel,
			recipient,
			test,
			again: operation === 'sendAgain',
			subject,
			...(message === undefined ? {} : { message }),
		},
		async () => await sending.send(recipient, message),
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

async function openStore(context: IExecuteFunctions) {
	try {
		return await openSharedStore();
	} catch (error) {
		throw asNodeError(context.getNode(), error);
	}
}

const ours = (json: IDataObject): IDataObject =>
	typeof json['marketAlerts'] === 'object' ? { ...(json['marketAlerts'] as IDataObject) } : {};
