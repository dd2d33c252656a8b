// Which alerts a tape must give, worked out a second time and in another way. Imports nothing of the product.
import type { Trade } from './tapes.mts';

export type PlainRule = {
	readonly name: string;
	readonly symbol: string;
	readonly operator: 'crossesBelow' | 'crossesAbove' | 'lessThan' | 'greaterThan';
	readonly level: number;
	readonly fire: 'onChange' | 'everyMatch' | 'once';
	readonly cooldownMs: number;
};

export type PlainAlert = {
	readonly rule: string;
	readonly symbol: string;
	readonly at: number;
	readonly price: number;
	readonly startedAt: number;
};

/**
 * @param clockUntil where a clock tells what was held back by the cooldown at the very moment that ends: how far
 *   its time goes. Without a clock the next trade tells it.
 */
export function expectedAlerts(
	trades: readonly Trade[],
	rule: PlainRule,
	clockUntil?: number,
): PlainAlert[] {
	const own = trades.filter((trade) => trade.symbol === rule.symbol);
	const crossing = rule.operator.startsWith('crosses');
	const holds = own.map(({ price }, index) => {
		const before = own[index - 1]?.price;
		switch (rule.operator) {
			case 'lessThan':
				return price < rule.level;
			case 'greaterThan':
				return price > rule.level;
			case 'crossesBelow':
				return before !== undefined && before >= rule.level && price < rule.level;
			case 'crossesAbove':
				return before !== undefined && before <= rule.level && price > rule.level;
		}
	});
	const alerts: PlainAlert[] = [];
	let told = Number.NEGATIVE_INFINITY;
	for (let index = 0; index < own.length;) {
		if (!holds[index]) {
			index += 1;
			continue;
		}
		// A stretch of trades for which the rule holds; of a crossing, and of every match, each trade is one.
		let end = index + 1;
		if (!crossing && rule.fire === 'onChange') while (end < own.length && holds[end]) end += 1;
		const first = own[index]!;
		const due = told + rule.cooldownMs;
		const over = own[end]?.at ?? Number.POSITIVE_INFINITY;
		const byClock = clockUntil !== undefined && !crossing && due > first.at;
		const heard = byClock
			? due < over && due <= clockUntil
				? { at: due, price: own.slice(index, end).findLast(({ at }) => at <= due)!.price }
				: undefined
			: own.slice(index, clockUntil === undefined ? end : index + 1).find(({ at }) => at >= due);
		const mayTell = rule.fire !== 'once' || alerts.length === 0;
		if (heard !== undefined && mayTell) {
			told = heard.at;
			alerts.push({
				rule: rule.name,
				symbol: rule.symbol,
				at: heard.at,
				price: heard.price,
				startedAt: first.at,
			});
		}
		index = end;
	}
	return alerts;
}
