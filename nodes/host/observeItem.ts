import type { IDataObject } from 'n8n-workflow';

import { FactSheet, readField, type Observation } from '../../core/facts';
import { parseInstant, type QualityFlag } from '../../core/market';
import type { EpochMs } from '../../core/ports';

export type ItemMapping = {
	readonly symbolField: string;
	readonly timeField: string;
	readonly eventIdField: string;
	/** Facts that lie in fields of other names. */
	readonly columns: ReadonlyArray<{ readonly fact: string; readonly field: string }>;
};

const FLAGS: ReadonlySet<unknown> = new Set<QualityFlag>([
	'late',
	'gapBefore',
	'stale',
	'implausible',
]);

/**
 * An item of any node as the rules see it.
 * @throws ItemError quoting a time that can't be read
 */
export function observeItem(json: IDataObject, mapping: ItemMapping, now: EpochMs): Observation {
	const symbol = readField(json, mapping.symbolField);
	const eventId = readField(json, mapping.eventIdField);
	const quality = Array.isArray(json['quality']) ? json['quality'] : [];
	return {
		symbol: isName(symbol) ? String(symbol).trim() : '',
		eventAt: readTime(json, mapping.timeField, now),
		eventId: isName(eventId) ? String(eventId) : undefined,
		quality: quality.filter((flag): flag is QualityFlag => FLAGS.has(flag)),
		facts: new FactSheet(renamed(json, mapping.columns)),
	};
}

/** The item with its facts under our names; a field that isn't there leaves what is. */
function renamed(json: IDataObject, columns: ItemMapping['columns']): Record<string, unknown> {
	if (columns.length === 0) return json;
	const facts = columns.flatMap(({ fact, field }): Array<[string, unknown]> => {
		const value = readField(json, field);
		return value === undefined ? [] : [[fact, value]];
	});
	return { ...json, ...Object.fromEntries(facts) };
}

function readTime(json: IDataObject, field: string, now: EpochMs): EpochMs {
	const given = readField(json, field);
	if (given === undefined || given === null || given === '') return now;
	const instant = parseInstant(given);
	if (instant !== undefined) return instant;
	throw new ItemError(
		`The time in "${field}" is ${JSON.stringify(given)}; use epoch milliseconds, or ISO 8601 with a time zone such as 2026-01-31T15:30:00Z.`,
	);
}

/** An item that can't be judged as it is; judging it again won't change that. */
class ItemError extends Error {
	override readonly name = 'ItemError';

	readonly again = false;
}

const isName = (value: unknown): value is string | number =>
	(typeof value === 'string' && value !== '') || typeof value === 'number';
