import { parseEventId, type MarketEvent, type Source } from '../../core/market';
import { CollectingSink } from '../fakes/CollectingSink';

/** What every source keeps to. `open` makes it anew, as after a restart; it gives at least 12 events. */
export function describeSource(
	name: string,
	open: (start: { cursor: unknown; play: string }) => Source,
): void {
	const play = async (cursor: unknown, most: number): Promise<CollectingSink> => {
		const sink = new CollectingSink(most);
		await open({ cursor, play: 'p1' }).run(sink, sink.signal);
		return sink;
	};
	/** Without when we got it, which is the world's business. */
	const said = ({ receivedAt: _, eventAt: __, ...event }: MarketEvent) => event;

	describe(`${name} as a source`, () => {
		it('gives the same events each time it is played', async () => {
			const [first, second] = [await play(undefined, 12), await play(undefined, 12)];
			expect(second.events.slice(0, 12).map(said)).toEqual(first.events.slice(0, 12).map(said));
		});

		it('numbers its events in order, each once', async () => {
			const { events } = await play(undefined, 12);
			const positions = events.map(({ eventId }) => parseEventId(eventId));
			expect(new Set(positions.map((position) => position?.stream)).size).toBe(1);
			const numbers = positions.map((position) => position?.sequence ?? Number.NaN);
			expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
		});

		it('goes on from any of its cursors exactly behind it', async () => {
			const whole = await play(undefined, 12);
			for (const { cursor, after } of whole.cursors.slice(0, -1)) {
				const rest = await play(cursor, 12 - after);
				const expected = whole.events.slice(after, after + rest.events.length);
				expect(rest.events.slice(0, expected.length).map(said)).toEqual(expected.map(said));
				expect(expected.length).toBeGreaterThan(0);
			}
		});

		it('begins anew from a cursor that is none', async () => {
			const fresh = await play(undefined, 12);
			for (const cursor of [null, 17, 'text', {}, { play: 4 }, []]) {
				expect((await play(cursor, 12)).events.map(said)).toEqual(fresh.events.map(said));
			}
		});

		it('never changes an event it has given', async () => {
			const sink = new CollectingSink(12);
			const frozen: MarketEvent[] = [];
			const freezing = {
				accept: async (events: readonly MarketEvent[], cursor: unknown) => {
					frozen.push(...events.map((event) => Object.freeze(event)));
					await sink.accept(events, cursor);
				},
				report: () => {},
			};
			await open({ cursor: undefined, play: 'p1' }).run(freezing, sink.signal);
			expect(frozen.length).toBeGreaterThanOrEqual(12);
		});

		it('resolves when it is stopped, before it began too', async () => {
			const stopped = AbortSignal.abort();
			const sink = new CollectingSink();
			await open({ cursor: undefined, play: 'p1' }).run(sink, stopped);
			expect(sink.events).toEqual([]);
		});
	});
}
