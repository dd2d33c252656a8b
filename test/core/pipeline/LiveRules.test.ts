import { FactSheet, observe, type Observation } from '../../../core/facts';
import {
	composeLiveAlert,
	LiveRules,
	type LiveAlert,
	type LiveChanges,
} from '../../../core/pipeline';
import { epochMs, type Log } from '../../../core/ports';
import { ChangeGate, compileRule } from '../../../core/rules';
import { second, trade } from '../../fakes/events';

const scope = { workflowId: 'w', nodeId: 'n' };
const rule = (id: string, more: object = {}) =>
	compileRule({
		version: 1,
		id,
		name: id,
		conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
		...more,
	});
const lines = (alerts: readonly LiveAlert[]) =>
	alerts.map(
		({ rule: { document }, symbol, at, transition }) =>
			`${document.id} ${symbol} ${(at - second(0)) / 1_000} ${transition.state}`,
	);
const event = (row: number, price: number, symbol = 'SHOP'): Observation =>
	observe(trade(row, price, { symbol }));

describe.each(['askAlways', 'askChanged'] as const)('live rules, %s', (gate) => {
	const open = (more: object = {}) => new LiveRules({ scope, gate, ...more });

	it('take rules in and out while events come', async () => {
		const live = open();
		live.put(rule('a'));
		live.observe(event(1, 59));
		live.put(rule('b'));
		live.observe(event(2, 61));
		live.remove('a');
		live.observe(event(3, 59));
		expect(lines(await live.drain())).toEqual(['a SHOP 1 firing', 'b SHOP 3 firing']);
	});

	it('go on when the texts of a rule change, and begin anew when its conditions do', async () => {
		const live = open();
		live.put(rule('a', { message: 'one' }));
		live.observe(event(1, 59));
		live.put(rule('a', { message: 'two' }));
		live.observe(event(2, 59));
		live.put(
			rule('a', { conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60.5 }] } }),
		);
		live.observe(event(3, 59));
		expect(lines(await live.drain())).toEqual(['a SHOP 1 firing', 'a SHOP 3 firing']);
	});

	it('tell an alert with the facts of its moment, whatever has come before it is drained', async () => {
		const live = open();
		live.put(rule('a', { include: [{ fact: 'sma', params: { period: 2 } }] }));
		for (const [row, price] of [61, 59, 70, 80].entries()) live.observe(event(row + 1, price));
		const [alert] = await live.drain();
		const { facts, because } = await composeLiveAlert(alert!);
		expect(facts).toEqual({ price: 59, 'sma(2)': 60 });
		expect(because).toMatchObject([{ left: 59, right: 60, holds: true }]);
	});

	it('tell a crossing at two events in a row', async () => {
		const live = open();
		live.put(
			rule('a', { conditions: { all: [{ fact: 'price', operator: 'crosses', value: 60 }] } }),
		);
		for (const [row, price] of [61, 59, 62, 60, 61].entries()) live.observe(event(row + 1, price));
		expect(lines(await live.drain())).toEqual([
			'a SHOP 2 firing',
			'a SHOP 3 firing',
			'a SHOP 5 firing',
		]);
	});

	it('say what must be kept, and go on from there with the next event', async () => {
		const live = open();
		const crossing = rule('c', {
			conditions: { all: [{ fact: 'price', operator: 'crossesBelow', value: 60 }] },
		});
		for (const one of [rule('a'), crossing]) live.put(one);
		live.observe(event(1, 59));
		live.observe(event(2, 61));
		await live.drain();
		const kept = JSON.parse(JSON.stringify(live.takeChanges())) as ReturnType<
			LiveRules['takeChanges']
		>;
		expect(live.takeChanges()).toEqual({ watches: [], instruments: [] });
		const next = open({
			states: (ruleId: string, symbol: string) =>
				kept.watches.find((one) => one.ruleId === ruleId && one.symbol === symbol)?.state,
			instrumentStates: (symbol: string) => new Map(kept.instruments).get(symbol),
		});
		for (const one of [rule('a'), crossing]) next.put(one);
		next.observe(event(2, 59));
		next.observe(event(3, 59));
		expect(lines(await next.drain())).toEqual(['a SHOP 3 firing', 'c SHOP 3 firing']);
		expect(next.counts).toMatchObject({ events: 2, leftOut: 1 });
	});

	it('leave a rule alone that has seen more than its instrument, until an event it has not', async () => {
		const live = open();
		live.put(rule('a'));
		live.observe(event(1, 59));
		live.observe(event(2, 61));
		await live.drain();
		const { watches } = live.takeChanges();
		const next = open({ states: () => watches[0]?.state });
		next.put(rule('a'));
		for (const [row, price] of [59, 61, 59].entries()) next.observe(event(row + 1, price));
		expect(lines(await next.drain())).toEqual(['a SHOP 3 firing']);
	});

	it('want the clock when an alert is due, and tell it when it comes', async () => {
		const live = open();
		live.put(rule('a', { holdFor: '30s' }));
		live.observe(event(1, 59));
		await live.drain();
		expect(live.nextDueAt).toBe(second(31));
		live.passTime(second(31));
		expect(await live.drain()).toEqual([]);
		live.passTime(epochMs(second(31) + 1));
		expect(lines(await live.drain())).toEqual(['a SHOP 31 firing']);
		expect(live.nextDueAt).toBeUndefined();
	});
});

