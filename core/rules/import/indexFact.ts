import { findFact, type FactRef } from '../../facts';
import { quote } from '../checkConditions';
import { ourFactOf, remarkOn, type OurFact } from './apperateFacts';
import { note, refuse, type Passage } from './passage';

/** A fact as Apperate's rules name it, and ours. */
export type IndexFact = {
	/** As written: `CORE:STOCK:AAPL:latestPrice`, or `latestPrice` in the older form. */
	readonly text: string;
	readonly column: string;
	readonly ours: OurFact;
	/** Whose it is; `undefined` for that of whatever event is judged. */
	readonly symbol: string | undefined;
	/** Whether it's about the market as a whole. */
	readonly ofMarket: boolean;
};

const STOCKS: readonly string[] = ['STOCK', 'STOCKS'];
const ANY: readonly string[] = ['*', 'ANYEVENT'];

export const isAnySymbol = (key: string): boolean => ANY.includes(key.trim().toUpperCase());

export const isIndex = (text: string): boolean => /^[^\s:]+:[^\s:]+:[^:]+:\S/.test(text.trim());

/**
 * Reads `WORKSPACE:NAMESPACE:KEY:FACT`.
 * @throws RuleError
 */
export function readIndex(given: unknown, at: string, passage: Passage): IndexFact {
	if (typeof given !== 'string' || !isIndex(given)) {
		refuse(
			passage,
			`${at} is ${quote(given)}; use WORKSPACE:NAMESPACE:KEY:FACT, such as "CORE:STOCK:AAPL:latestPrice".`,
		);
	}
	const text = given.trim();
	const [workspace = '', namespace = '', key = '', ...rest] = text.split(':');
	const column = rest.join(':');
	if (workspace.toUpperCase() !== 'CORE') return columnOfDataset(text, key, column, passage);
	const ofMarket = namespace.toUpperCase() === 'MARKET';
	tellOf(column, passage);
	if (!ofMarket && !STOCKS.includes(namespace.toUpperCase())) {
		note(
			passage,
			`"${text}" is of the namespace "${namespace}"; check that "${key}" is how your source spells the symbol.`,
		);
	}
	const symbol = ofMarket || isAnySymbol(key) ? undefined : key.trim().toUpperCase();
	return { text, column, ours: ourFactOf(column), symbol, ofMarket };
}

/** A fact of the older form: a bare name. */
export function readKey(given: unknown, at: string, passage: Passage): IndexFact {
	if (typeof given !== 'string' || given.trim() === '') {
		refuse(passage, `${at} is ${quote(given)}; name a fact, such as "latestPrice".`);
	}
	const column = given.trim();
	tellOf(column, passage);
	return { text: column, column, ours: ourFactOf(column), symbol: undefined, ofMarket: false };
}

/** A column of one's own means what its owner says, so it keeps its name. */
function columnOfDataset(
	text: string,
	dataset: string,
	column: string,
	passage: Passage,
): IndexFact {
	note(
		passage,
		`"${text}" is a column of your dataset "${dataset}"; give Market Rule its rows as items with a field "${column}".`,
	);
	return { text, column, ours: { fact: column }, symbol: undefined, ofMarket: false };
}

function tellOf(column: string, passage: Passage): void {
	const remark = remarkOn(column);
	if (remark !== undefined) note(passage, remark);
}

/** The fact as a rule that watches `home` names it. */
export function refOf({ ours, symbol }: IndexFact, home: string | undefined): FactRef {
	const takesSymbol = findFact(ours.fact)?.params.some(({ name }) => name === 'symbol') ?? true;
	const elsewhere = takesSymbol && symbol !== undefined && symbol !== home ? { symbol } : {};
	const params = { ...ours.params, ...elsewhere };
	return { fact: ours.fact, ...(Object.keys(params).length === 0 ? {} : { params }) };
}
