import type { MarketEvent } from '../../../../core/market';
import { Lane, type Item } from '../../../../core/market/feed/Lane';
import { usualQuality } from '../../../../core/market/quality';
import { trade } from '../../../fakes/events';
import { FakeClock } from '../../../fakes/FakeClock';

const item = (place: number): Item => ({
	event: trade(place, 60),
	at: place,
	next: place + 1,
	within: 0,
});
const turns = async () => {
	for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A lane whose history has everything up to `present`. */
function setUp(isSparse: boolean) {
	const given: number[] = [];
	const missed: unknown[] = [];
	const world = { isFull: false, present: 0 };
	const clock = new FakeClock(1_700_000_000_000);
	const lane = new Lane(
		{
			symbol: 'SHOP',
			quality: usualQuality,
			isSparse,
			countBetween: (from, to) => to - from,
			placeBefore: (to, count) => to - count,
			history: async (from) => ({
				items: Array.from({ length: Math.max(world.present - from + 1, 0) }, (_, n) =>
					item(from + n),
				),
				more: false,
			}),
		},
		{ clock, timer: clock, random: { next: () => 0.5 }, signal: new AbortController().signal },
		{
			get isFull() {
				return world.isFull;
			},
			give: (_: string, event: MarketEvent) => void given.push(Number(event.eventId.split('#')[1])),
			duplicate: () => {},
			missed: (_: string, missing: unknown) => void missed.push(missing),
			leftOut: () => {},
			broken: (error: unknown) => {
				throw error;
			},
		},
		undefined,
	);
	const take = (place: number) => {
		world.present = place;
		lane.take(item(place));
	};
	return { lane, take, given, missed, world };
}

describe('a lane', () => {
	it.each([
		['that numbers its items', false],
		['whose places may be unused', true],
	])('%s fetches what came while there was no room', async (_, isSparse) => {
		const { take, given, missed, world } = setUp(isSparse);
		take(1);
		world.isFull = true;
		for (const place of [2, 3, 4]) take(place);
		world.isFull = false;
		take(5);
		await turns();
		expect(given).toEqual([1, 2, 3, 4, 5]);
		expect(missed).toEqual([]);
	});
});
