import type { AlertItem } from '../alerts';
import type { FactReader, Observation } from '../facts';
import type { EpochMs } from '../ports';
import type { CompiledRule } from '../rules';
import type { ToldAlert } from './advanceWatch';
import { composeAlert } from './composeAlert';

/** An alert that live rules told, with all that its text needs, as it was at that moment. */
export type LiveAlert = ToldAlert & {
	readonly rule: CompiledRule;
	readonly symbol: string;
	readonly at: EpochMs;
	/** Told by the passing of time, not by an event. */
	readonly byClock: boolean;
	/** Of the event that told; where the clock told, of the last one before. */
	readonly observation: Observation;
	/** What that event is called, or what the clock's telling is. */
	readonly eventId: string;
	/** The facts as they were then, whatever has come since. */
	readonly facts: FactReader;
};

/** The alert as it travels to the outputs. */
export const composeLiveAlert = async (
	alert: LiveAlert,
	options: { readonly test: boolean } = { test: false },
): Promise<AlertItem> =>
	await composeAlert(alert, alert.rule, { ...alert.observation, eventAt: alert.at }, alert.facts, {
		id: alert.eventId,
		test: options.test,
	});
