import type { INodeProperties } from 'n8n-workflow';

/**
 * The cost of polling in words, worked out in the editor. It repeats the figures of the core in the language of
 * n8n's expressions; tests hold the two together.
 */
export const SYMBOLS =
	'String($parameter["symbols"]).split(/[,\\n]/).filter(part => part.trim() !== "").length';
const EVERY = 'String($parameter["pollEvery"]).trim()';
const SECONDS = `(parseFloat(${EVERY}) * ({ ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 })[${EVERY}.replace(/[^a-z]/g, "")])`;
/** Without a field Receive, quotes are the least one can want. */
const IS_QUOTES = '(($parameter["receive"] ?? "quotes") === "quotes")';

/** Where candles take a call for each symbol. */
export const callsOfQuotes = (calls: string): string => `(${IS_QUOTES} ? ${calls} : ${SYMBOLS})`;

/** @param weight of a call, where calls don't all cost the same */
export function budgetOf(calls: string, allowed: string, weight?: string): string {
	const each = weight === undefined ? '' : ` of weight " + (${IS_QUOTES} ? ${weight} : 2) + "`;
	const cost = weight === undefined ? calls : `${calls} * (${IS_QUOTES} ? ${weight} : 2)`;
	const unit = weight === undefined ? '' : ' weight';
	return `={{ $parameter["receive"] === "trades" ? "Trades can't be polled; choose Stream." : ${SYMBOLS} + " symbols every " + ${EVERY} + " = " + Math.round(${calls} * 3600 / ${SECONDS}) + " calls an hour${each}, " + Math.ceil(${cost} * 60 / ${SECONDS}) + "${unit} a minute; ${allowed}" }}`;
}

export const budgetField = (budget: string): INodeProperties => ({
	displayName: 'Request Budget',
	name: 'requestBudget',
	type: 'string',
	default: budget,
	description: 'What these settings cost; worked out, not a setting',
	displayOptions: { show: { delivery: ['poll'] } },
	disabledOptions: { show: { delivery: ['poll'] } },
});
