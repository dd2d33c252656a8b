import { columnFacts } from './columns';
import { timesParam, type FactDefinition } from './definition';
import { indicatorFacts } from './indicators';
import { timeFacts } from './times';
import { windowFacts } from './windows';

/**
 * Every fact we know by name. The builder's lists, the checks, the documents and the messages are made
 * from it. Facts that aren't here are columns of an item, and have the type they come with.
 *
 * Nothing but data: node files load it before anything else.
 */
export const catalogue: readonly FactDefinition[] = [
	...columnFacts,
	...windowFacts,
	...indicatorFacts,
	...timeFacts,
].map((fact) =>
	fact.type === 'number' ? { ...fact, params: [...fact.params, timesParam] } : fact,
);

const byName = new Map(catalogue.map((fact) => [fact.name, fact]));

export const findFact = (name: string): FactDefinition | undefined => byName.get(name);

export type { FactDefinition, FactParam, FactType } from './definition';
