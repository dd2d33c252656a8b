/**
 * Keeps alerts from becoming noise: groups, silences, inhibition, quiet hours, flapping, budgets.
 * `advanceNoise` is the whole of it; `schema.ts` is what users set.
 */
export { advanceNoise, isHolding, nextDueAt as nextNoiseAt } from './advanceNoise';
export { compileNoise, isQuietening, type NoisePolicy } from './compileNoise';
export {
	keyOf,
	noNoise,
	parseKey,
	type AlertKey,
	type Held,
	type HeldRecord,
	type Member,
	type NoiseInput,
	type NoiseMessage,
	type NoiseReason,
	type NoiseState,
	type NoiseStep,
} from './model';
export { splitMatchers } from './matchers';
export { NoiseError } from './NoiseError';
export { noiseSchema, type NoiseDocument } from './schema';
