import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import {
	lastOutcomeOf,
	listDeliveries,
	type DeliveryFilter,
	type DeliveryRecord,
} from '../../core/delivery';
import { parseInstant } from '../../core/market';
import { epochMs, parseDuration, type Clock, type EpochMs, type Store } from '../../core/ports';
import { textOf } from './texts';
import { UndeliveredError } from './undelivered';

/** n8n gives what was typed, or what an expression gave. */
type Filters = Readonly<Record<string, unknown>>;

const MOST = 1_000;

/** What the log says of an output's deliveries, one object each, the newest first. */
export async function getDeliveries(
	context: IExecuteFunctions,
	channel: string,
	itemIndex: number,
	ports: { readonly store: Store; readonly clock: Clock },
): Promise<IDataObject[]> {
	const filter = readFilter(context, channel, itemIndex, ports.clock);
	return (await listDeliveries(filter, ports.store)).map(toItem);
}

function readFilter(
	context: IExecuteFunctions,
	channel: string,
	itemIndex: number,
	clock: Clock,
): DeliveryFilter {
	const given = context.getNodeParameter('filters', itemIndex, {}) as Filters;
	const read = (name: string) => textOf(given[name]).trim();
	const texts = (['alertId', 'recipient', 'rule'] as const).filter((name) => read(name) !== '');
	const status = read('status');
	return {
		channel,
		limit: readLimit(context, itemIndex),
		...Object.fromEntries(texts.map((name) => [name, read(name)])),
		...(status === 'delivered' || status === 'failed' ? { status } : {}),
		...(read('since') === '' ? {} : { since: readSince(read('since'), clock) }),
	};
}

export function readLimit(context: IExecuteFunctions, itemIndex: number): number {
	const limit = Number(context.getNodeParameter('limit', itemIndex, 50));
	return Math.min(Math.max(1, Number.isFinite(limit) ? Math.floor(limit) : 50), MOST);
}

/** @throws UndeliveredError quoting what was given */
export function readSince(given: string, clock: Clock): EpochMs {
	const span = parseDuration(given);
	const at = span === undefined ? parseInstant(given) : epochMs(clock.now() - span);
	if (at !== undefined) return at;
	throw new UndeliveredError(
		`Since is "${given}"; use a duration such as 24h, or a time with its zone such as 2026-11-24T09:30:00Z.`,
		false,
	);
}

function toItem(record: DeliveryRecord): IDataObject {
	const { alertId, channel, delivered, failed, subject } = record;
	const earlier = failed === undefined ? undefined : delivered;
	return {
		alertId,
		channel,
		...lastOutcomeOf(record),
		...subject,
		...(earlier === undefined ? {} : { deliveredAt: earlier.at }),
	};
}
