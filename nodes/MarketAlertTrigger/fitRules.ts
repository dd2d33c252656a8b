import { findFact } from '../../core/facts';
import { askedBy, type EventKind } from '../../core/pipeline';
import { nameFact, RuleError, type CompiledRule } from '../../core/rules';

/** What each source gives, where its shape is ours to say; of the others the user's mapping decides. */
export const KINDS: Readonly<Record<string, readonly EventKind[]>> = {
	alpaca: ['candle', 'trade', 'quote'],
	binance: ['candle', 'trade', 'quote'],
	coinbase: ['candle', 'trade', 'quote'],
	finnhub: ['trade', 'quote'],
	kraken: ['candle', 'trade', 'quote'],
	replay: ['trade', 'candle'],
	simulated: ['quote'],
};

const FUNDAMENTALS = ['peRatio', 'week52High', 'week52Low', 'marketCap'];

/** Facts of quotes that a source doesn't have, and what events have beside facts. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
	alpaca: FUNDAMENTALS,
	binance: FUNDAMENTALS,
	coinbase: [...FUNDAMENTALS, 'open', 'previousClose', 'change'],
	finnhub: ['bid', 'ask', 'spread', 'spreadPercent', 'volume'],
	kraken: [...FUNDAMENTALS, 'open', 'previousClose'],
	simulated: FUNDAMENTALS.filter((fact) => fact !== 'peRatio'),
};
const FIELDS: ReadonlySet<string> = new Set([
	...['type', 'source', 'symbol', 'providerSymbol', 'eventId', 'eventAt', 'receivedAt', 'quality'],
	...['session', 'side', 'interval', 'startAt', 'endAt', 'closed'],
]);

/**
 * Refuses what would stay unknown for ever: facts the source doesn't have, and symbols it isn't asked for.
 * @param source its name for users
 * @throws RuleError
 */
export function checkFit(
	rules: readonly CompiledRule[],
	source: { readonly value: string; readonly name: string; readonly symbols: readonly string[] },
): void {
	for (const { rule, ref } of askedBy(rules)) {
		const { fact, params = {} } = ref;
		const isPlain = findFact(fact)?.kind === 'column' && params['interval'] === undefined;
		if (isPlain && NEVER[source.value]?.includes(fact) === true) {
			throw refusal(rule, `asks for ${nameFact(ref)}, which ${source.name} doesn't have`);
		}
		if (KINDS[source.value] !== undefined && !isField(fact) && source.value !== 'replay') {
			throw refusal(
				rule,
				`asks for the field ${JSON.stringify(fact)}, which events of ${source.name} don't have`,
			);
		}
		const other = params['symbol'];
		if (typeof other === 'string' && !watches(source.symbols, other)) {
			throw refusal(rule, `asks for ${nameFact(ref)}; add ${other} to Symbols`);
		}
	}
	for (const rule of rules) {
		const own = [...(rule.symbols ?? [])];
		if (own.length === 0 || own.some((symbol) => watches(source.symbols, symbol))) continue;
		throw refusal(rule, `watches ${own.join(', ')}, and Symbols names none of them; add them`);
	}
}

/** No symbols at all means whatever there is. */
const watches = (symbols: readonly string[], symbol: string): boolean =>
	symbols.length === 0 || symbols.some((one) => one.toUpperCase() === symbol.toUpperCase());

const isField = (fact: string): boolean => findFact(fact) !== undefined || FIELDS.has(fact);

const refusal = ({ document }: CompiledRule, why: string): RuleError =>
	new RuleError('notSupported', `Rule "${document.name}" ${why}.`);
