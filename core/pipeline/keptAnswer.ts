import { observe, withoutFactor, type FactReading, type FactRef, type Observation } from '../facts';
import type { MarketEvent } from '../market';
import type { CompiledRule, Verdict } from '../rules';
import type { LiveAnswer } from './LiveRules';

/** An observation that remembers the event it was made of. */
export type EventObservation = Observation & { readonly event: MarketEvent };

export const observeEvent = (event: MarketEvent): EventObservation => ({
	...observe(event),
	event,
});

/** An answer as it's kept for an alert that waits for the clock. Plain JSON. */
export type KeptAnswer = {
	readonly eventId: string;
	readonly event: MarketEvent;
	readonly verdict: Verdict;
	/** What the rule's facts were then. */
	readonly readings: ReadonlyArray<readonly [FactRef, FactReading]>;
};

/** `undefined` for an answer that isn't about an event: there's nothing to wait for then. */
export function keepAnswer(rule: CompiledRule, answer: LiveAnswer): KeptAnswer | undefined {
	const { verdict, observation, eventId, facts } = answer;
	if (!('event' in observation)) return undefined;
	const { event } = observation as EventObservation; // made by `observeEvent`: nobody else adds it
	const refs = rule.facts.flatMap((ref) => [ref, withoutFactor(ref)]);
	return { eventId, event, verdict, readings: refs.map((ref) => [ref, facts.read(ref)]) };
}

export function readAnswer({ eventId, event, verdict, readings }: KeptAnswer): LiveAnswer {
	const observation = observeEvent(event);
	const known = new Map(readings.map(([ref, reading]) => [JSON.stringify(ref), reading]));
	return {
		eventId,
		verdict,
		observation,
		facts: { read: (ref) => known.get(JSON.stringify(ref)) ?? observation.facts.read(ref) },
	};
}
