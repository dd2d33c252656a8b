import { findFact, ownParams, type FactDefinition, type FactParam } from '../facts';
import { isTimeZone } from '../market';
import { parseDuration } from '../ports';
import { didYouMean } from './nearestName';

/**
 * What's wrong with the parameters of a fact; `undefined` when nothing is. A column of an item takes what
 * every price does: `symbol` and `times`.
 *
 * @param interval the rule's own, for facts of candles that name none
 */
export function faultOfParams(
	fact: string,
	params: Readonly<Record<string, unknown>>,
	interval: unknown,
): string | undefined {
	const definition = findFact(fact);
	const known = definition?.params ?? OF_FIELDS;
	for (const [name, value] of Object.entries(params)) {
		const param = known.find((one) => one.name === name);
		if (param === undefined) {
			const names = known.map((one) => one.name);
			return `fact "${fact}" takes no parameter "${name}".${didYouMean(name, names)} It takes ${names.join(', ')}.`;
		}
		const expected = faultOf(param, value);
		if (expected !== undefined) {
			return `parameter "${name}" of "${fact}" is ${JSON.stringify(value)}; use ${expected}.`;
		}
	}
	return definition === undefined
		? undefined
		: faultOfWhole(definition, ownParams({ fact, params }), interval);
}

const OF_FIELDS: readonly FactParam[] = findFact('price')?.params ?? [];

/** What should be there instead. */
function faultOf(param: FactParam, value: unknown): string | undefined {
	switch (param.type) {
		case 'integer':
		case 'number': {
			const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = param;
			const fits = typeof value === 'number' && value >= min && value <= max;
			if (fits && (param.type === 'number' || Number.isInteger(value))) return undefined;
			return `a ${param.type === 'integer' ? 'whole ' : ''}number from ${min} to ${max}`;
		}
		case 'interval':
		case 'duration': {
			const milliseconds = typeof value === 'string' ? parseDuration(value) : undefined;
			if (milliseconds === undefined || milliseconds <= 0) return 'a duration such as "5m" or "1h"';
			return milliseconds < (param.min ?? 0) ? 'at least "1m"' : undefined;
		}
		case 'options':
			return param.options?.some((option) => option === value) === true
				? undefined
				: `one of ${param.options?.map((option) => `"${option}"`).join(', ') ?? ''}`;
		case 'text':
			if (param.name === 'timezone' && !(typeof value === 'string' && isTimeZone(value))) {
				return 'an IANA name such as "America/New_York"';
			}
			return textFault(value);
	}
}

const textFault = (value: unknown): string | undefined =>
	typeof value === 'string' && value.trim() !== '' ? undefined : 'a text such as "SPY"';

function faultOfWhole(
	{ name: fact, params: known }: FactDefinition,
	params: Readonly<Record<string, unknown>>,
	interval: unknown,
): string | undefined {
	const missing = known.find(
		(param) =>
			param.required === true &&
			!(param.name in params) &&
			!(param.name === 'interval' && interval !== undefined) &&
			Object.keys(params).length > 0,
	);
	if (missing !== undefined) {
		return `fact "${fact}" needs the parameter "${missing.name}", such as "5m".`;
	}
	const ofCandles = known.find(({ name }) => name === 'interval');
	const length = typeof interval === 'string' ? parseDuration(interval) : undefined;
	if (length !== undefined && !('interval' in params) && length < (ofCandles?.min ?? 0)) {
		return `fact "${fact}" needs candles of at least "1m", and the rule's "interval" is "${String(interval)}"; give the fact an "interval" of its own.`;
	}
	const takesSpan = known.some(({ name }) => name === 'over');
	if (takesSpan && 'over' in params && ('last' in params || 'interval' in params)) {
		return `fact "${fact}" has both "over" and "${'last' in params ? 'last' : 'interval'}"; "over" is a span of time, "last" a number of candles: use one.`;
	}
	if (takesSpan && Object.keys(params).length > 0 && !('over' in params) && !('last' in params)) {
		return `fact "${fact}" needs "over", such as "15m", or "last", such as 20.`;
	}
	return undefined;
}
