import { observe } from '../../../core/facts';
import { replay, type LiveAlert } from '../../../core/pipeline';
import { compileRule } from '../../../core/rules';
import { second, trade } from '../../fakes/events';

const under60 = compileRule({
	version: 1,
	id: 'r',
	name: 'r',
	conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
	cooldown: '60s',
});

async function timeline(prices: ReadonlyArray<readonly [number, number, string?]>, until?: number) {
	const tape = prices.map(([row, price, symbol]) =>
		observe(trade(row, price, symbol === undefined ? {} : { symbol })),
	);
	const alerts: LiveAlert[] = [];
	for await (const alert of replay(
		tape,
		[under60],
		until === undefined ? {} : { until: second(until) },
	)) {
		alerts.push(alert);
	}
	return alerts.map(
		({ symbol, at, byClock }) => `${symbol} ${(at - second(0)) / 1_000}${byClock ? ' clock' : ''}`,
	);
}

describe('replay', () => {
	it('tells what falls under the level, once until it recovers', async () => {
		expect(
			await timeline([
				[1, 61],
				[2, 59],
				[3, 58],
				[100, 61],
				[101, 59],
			]),
		).toEqual(['SHOP 2', 'SHOP 101']);
	});

	it('puts a clock event where an alert is due between two events', async () => {
		expect(
			await timeline([
				[1, 59],
				[2, 61],
				[3, 59],
				[500, 59],
			]),
		).toEqual(['SHOP 1', 'SHOP 61 clock']);
	});

	it('lets an event at the very moment speak for itself', async () => {
		expect(
			await timeline([
				[1, 59],
				[2, 61],
				[3, 59],
				[61, 59],
			]),
		).toEqual(['SHOP 1', 'SHOP 61']);
	});

	it('lets time go on after the last event as far as it is told', async () => {
		const tape = [
			[1, 59],
			[2, 61],
			[3, 59],
		] as const;
		expect(await timeline(tape)).toEqual(['SHOP 1']);
		expect(await timeline(tape, 60)).toEqual(['SHOP 1']);
		expect(await timeline(tape, 61)).toEqual(['SHOP 1', 'SHOP 61 clock']);
	});

	it('keeps the symbols apart, the earliest due first', async () => {
		expect(
			await timeline([
				[1, 59, 'A'],
				[2, 59, 'B'],
				[3, 61, 'A'],
				[4, 61, 'B'],
				[5, 59, 'B'],
				[6, 59, 'A'],
				[500, 61, 'C'],
			]),
		).toEqual(['A 1', 'B 2', 'A 61 clock', 'B 62 clock']);
	});

	it('reminds as often as it is due between two events, under ids of their own', async () => {
		const reminding = compileRule({
			version: 1,
			id: 'r',
			name: 'r',
			conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
			remindEvery: '60s',
			keepFiringFor: '90s',
			notifyResolved: true,
		});
		const tape = [trade(1, 59), trade(200, 61)].map(observe);
		const alerts: LiveAlert[] = [];
		for await (const alert of replay(tape, [reminding], { until: second(1_000) })) {
			alerts.push(alert);
		}
		expect(
			alerts.map(
				({ at, transition, byClock }) =>
					`${transition.state} ${(at - second(0)) / 1_000}${byClock ? ' clock' : ''}`,
			),
		).toEqual([
			'firing 1',
			'reminder 61 clock',
			'reminder 121 clock',
			'reminder 181 clock',
			'resolved 290 clock',
		]);
		expect(new Set(alerts.map(({ id }) => id)).size).toBe(5);
		expect(new Set(alerts.map(({ episodeId }) => episodeId)).size).toBe(1);
	});

	it('sends the clock to each alert in turn, however often', async () => {
		const reminding = compileRule({
			version: 1,
			id: 'r',
			name: 'r',
			conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
			remindEvery: '60s',
		});
		const tape = [trade(1, 59, { symbol: 'A' }), trade(2, 59, { symbol: 'B' })].map(observe);
		const told: string[] = [];
		for await (const { symbol, at } of replay(tape, [reminding], { until: second(130) })) {
			told.push(`${symbol} ${(at - second(0)) / 1_000}`);
		}
		expect(told).toEqual(['A 1', 'B 2', 'A 61', 'B 62', 'A 121', 'B 122']);
	});
});
