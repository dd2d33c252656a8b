import { columnName, findFact, catalogue, type FactRef } from '../facts';
import { SourceError, type Candle, type Quote, type Trade } from '../market';
import { didYouMean, faultOfParams } from '../rules';
import type { FactColumn } from './FactColumns';

/** A fact to be added; without a name it gets the one that `columnName` makes. */
export type ColumnRequest = { readonly fact: FactRef; readonly name?: string };

/**
 * Checks the facts that shall be added to events, and names their columns.
 * @throws SourceError quoting what the user must fix, and in which row
 */
export function compileColumns(requests: readonly ColumnRequest[]): FactColumn[] {
	const columns: FactColumn[] = [];
	for (const [index, { fact, name = columnName(fact) }] of requests.entries()) {
		const fault = faultOfFact(fact) ?? faultOfName(name, fact, columns);
		if (fault !== undefined) {
			throw new SourceError('invalidSetting', `Added fact ${index + 1}: ${fault}`);
		}
		columns.push({ name, fact });
	}
	return columns;
}

function faultOfFact({ fact, params = {} }: FactRef): string | undefined {
	const definition = findFact(fact);
	if (definition === undefined) {
		const near = didYouMean(
			fact,
			catalogue.map(({ name }) => name),
		);
		return `there is no fact ${JSON.stringify(fact)} to work out.${near}`;
	}
	const names = definition.params.map(({ name }) => name).join(', ');
	if (definition.offeredBy !== undefined && Object.keys(params).length === 0) {
		return `"${fact}" is on the events as it is; what can be added goes by a parameter: ${names}.`;
	}
	const lacking = definition.params.find(
		({ name, required }) => required === true && params[name] === undefined,
	);
	if (lacking !== undefined)
		return `"${fact}" needs the parameter "${lacking.name}", such as "5m".`;
	return faultOfParams(fact, params, undefined);
}

/** The fields that events have themselves. */
const OWN_FIELDS: Readonly<Record<keyof Quote | keyof Trade | keyof Candle, true>> = {
	type: true,
	source: true,
	symbol: true,
	providerSymbol: true,
	eventId: true,
	eventAt: true,
	receivedAt: true,
	quality: true,
	price: true,
	bid: true,
	ask: true,
	open: true,
	high: true,
	low: true,
	previousClose: true,
	change: true,
	changePercent: true,
	volume: true,
	peRatio: true,
	session: true,
	size: true,
	side: true,
	interval: true,
	startAt: true,
	endAt: true,
	close: true,
	closed: true,
};

function faultOfName(
	name: string,
	fact: FactRef,
	others: readonly FactColumn[],
): string | undefined {
	const own = columnName(fact);
	const quoted = `the name ${JSON.stringify(name)}`;
	if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
		return `${quoted} isn't one; use letters, digits and underscores, such as ${own}.`;
	}
	if (Object.hasOwn(OWN_FIELDS, name) || name === 'marketAlerts') {
		return `${quoted} is a field of the events; use another, such as ${own}.`;
	}
	// Where the column is missing, a rule that asks for that fact would work out its own.
	if (findFact(name) !== undefined && name !== own) {
		return `${quoted} is that of a fact that rules work out themselves; use another, such as ${own}.`;
	}
	if (others.some((other) => other.name === name)) {
		return `${quoted} is taken by another added fact; name one of the two differently, or remove it.`;
	}
	return undefined;
}
