import { columnName, findFact, planFact, type FactRef } from '../../core/facts';
import { MOST_CANDLES, type Candle } from '../../core/market';
import { FactColumns } from '../../core/pipeline';
import { faultOfParams } from '../../core/rules';
import { textOf } from '../host/texts';
import type { Asked, Given } from './Asked';
import { eachSymbol, fetchCandles } from './giveCandles';
import { indicators, ownParamsOf } from './indicatorFields';
import { readCount, refuse } from './readFields';

const MOST_VALUES = 10_000;

/**
 * An indicator of each symbol, worked out by the very code that rules use, from as many candles as it takes until
 * those before them no longer matter.
 */
export async function giveIndicator(asked: Asked): Promise<readonly Given[]> {
	const { opened, read } = asked;
	const fact = readFact(read);
	const isRunning = fact.params?.['candle'] === 'running';
	const isSeries = textOf(read('return', 'last')) === 'series';
	const values = isSeries ? readCount(read('values', 100), 'Number of Values', MOST_VALUES) : 1;
	const plan = planFact(fact);
	const depth = plan.kind === 'indicator' ? plan.series.depth : 1;
	const last = Math.min(depth + values - 1 + (isRunning ? 1 : 0), MOST_CANDLES);
	return await eachSymbol(asked, async (symbol) => {
		const told = await fetchCandles(asked, { symbol, range: { last }, running: isRunning });
		const candles = told.candles.map(({ event }) => event);
		return workOut(fact, candles)
			.slice(-values)
			.map((row) => ({ source: opened.source, ...row }));
	});
}

/** The indicator after each candle; `null`, and why, where it isn't known. */
export function workOut(fact: FactRef, candles: readonly Candle[]) {
	const name = columnName(fact);
	const rows = new FactColumns([{ name, fact }]).addTo(candles) as ReadonlyArray<
		Candle & {
			readonly [column: string]: unknown;
			readonly marketAlerts?: { readonly missing: Readonly<Record<string, string>> };
		}
	>;
	const { interval: _interval, candle: _candle, ...params } = fact.params ?? {};
	return rows.map((row) => {
		const missing = row.marketAlerts?.missing[name];
		return {
			symbol: row.symbol,
			indicator: fact.fact,
			value: missing === undefined ? (row[name] as number | string) : null,
			...(missing === undefined ? {} : { missing }),
			interval: row.interval,
			params,
			name,
			close: row.close,
			startAt: row.startAt,
			endAt: row.endAt,
			eventAt: row.eventAt,
			closed: row.closed,
		};
	});
}

/** @throws SourceError quoting what can't be worked out */
function readFact(read: Asked['read']): FactRef {
	const name = textOf(read('indicator', 'rsi'));
	const definition = findFact(name);
	if (definition === undefined || definition.kind !== 'indicator') {
		const names = indicators.map((one) => one.name).join(', ');
		return refuse(`Indicator is ${JSON.stringify(name)}; choose one of ${names}.`);
	}
	const given = ownParamsOf(definition).map(
		(param) => [param.name, toNumber(read(param.name, param.default))] as const,
	);
	const isRunning = textOf(read('candle', 'closed')) === 'running';
	const params = {
		...Object.fromEntries(given),
		interval: textOf(read('interval', '1h')),
		...(isRunning ? { candle: 'running' } : {}),
	};
	const fault = faultOfParams(name, params, undefined);
	if (fault !== undefined) refuse(`${definition.label}: ${fault}`);
	return { fact: name, params };
}

/** An agent may give a number as a text. */
const toNumber = (given: unknown): unknown =>
	typeof given === 'string' && given.trim() !== '' && !Number.isNaN(Number(given))
		? Number(given)
		: given;
