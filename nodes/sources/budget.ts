import type { ILoadOptionsFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { foundSymbolsPaths } from './foundSymbols';

/** What one round of polling takes, and what the provider lets one have. */
export type PollBudget = {
	readonly symbols: number;
	readonly everyMs: number;
	readonly calls: number;
	/** Of each call, where calls don't all cost the same. */
	readonly weightEach?: number;
	readonly perMinute: number;
	/** Whose limit it is: "Binance allows", "your plan allows". */
	readonly allows: string;
};

/**
 * What the settings cost, in words. n8n shows an expression's text together with its code, so it's a list with
 * one member, which n8n asks for again whenever one of the settings changes.
 */
export const budgetField = (
	displayOptions?: INodeProperties['displayOptions'],
): INodeProperties => ({
	displayName: 'Request Budget',
	name: 'requestBudget',
	type: 'options',
	noDataExpression: true,
	typeOptions: {
		loadOptionsMethod: 'getRequestBudget',
		loadOptionsDependsOn: [
			'source',
			'feed',
			'symbols',
			...foundSymbolsPaths,
			'url',
			'method',
			'body',
			'query',
			'delivery',
			'receive',
			'interval',
			'pollEvery',
			'options.limitPerMinute',
			'options.requestsPerMinute',
		],
	},
	default: BUDGET,
	description: 'What these settings cost, worked out from the fields above; open it for more',
	...(displayOptions === undefined ? {} : { displayOptions }),
});

/** The only value the list has. */
const BUDGET = 'budget';

/** For the node's `methods.loadOptions`. */
export async function getRequestBudget(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	const { readSource } = await import('./readSource');
	try {
		const { polling } = await readSource(this, { maxBatchSize: 1 });
		const { short, long } =
			polling === undefined
				? { short: 'No requests', long: 'Events are sent to us; nothing is asked for.' }
				: sayBudget(polling);
		return [{ name: short, value: BUDGET, description: long }];
	} catch (error) {
		// What's wrong with the settings is said when the trigger starts, too.
		return [
			{
				name: "These settings can't work; open for why",
				value: BUDGET,
				description: (error as Error).message,
			},
		];
	}
}

export function sayBudget(budget: PollBudget): { short: string; long: string } {
	const { symbols, everyMs, calls, weightEach, perMinute, allows } = budget;
	const perHour = (calls * 3_600_000) / everyMs;
	const each = (perHour / 60) * (weightEach ?? 1);
	const subject =
		symbols === 0 ? 'A round' : `${count(symbols)} ${symbols === 1 ? 'symbol' : 'symbols'}`;
	const unit = weightEach === undefined ? '' : ' weight';
	return {
		short: `${count(perHour)} calls an hour, ${count(each)} of ${count(perMinute)}${unit} a minute`,
		long: `${subject} every ${count(everyMs / 1_000)} s = ${count(perHour)} calls an hour${
			weightEach === undefined ? '' : ` of weight ${weightEach}`
		}; ${allows} ${count(perMinute)}${unit} a minute.`,
	};
}

/** `9,600`; small ones to a tenth. */
const count = (value: number): string =>
	value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
