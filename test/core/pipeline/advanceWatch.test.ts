import {
	FactSheet,
	Instruments,
	type InstrumentState,
	type Observation,
} from '../../../core/facts';
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

	describe('across a split', () => {
		const splitAt = second(10);
		const splits = new Map([['NFLX', [{ at: splitAt, ratio: 7 }]]]);
		const priceOf = (symbol: string, row: number, price: number) => at(row, price, { symbol });
		const crossing = (params: object, symbols: string[]) =>
			rule({
				symbols,
				conditions: { all: [{ fact: 'price', ...params, operator: 'crossesBelow', value: 100 }] },
			});

		/** What comes of each event of the rule's symbols, each time with instruments fresh from the store or not. */
		async function watch(
			watched: CompiledRule,
			observations: readonly Observation[],
			freshly: boolean,
			known = splits,
		) {
			const kept = new Map<string, InstrumentState>();
			const open = () => new Instruments([watched], known, (symbol) => kept.get(symbol));
			let instruments = open();
			let state: WatchState | undefined;
			const out: string[] = [];
			for (const observation of observations) {
				const sight = instruments.observe(observation);
				if (watched.symbols?.has(observation.symbol) === true) {
					const step = await advanceWatch(state, watched, observation, sight, scope, 'x');
					state = JSON.parse(JSON.stringify(step.state)) as WatchState;
					out.push(step.told === undefined ? (step.verdict?.outcome ?? step.outcome) : 'told');
				}
				if (!freshly) continue;
				for (const [symbol, one] of instruments.snapshots()) kept.set(symbol, one);
				instruments = open();
			}
			return out;
		}

		describe.each([
			['in one piece', false],
			['restored after each event', true],
		])('%s', (_, freshly) => {
			const own = crossing({}, ['NFLX']);
			const tape = [
				priceOf('NFLX', 9, 702),
				priceOf('NFLX', 10, 98),
				priceOf('NFLX', 11, 101),
				priceOf('NFLX', 12, 99),
			];

			it('sees no crossing, and the next one', async () => {
				expect(await watch(own, tape, freshly)).toEqual(['unknown', 'unknown', 'fails', 'told']);
				expect(await watch(own, tape, freshly, new Map())).toEqual([
					'unknown',
					'told',
					'fails',
					'told',
				]);
			});

			it('sees none of another instrument, whenever that one was split', async () => {
				const other = crossing({ params: { symbol: 'NFLX' } }, ['SPY']);
				const spy = (row: number) => priceOf('SPY', row, 200);
				const between = [
					priceOf('NFLX', 8, 702),
					spy(9),
					priceOf('NFLX', 10, 98),
					priceOf('NFLX', 11, 98),
					spy(12),
					priceOf('NFLX', 13, 101),
					spy(14),
					priceOf('NFLX', 15, 99),
					spy(16),
				];
				expect(await watch(other, between, freshly)).toEqual([
					'unknown',
					'unknown',
					'fails',
					'told',
				]);
			});
		});

		it('forgets the price before it even if the first one after it may not be used', async () => {
			const tape = [
				priceOf('NFLX', 9, 702),
				{ ...priceOf('NFLX', 10, 98), quality: ['stale'] as const },
				priceOf('NFLX', 11, 98),
				priceOf('NFLX', 12, 97),
			];
			expect(await watch(crossing({}, ['NFLX']), tape, false)).toEqual([
				'unknown',
				'unknown',
				'unknown',
				'fails',
			]);
		});
	});
});
