import { findFact } from '../../core/facts';
import { askedBy } from '../../core/pipeline';
import { nameFact, RuleError, type CompiledRule } from '../../core/rules';
import type { SourceFace } from '../sources';

/** What events have beside facts. */
const FIELDS: ReadonlySet<string> = new Set([
	...['type', 'source', 'symbol', 'providerSymbol', 'eventId', 'eventAt', 'receivedAt', 'quality'],
	...['session', 'side', 'interval', 'startAt', 'endAt', 'closed'],
]);

/**
 * Refuses what would stay unknown for ever: facts the source doesn't have, and symbols it isn't asked for.
 * @throws RuleError
 */
export function checkFit(
	rules: readonly CompiledRule[],
	{ name, events }: Pick<SourceFace, 'name' | 'events'>,
	symbols: readonly string[],
): void {
	for (const { rule, ref } of askedBy(rules)) {
		const { fact, params = {} } = ref;
		const isPlain = findFact(fact)?.kind === 'column' && params['interval'] === undefined;
		if (isPlain && events?.without.includes(fact) === true) {
			throw refusal(rule, `asks for ${nameFact(ref)}, which ${name} doesn't have`);
		}
		if (events !== undefined && events.ownFields !== true && !isField(fact)) {
			throw refusal(
				rule,
				`asks for the field ${JSON.stringify(fact)}, which events of ${name} don't have`,
			);
		}
		const other = params['symbol'];
		if (typeof other === 'string' && !watches(symbols, other)) {
			throw refusal(rule, `asks for ${nameFact(ref)}; add ${other} to Symbols`);
		}
	}
	for (const rule of rules) {
		const own = [...(rule.symbols ?? [])];
		if (own.length === 0 || own.some((symbol) => watches(symbols, symbol))) continue;
		throw refusal(rule, `watches ${own.join(', ')}, and Symbols names none of them; add them`);
	}
}

/** No symbols at all means whatever there is. */
const watches = (symbols: readonly string[], symbol: string): boolean =>
	symbols.length === 0 || symbols.some((one) => one.toUpperCase() === symbol.toUpperCase());

const isField = (fact: string): boolean => findFact(fact) !== undefined || FIELDS.has(fact);

const refusal = ({ document }: CompiledRule, why: string): RuleError =>
	new RuleError('notSupported', `Rule "${document.name}" ${why}.`);
