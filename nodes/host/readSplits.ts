import { NodeOperationError, type INode } from 'n8n-workflow';

import { parseSplits, type Splits } from '../../core/facts';

/**
 * @param given what stands in the option Splits
 * @throws NodeOperationError quoting what can't be read
 */
export function readSplits(context: { getNode(): INode }, given: unknown): Splits {
	const splits = parseSplits(typeof given === 'string' ? parseOrText(given) : given);
	if (!('fault' in splits)) return splits;
	throw new NodeOperationError(
		context.getNode(),
		`Splits: ${splits.fault}; use [{ "symbol": "NFLX", "date": "2015-07-15", "ratio": 7 }].`,
	);
}

function parseOrText(text: string): unknown {
	if (text.trim() === '') return [];
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
