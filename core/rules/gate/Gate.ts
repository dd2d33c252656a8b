import type { Observation } from '../../facts';
import type { CompiledRule } from '../compileRule';

/**
 * Decides which rules the judge is asked about an observation. It may leave out rules whose answer
 * can't have changed; it may never hide a change.
 */
export interface Gate {
	select(observation: Observation): readonly CompiledRule[];
}
