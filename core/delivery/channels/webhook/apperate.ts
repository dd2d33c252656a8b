import type { AlertItem } from '../../../alerts';

/** An alert, and what it's made of when it's several. */
type Given = Pick<AlertItem, 'alert' | 'facts' | 'members'>;

/**
 * An alert in the shape IEX Cloud's Apperate posted: rule, `WORKSPACE:NAMESPACE:KEY`, time, and the facts
 * under their full names. For receivers that were written for it.
 *
 * ```
 * { data: { name: 'SHOP under 60', set: 'CORE:STOCK:SHOP', timestamp: 1700000060000,
 *           data: { 'CORE:STOCK:SHOP:latestPrice': 59.2, 'CORE:STOCK:SHOP:peRatio': 55.1 } } }
 * ```
 *
 * Several alerts as one have the facts of all; of different symbols, `set` is `CORE:STOCK`.
 */
export function toApperate({ alert, facts, members }: Given) {
	const all = members ?? [{ alert, facts }];
	return {
		data: {
			name: alert.ruleName,
			set: setOf(alert.symbol),
			timestamp: alert.eventAt,
			data: Object.fromEntries(all.flatMap(namedFacts)),
		},
	};
}

const namedFacts = ({ alert, facts }: Pick<AlertItem, 'alert' | 'facts'>) =>
	Object.entries(facts).map(([name, value]) => {
		const [, fact, symbol] = OF_ANOTHER.exec(name) ?? [];
		return [`${setOf(symbol ?? alert.symbol)}:${apperateNameOf(fact ?? name)}`, value] as const;
	});

const setOf = (symbol: string): string => (symbol === '' ? 'CORE:STOCK' : `CORE:STOCK:${symbol}`);

/** `price(MSFT)`; a period or an interval doesn't begin with a capital. */
const OF_ANOTHER = /^(\w+)\(([A-Z][A-Z\d./^-]*)\)$/;

const apperateNameOf = (fact: string): string => APPERATE_NAMES.get(fact) ?? fact;

/** Facts of the same meaning under another name; the importer reads them the other way round. */
const APPERATE_NAMES: ReadonlyMap<string, string> = new Map([
	['price', 'latestPrice'],
	['week52High', 'week52high'],
	['week52Low', 'week52low'],
	['sma(50, 1d)', 'day50MovingAvg'],
	['sma(200, 1d)', 'day200MovingAvg'],
]);
