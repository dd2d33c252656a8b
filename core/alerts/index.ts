/**
 * What a verdict means over time: when an episode begins, is told, is held back, ends.
 * `advanceAlert` is the whole of it; `alertItem.ts` is the alert as it travels to the outputs; `noise/`
 * decides which of them are told, together or at all.
 */
export { advanceAlert, nextChangeAt, nextDueAt } from './advanceAlert';
export {
	alertItemSchema,
	type AlertItem,
	type AlertMember,
	type DeliverTo,
	type Reason,
	type Severity,
} from './alertItem';
export { alertJsonSchema } from './jsonSchema';
export {
	noAlert,
	type AlertInput,
	type AlertPolicy,
	type AlertState,
	type AlertStep,
	type Episode,
	type Quiet,
	type Transition,
} from './model';
export {
	advanceNoise,
	compileNoise,
	isHolding,
	isQuietening,
	keyOf,
	nextNoiseAt,
	noiseSchema,
	noNoise,
	NoiseError,
	parseKey,
	splitMatchers,
	type AlertKey,
	type Held,
	type HeldRecord,
	type NoiseDocument,
	type NoiseInput,
	type NoiseMessage,
	type NoisePolicy,
	type NoiseReason,
	type NoiseState,
	type NoiseStep,
} from './noise';
