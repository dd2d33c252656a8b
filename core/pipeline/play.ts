import type { Change, Clock } from '../ports';
import { namePlay, type CursorRecord, type Journal, type Load, type OpenBatch } from './journal';

/** What decides whether a trigger goes on where it was. */
export type PlaySettings = {
	/** What the source's cursor depends on; other settings begin a new play. */
	readonly fingerprint: string;
	/** The user (re)started it; what ended in an orderly way begins anew then. */
	readonly startedByUser: boolean;
};

/** What is written down of a trigger, and where it goes on from. */
export type Play<Given extends Load> = {
	readonly journal: Journal<Given>;
	readonly record: CursorRecord;
	/** What never ended. */
	readonly batches: ReadonlyArray<OpenBatch<Given>>;
	readonly isNew: boolean;
};

/**
 * Goes on with the play there is, or begins a new one.
 * @param forgetting what else has to go when a new one begins
 */
export async function openPlay<Given extends Load>(
	journal: Journal<Given>,
	settings: PlaySettings,
	clock: Clock,
	forgetting: () => Promise<readonly Change[]>,
): Promise<Play<Given>> {
	const { cursor: found, batches } = await journal.open();
	const playedOut = found !== undefined && (found.closed || found.ended);
	if (found?.settings === settings.fingerprint && !(settings.startedByUser && playedOut)) {
		return { journal, record: { ...found, closed: false }, batches, isNew: false };
	}
	const record: CursorRecord = {
		cursor: undefined,
		settings: settings.fingerprint,
		play: namePlay(clock),
		ended: false,
		closed: false,
		nextBatch: found?.nextBatch ?? 1,
	};
	await journal.writeCursor(record, await forgetting());
	return { journal, record, batches, isNew: true };
}
