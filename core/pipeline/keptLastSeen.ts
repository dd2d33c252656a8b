import { observe, withoutFactor, type FactReading, type FactRef, type Observation } from '../facts';
import type { MarketEvent } from '../market';
import type { CompiledRule } from '../rules';
import type { LastSeen } from './LiveRules';

/** An observation that remembers the event it was made of. */
export type EventObservation = Observation & { readonly event: MarketEvent };

export const observeEvent = (event: MarketEvent): EventObservation => ({
	...observe(event),
	event,
});

/** What was seen last, as it's kept for an alert that waits for the clock. Plain JSON. */
export type KeptLastSeen = {
	readonly eventId: string;
	readonly event: MarketEvent;
	/** What the rule's facts were then. */
	readonly readings: ReadonlyArray<readonly [FactRef, FactReading]>;
};

/** `undefined` for what isn't an event: there's nothing to wait for then. */
export function keepLastSeen(rule: CompiledRule, last: LastSeen): KeptLastSeen | undefined {
	const { observation, eventId, facts } = last;
	if (!('event' in observation)) return undefined;
	const { event } = observation as EventObservation; // made by `observeEvent`: nobody else adds it
	const refs = rule.facts.flatMap((ref) => [ref, withoutFactor(ref)]);
	return { eventId, event, readings: refs.map((ref) => [ref, facts.read(ref)]) };
}

export function readLastSeen({ eventId, event, readings }: KeptLastSeen): LastSeen {
	const observation = observeEvent(event);
	const known = new Map(readings.map(([ref, reading]) => [JSON.stringify(ref), reading]));
	return {
		eventId,
		observation,
		facts: { read: (ref) => known.get(JSON.stringify(ref)) ?? observation.facts.read(ref) },
	};
}
