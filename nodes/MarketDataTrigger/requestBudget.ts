/**
 * The cost of polling in words, worked out in the editor. It repeats the figures of the core in the language of
 * n8n's expressions; tests hold the two together.
 */
export const SYMBOLS =
	'String($parameter["symbols"]).split(/[,\\n]/).filter(part => part.trim() !== "").length';
export const EVERY = 'String($parameter["pollEvery"]).trim()';
export const SECONDS = `(parseFloat(${EVERY}) * ({ ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 })[${EVERY}.replace(/[^a-z]/g, "")])`;
export const IS_QUOTES = '($parameter["receive"] === "quotes")';
export const CALLS_OF_CANDLES = SYMBOLS;

/** Where every call costs the same. */
export const budgetOf = (calls: string, allowed: string): string =>
	`={{ $parameter["receive"] === "trades" ? "Trades can't be polled; choose Stream." : ${SYMBOLS} + " symbols every " + ${EVERY} + " = " + Math.round(${calls} * 3600 / ${SECONDS}) + " calls an hour, " + Math.ceil(${calls} * 60 / ${SECONDS}) + " a minute; ${allowed}" }}`;
