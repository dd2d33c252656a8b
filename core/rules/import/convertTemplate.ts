import { describeFact, findFact, type FactRef } from '../../facts';
import { ourFactOf } from './apperateFacts';
import type { IndexFact } from './indexFact';
import { note, type Passage } from './passage';

/** The facts a text may name. */
export type TemplateFacts = {
	/** Those the rule names anyway. */
	readonly known: readonly IndexFact[];
	/** By `$index[0]`, index string or name; `undefined` for something else. */
	readonly named: (marker: string) => IndexFact | undefined;
	/** Sees to it that the alert carries the fact, and says what it's called there. */
	readonly carry: (fact: IndexFact) => FactRef;
};

/** Parts of the alert itself. */
const WORDS: ReadonlyMap<string, string> = new Map([
	['symbol', 'symbol'],
	['set', 'symbol'],
	['name', 'ruleName'],
	['ruleName', 'ruleName'],
	['timestamp', 'eventAt'],
	// TradingView's, which texts may use as they are.
	...['ticker', 'interval', 'exchange', 'time', 'timenow'].map((name) => [name, name] as const),
]);

const MARKER = /\{\{(.*?)\}\}|\[\[(.*?)\]\]|\$\{([^{}]*)\}|(\$index\[\d+\])|\{(\w+)\}/gs;

/**
 * Brings a text of Apperate's into our form: `{{latestPrice}}`, `$index[0]` → `[[price]]`. How Apperate
 * marked facts isn't known for sure, so every usual way is understood, and what isn't stays and is told.
 */
export function convertTemplate(text: string, facts: TemplateFacts, passage: Passage): string {
	return text.replace(MARKER, (marker: string, ...groups: unknown[]) => {
		const inside = groups.slice(0, 5).find((one) => typeof one === 'string') as string; // one of them matched
		const found = convertMarker(inside.trim(), facts);
		// A word in single braces may be just that.
		if (found === undefined && !/^\{\w+\}$/.test(marker)) {
			note(passage, `The text has ${marker}, which we can't read; write a fact such as [[price]].`);
		}
		return found ?? marker;
	});
}

function convertMarker(name: string, facts: TemplateFacts): string | undefined {
	const word = WORDS.get(name);
	if (word !== undefined) return `[[${word}]]`;
	const fact =
		facts.named(name) ??
		facts.known.find(({ column }) => column === name) ??
		facts.known.find(({ ours }) => ours.fact === name);
	if (fact !== undefined) return toMarker(facts.carry(fact));
	const ours = ourFactOf(name);
	if (ours.fact === name && findFact(name) === undefined) return undefined;
	return toMarker(
		facts.carry({ text: name, column: name, ours, symbol: undefined, ofMarket: false }),
	);
}

/** `[[price]]`; a fact with parameters goes by its whole name: `[[facts["price(MSFT)"]]]`. */
function toMarker(ref: FactRef): string {
	const name = describeFact(ref);
	return /^[a-z_]\w*$/i.test(name) ? `[[${name}]]` : `[[facts[${JSON.stringify(name)}]]]`;
}