describe('live rules that ask about changes', () => {
	it('ask the judge only when something comes of it', async () => {
		const live = new LiveRules({ scope });
		live.put(rule('a'));
		const prices = [61, 62, 63, 59, 58, 57, 61, 62];
		for (const [row, price] of prices.entries()) live.observe(event(row + 1, price));
		live.observe({ ...event(20, 0), facts: new FactSheet({}) });
		await live.drain();
		expect(live.counts).toMatchObject({ events: 9, judgeCalls: 2, disagreements: 0, alerts: 1 });
	});

	it('let the judge have the last word when the gate is wrong, and say so', async () => {
		const said: string[] = [];
		const log: Log = {
			debug: () => undefined,
			info: () => undefined,
			warn: (message) => said.push(message),
			error: () => undefined,
		};
		const wrong = jest.spyOn(ChangeGate.prototype, 'answerOf').mockReturnValue(1);
		try {
			const live = new LiveRules({ scope, log });
			live.put(rule('a'));
			live.observe(event(1, 61));
			expect(await live.drain()).toEqual([]);
			expect(live.counts.disagreements).toBe(1);
			expect(said).toEqual([expect.stringMatching(/^Rule "a": on SHOP .* says "fails"/)]);
			wrong.mockRestore();
			live.observe(event(2, 59));
			live.observe(event(3, 61));
			live.observe(event(4, 59));
			expect(lines(await live.drain())).toEqual(['a SHOP 2 firing', 'a SHOP 4 firing']);
			expect(live.counts.disagreements).toBe(1);
		} finally {
			wrong.mockRestore();
		}
	});
});

describe('live rules', () => {
	const closed = { conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] } };

	it('ask the judge for a reminder only when its rule has seen something since the last one', async () => {
		const live = new LiveRules({ scope });
		live.put(rule('a', { ...closed, remindEvery: '10s' }));
		live.observe(event(1, 59));
		live.passTime(second(45));
		expect(lines(await live.drain())).toHaveLength(5);
		// Once for the event, once for the reminders behind it.
		expect(live.counts.judgeCalls).toBe(2);
		live.observe(event(50, 58));
		live.passTime(second(75));
		const alerts = await live.drain();
		expect(alerts.map(({ verdict: { because } }) => because[0]?.leftValue)).toEqual([58, 58, 58]);
		expect(live.counts.judgeCalls).toBe(3);
	});

	it('see what another instrument has become in a reminder', async () => {
		const live = new LiveRules({ scope });
		const spy = { fact: 'price', params: { symbol: 'SPY' }, operator: 'greaterThan', value: 1 };
		live.put(rule('a', { symbols: ['SHOP'], conditions: { all: [spy] }, remindEvery: '10s' }));
		live.observe(event(1, 100, 'SPY'));
		live.observe(event(2, 59));
		live.passTime(second(13));
		live.observe(event(14, 101, 'SPY'));
		live.passTime(second(24));
		const always = new LiveRules({ scope, gate: 'askAlways' });
		always.put(rule('a', { symbols: ['SHOP'], conditions: { all: [spy] }, remindEvery: '10s' }));
		always.observe(event(1, 100, 'SPY'));
		always.observe(event(2, 59));
		always.passTime(second(13));
		always.observe(event(14, 101, 'SPY'));
		always.passTime(second(24));
		const because = async (rules: LiveRules) =>
			(await rules.drain()).map(({ verdict }) => verdict.because[0]?.leftValue);
		expect(await because(live)).toEqual(await because(always));
	});

	it('give no name twice to alerts of events without an id, whatever was restored in between', async () => {
		let kept: LiveChanges = { watches: [], instruments: [] };
		const life = async (gate: 'askAlways' | 'askChanged') => {
			const { watches, instruments } = kept;
			const live = new LiveRules({
				scope,
				gate,
				states: (_, symbol) => watches.find((one) => one.symbol === symbol)?.state,
				instrumentStates: (symbol) => new Map(instruments).get(symbol),
			});
			live.put(rule('a', { fire: 'everyMatch' }));
			for (const symbol of ['SHOP', 'SHOP', 'AAPL']) {
				live.observe({ ...event(1, 59, symbol), eventId: undefined });
			}
			const alerts = await live.drain();
			kept = live.takeChanges();
			return alerts.map(({ id }) => id);
		};
		for (const gate of ['askAlways', 'askChanged'] as const) {
			kept = { watches: [], instruments: [] };
			const ids = [...(await life(gate)), ...(await life(gate)), ...(await life(gate))];
			expect(ids).toHaveLength(9);
			expect(new Set(ids).size).toBe(9);
		}
	});
});
