import {
	createSimulatedPast,
	createSimulatedRequests,
	type CalendarName,
} from '../../../core/market';
import { textOf } from '../../host/texts';
import { refuse } from '../readLive';
import type { OpenRequests } from '../SourceFace';
import { readInstruments } from './read';

export const openSimulatedRequests: OpenRequests = async ({ read }, ports) => {
	const given = read('seed', 1);
	const seed = Number(given);
	if (!Number.isSafeInteger(seed)) {
		refuse(`Seed is ${JSON.stringify(given)}; use a whole number such as 1.`);
	}
	// What is none of them is refused by the core, which has them.
	const market = textOf(read('market', 'us-equities')) as CalendarName;
	return createSimulatedRequests({ seed, market }, ports);
};

export const openSimulatedPast: OpenRequests = async ({ read }, ports) =>
	createSimulatedPast(
		{ seed: Number(read('seed', 1)) || 0, instruments: readInstruments(read) },
		ports,
	);
