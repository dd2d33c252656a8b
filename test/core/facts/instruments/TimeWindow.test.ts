import fc from 'fast-check';

import { TimeWindow, type WindowState } from '../../../../core/facts/instruments/TimeWindow';
import { epochMs } from '../../../../core/ports';

const SPAN_MS = 1_000_000;
/** One of the 500 pieces it is cut into. */
const PIECE_MS = 2_000;

type Point = readonly [at: number, price: number];

const fill = (points: readonly Point[], window = new TimeWindow(SPAN_MS)): TimeWindow => {
	for (const [at, price] of points) window.add(epochMs(at), price);
	return window;
};
const look = ({ first, highest, lowest }: TimeWindow) => [first, highest, lowest];

describe('TimeWindow', () => {
	it.each<[string, Point[], Array<number | undefined>]>([
		['nothing at all', [], [undefined, undefined, undefined]],
		['a single price', [[0, 5]], [undefined, undefined, undefined]],
		[
			'less than the span',
			[
				[0, 5],
				[999_999, 6],
			],
			[undefined, undefined, undefined],
		],
		[
			'exactly the span, with nothing in it: the price that stood is all there is',
			[
				[0, 5],
				[1_000_000, 6],
			],
			[5, 5, 5],
		],
		[
			'the span, with prices in it',
			[
				[0, 5],
				[300_000, 9],
				[600_000, 2],
				[1_000_000, 6],
			],
			[5, 9, 2],
		],
		[
			'events farther apart than the span',
			[
				[0, 50],
				[3_000_000, 7],
				[6_000_000, 6],
			],
			[7, 7, 7],
		],
		[
			'a price before the span, which stood when it began, and one before that, which did not',
			[
				[0, 50],
				[100_000, 1],
				[700_000, 7],
				[1_500_000, 6],
			],
			[1, 7, 1],
		],
		[
			'a higher price that fell just before the span began',
			[
				[0, 5],
				[499_000, 9],
				[500_000, 4],
				[700_000, 3],
				[1_500_000, 6],
			],
			[4, 4, 3],
		],
		[
			'prices of one moment, the last of which is the price then',
			[
				[0, 5],
				[0, 8],
				[500_000, 3],
				[500_000, 4],
				[1_000_000, 6],
			],
			[8, 8, 3],
		],
		[
			'the present price, which does not count',
			[
				[0, 5],
				[999_000, 7],
				[1_000_000, 99],
			],
			[5, 7, 5],
		],
		[
			'an earlier price of the present moment, which does',
			[
				[0, 5],
				[1_000_000, 70],
				[1_000_000, 6],
			],
			[5, 70, 5],
		],
	])('of %s', (_, points, expected) => {
		expect(look(fill(points))).toEqual(expected);
	});

	it('takes the range of a candle that ends in it', () => {
		const window = fill([[0, 5]]);
		window.add(epochMs(500_000), 6, { high: 9, low: 1 });
		window.add(epochMs(1_000_000), 7, { high: 99, low: 0 });
		expect(look(window)).toEqual([5, 9, 1]);
	});

	it('takes of a candle before it only the close, which stood when it began', () => {
		const window = fill([[0, 5]]);
		window.add(epochMs(400_000), 6, { high: 9, low: 1 });
		window.add(epochMs(1_500_000), 7);
		expect(look(window)).toEqual([6, 6, 6]);
	});

	it('brings what came before a split to the units after it', () => {
		const window = fill([
			[0, 70],
			[500_000, 77],
			[600_000, 63],
		]);
		window.split(7);
		window.add(epochMs(1_000_000), 11);
		expect(look(window)).toEqual([10, 11, 9]);
	});

	const tapes = fc
		.array(
			fc.record({
				after: fc.oneof(
					fc.integer({ min: 0, max: 4_000 }),
					fc.integer({ min: 0, max: 60_000 }),
					fc.constant(2_500_000),
				),
				price: fc.integer({ min: 1, max: 999 }),
			}),
			{ maxLength: 300, size: 'max' },
		)
		.map((steps) => {
			let at = 0;
			return steps.map(({ after, price }): Point => [(at += after), price]);
		});

	it('is right to a piece of its span, whatever comes', () => {
		fc.assert(
			fc.property(tapes, (points) => {
				const window = new TimeWindow(SPAN_MS);
				points.forEach((point, index) => {
					fill([point], window);
					const begins = point[0] - SPAN_MS;
					const before = points.slice(0, index);
					const at = (moment: number) => before.findLast(([when]) => when <= moment)?.[1];
					const inForce = before
						.filter(([when]) => when > begins - PIECE_MS && when <= begins)
						.map(([, price]) => price);
					expect([at(begins), at(begins - PIECE_MS), ...inForce]).toContain(window.first);
					const within = (from: number) =>
						before.filter(([when]) => when > from).map(([, price]) => price);
					const sure = within(begins);
					if ((points[0]?.[0] ?? 0) > begins || before.length === 0) {
						expect(window.highest).toBeUndefined();
						expect(window.lowest).toBeUndefined();
						return;
					}
					const stood = window.first === undefined ? [] : [window.first];
					const near = [...within(begins - PIECE_MS), ...stood];
					expect(window.highest).toBeGreaterThanOrEqual(Math.max(...sure, ...stood));
					expect(window.highest).toBeLessThanOrEqual(Math.max(...near));
					expect(window.lowest).toBeLessThanOrEqual(Math.min(...sure, ...stood));
					expect(window.lowest).toBeGreaterThanOrEqual(Math.min(...near));
				});
			}),
			{ numRuns: 40 },
		);
	});

	it('goes on from JSON at any price as if it had never been written down', () => {
		fc.assert(
			fc.property(tapes, fc.infiniteStream(fc.boolean()), (points, cuts) => {
				const whole = new TimeWindow(SPAN_MS);
				let cut = new TimeWindow(SPAN_MS);
				for (const point of points) {
					expect(look(fill([point], cut))).toEqual(look(fill([point], whole)));
					if (cuts.next().value !== true) continue;
					const text = JSON.stringify(cut.snapshot());
					cut = new TimeWindow(SPAN_MS, JSON.parse(text) as WindowState);
				}
			}),
			{ numRuns: 40 },
		);
	});

	it('keeps 502 pieces at most, however many prices come', () => {
		const window = new TimeWindow(SPAN_MS);
		let most = 0;
		for (let price = 0; price < 50_000; price += 1) {
			window.add(epochMs(price * 100), price % 97);
			if (price % 11 === 0) most = Math.max(most, window.snapshot()?.buckets.length ?? 0);
		}
		expect(most).toBe(502);
	});
});
