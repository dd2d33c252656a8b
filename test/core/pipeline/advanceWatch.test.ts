import { FactSheet, Instruments, type Observation } from '../../../core/facts';
import { toEventId, toStream } from '../../../core/market';
import { advanceWatch, type WatchStep } from '../../../core/pipeline/advanceWatch';
import type { WatchState } from '../../../core/pipeline/watchState';
import { compileRule, type CompiledRule } from '../../../core/rules';
import { second } from '../../fakes/events';

const scope = { workflowId: 'w', nodeId: 'n' };
const rule = (more: object = {}) =>
	compileRule({
		version: 1,
		id: 'r',
		name: 'r',
		conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
		...more,
	});
const stream = toStream('replay', 'tape', 'one');
const at = (row: number, price: number | null, more: Partial<Observation> = {}): Observation => ({
	symbol: 'SHOP',
	eventAt: second(row),
	eventId: toEventId(stream, row),
	quality: [],
	facts: new FactSheet({ price }),
	...more,
});

const seen = (watched: CompiledRule, observation: Observation) =>
	new Instruments([watched]).observe(observation);

async function play(
	steps: ReadonlyArray<readonly [CompiledRule, Observation]>,
): Promise<WatchStep[]> {
	let state: WatchState | undefined;
	const out: WatchStep[] = [];
	for (const [watched, observation] of steps) {
		const step = await advanceWatch(
			state,
			watched,
			observation,
			seen(watched, observation),
			scope,
			'stand-in',
		);
		// As the store gives it back.
		state = JSON.parse(JSON.stringify(step.state)) as WatchState;
		out.push(step);
	}
	return out;
}
const tolds = (steps: readonly WatchStep[]) => steps.map(({ told }) => told !== undefined);
const outcomes = (steps: readonly WatchStep[]) => steps.map(({ outcome }) => outcome);

describe('advanceWatch', () => {
	it('tells an alert with ids that are the same each time the same event is judged', async () => {
		const [first] = await play([[rule(), at(1, 59)]]);
		const [again] = await play([[rule(), at(1, 59)]]);
		expect(first?.told?.id).toMatch(/^[0-9a-f]{24}$/);
		expect(again?.told).toEqual(first?.told);
	});

	it.each<[string, Partial<typeof scope>, object, Partial<Observation>]>([
		['workflow', { workflowId: 'other' }, {}, {}],
		['node', { nodeId: 'other' }, {}, {}],
		['rule', {}, { id: 'other' }, {}],
		['symbol', {}, {}, { symbol: 'AAPL' }],
		['event', {}, {}, { eventId: toEventId(stream, 2) }],
	])('gives another id for another %s', async (_, otherScope, otherRule, observation) => {
		const id = async (s: typeof scope, r: object, o: Partial<Observation>) =>
			(await advanceWatch(undefined, rule(r), at(1, 59, o), seen(rule(r), at(1, 59, o)), s, 'x'))
				.told?.id;
		expect(await id({ ...scope, ...otherScope }, otherRule, observation)).not.toBe(
			await id(scope, {}, {}),
		);
	});

	it('does not judge an event twice', async () => {
		const steps = await play([
			[rule(), at(1, 61)],
			[rule(), at(2, 59)],
			[rule(), at(2, 59)],
			[rule(), at(1, 61)],
		]);
		expect(outcomes(steps)).toEqual(['judged', 'judged', 'seenBefore', 'seenBefore']);
		expect(tolds(steps)).toEqual([false, true, false, false]);
	});

	it('recognises events of other origin by their id', async () => {
		const order = (eventId: string) => at(1, 59, { eventId });
		const steps = await play([
			[rule(), order('a')],
			[rule(), order('b')],
			[rule(), order('a')],
		]);
		expect(outcomes(steps)).toEqual(['judged', 'judged', 'seenBefore']);
	});

	it('remembers the last 1,000 ids of other origin', async () => {
		const orders = Array.from({ length: 1_001 }, (_, index) =>
			at(1, 61, { eventId: `order ${index}` }),
		);
		const steps = await play(
			[...orders, at(1, 61, { eventId: 'order 1' }), at(1, 61, { eventId: 'order 0' })].map(
				(one) => [rule(), one],
			),
		);
		expect(outcomes(steps).slice(-2)).toEqual(['seenBefore', 'judged']);
	});

	it('judges each item without an id, since it cannot know', async () => {
		const nameless = at(1, 59, { eventId: undefined });
		expect(
			outcomes(
				await play([
					[rule(), nameless],
					[rule(), nameless],
				]),
			),
		).toEqual(['judged', 'judged']);
	});

	it('lets a late event move nothing', async () => {
		const steps = await play([
			[rule(), at(5, 61)],
			[rule(), at(6, 59, { eventAt: second(3) })],
			[rule(), at(7, 58, { quality: ['late'] })],
			[rule(), at(8, 58)],
		]);
		expect(outcomes(steps)).toEqual(['judged', 'late', 'late', 'judged']);
		expect(tolds(steps)).toEqual([false, false, false, true]);
	});

	it('takes a tape that begins earlier for another history', async () => {
		const again = toStream('replay', 'tape', 'two');
		const steps = await play([
			[rule({ cooldown: '1h' }), at(5, 59)],
			[rule({ cooldown: '1h' }), at(1, 59, { eventId: toEventId(again, 1) })],
		]);
		expect(tolds(steps)).toEqual([true, true]);
	});

	it('keeps its cooldown over a new stream that goes on in time', async () => {
		const live = toStream('simulated', '1', 'two');
		const steps = await play([
			[rule({ cooldown: '1h' }), at(5, 59)],
			[rule({ cooldown: '1h' }), at(6, 61)],
			[rule({ cooldown: '1h' }), at(7, 59, { eventId: toEventId(live, 1) })],
		]);
		expect(tolds(steps)).toEqual([true, false, false]);
		expect(steps[2]?.quiet).toEqual({ by: 'cooldown', until: second(3_605) });
	});

	it('begins anew when the conditions change, and goes on when a text does', async () => {
		const changed = rule({
			conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 70 }] },
		});
		const renamed = rule({ name: 'other', message: 'm' });
		expect(
			tolds(
				await play([
					[rule(), at(1, 59)],
					[renamed, at(2, 59)],
				]),
			),
		).toEqual([true, false]);
		expect(
			tolds(
				await play([
					[rule(), at(1, 59)],
					[changed, at(2, 59)],
				]),
			),
		).toEqual([true, true]);
	});

	it('compares a crossing with the last known value when facts were missing in between', async () => {
		const crossing = rule({
			conditions: { all: [{ fact: 'price', operator: 'crossesBelow', value: 60 }] },
		});
		const steps = await play([
			[crossing, at(1, 61)],
			[crossing, at(2, null)],
			[crossing, at(3, 59)],
		]);
		expect(steps.map(({ verdict }) => verdict?.outcome)).toEqual(['unknown', 'unknown', 'holds']);
		expect(tolds(steps)).toEqual([false, false, true]);
	});
});
