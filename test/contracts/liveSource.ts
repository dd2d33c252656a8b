import type { MarketEvent, Source } from '../../core/market';
import { CollectingSink } from '../fakes/CollectingSink';
import type { FastClock } from '../fakes/FastClock';

/** One provider's server on loopback, as far as every live source must cope with it. */
export interface LiveServer {
	/** So many events happen and are told to whoever listens. */
	tell(count: number): void;
	/** So many events happen and nobody is told; where there's a history, it has them. */
	happen(count: number): void;
	/** Sends the last told event once more. */
	repeat(): void;
	sendAll(text: string | Buffer): void;
	/** A frame that's announced and then comes a byte at a time. */
	dribble(): void;
	cut(code?: number, reason?: string): void;
	/** The next handshakes get no answer at all. */
	ignoreNext(count: number): void;
	/** The next handshakes are refused. */
	refuseNext(count: number, status: number, headers?: Record<string, string>, body?: string): void;
	/** Waits until somebody listens. */
	listened(): Promise<void>;
	/** Connections that are open, and those ever made. */
	readonly open: number;
	readonly connections: number;
	until(holds: () => boolean): Promise<void>;
	close(): Promise<void>;
}

export type LiveSetup = {
	readonly server: LiveServer;
	readonly clock: FastClock;
	open(start: { cursor: unknown; play: string }): Source;
};

/** A sink that can be waited for. */
export class WaitingSink extends CollectingSink {
	private wake: Array<() => void> = [];

	override async accept(events: readonly MarketEvent[], cursor: unknown): Promise<void> {
		await super.accept(events, cursor);
		this.happened();
	}

	override report(report: Parameters<CollectingSink['report']>[0]): void {
		super.report(report);
		this.happened();
	}

	async until(holds: () => boolean): Promise<void> {
		while (!holds()) await new Promise<void>((resolve) => this.wake.push(resolve));
	}

	private happened(): void {
		for (const wake of this.wake.splice(0)) wake();
	}
}

/** A source that runs, and everything one looks at. */
export async function playing<T>(
	setup: LiveSetup,
	work: (sink: WaitingSink, server: LiveServer) => Promise<T>,
	cursor?: unknown,
): Promise<{ sink: WaitingSink; result: T }> {
	const sink = new WaitingSink();
	const stop = new AbortController();
	const running = setup.open({ cursor, play: 'p1' }).run(sink, stop.signal);
	const failed = running.then(
		() => undefined,
		(error: unknown) => error,
	);
	try {
		const result = await Promise.race([
			work(sink, setup.server),
			failed.then((error) => {
				throw error instanceof Error ? error : new Error('It ended by itself.');
			}),
		]);
		return { sink, result };
	} finally {
		stop.abort();
		await failed;
	}
}

const SECRET = 's3cr3t-token';
const idsOf = (sink: CollectingSink) => sink.events.map(({ eventId }) => eventId);

/**
 * What every source with a socket keeps to, whatever its provider does. `fills`: its history has what was
 * missed; otherwise the next event says that something may be missing.
 */
export function describeLiveSource(
	name: string,
	make: () => Promise<LiveSetup>,
	options: { readonly fills: boolean },
): void {
	describe(`${name} as a live source`, () => {
		let setup: LiveSetup;
		/** Whatever is loaded when first needed is loaded before a fast clock runs. */
		beforeAll(async () => {
			const { server, open } = await make();
			const stop = new AbortController();
			const running = open({ cursor: undefined, play: 'p0' }).run(
				new CollectingSink(),
				stop.signal,
			);
			await server.listened();
			stop.abort();
			await running;
			await server.close();
		});
		beforeEach(async () => (setup = await make()));
		afterEach(async () => {
			await setup.server.until(() => setup.server.open === 0);
			// Closing leaves no socket and no timer.
			expect([setup.server.open, setup.clock.waiting]).toEqual([0, 0]);
			await setup.server.close();
		});

		const noSecrets = (sink: CollectingSink) =>
			expect(JSON.stringify([sink.reports, sink.events])).not.toContain(SECRET);

		it('gives each event once and in order, by ids that last', async () => {
			const { sink } = await playing(setup, async (sink, server) => {
				await server.listened();
				server.tell(20);
				await sink.until(() => sink.events.length >= 20);
			});
			expect(sink.events).toHaveLength(20);
			expect(new Set(idsOf(sink)).size).toBe(20);
			expect(sink.reports).toEqual([]);
			expect(sink.events.every(({ quality }) => quality.length === 0)).toBe(true);
			const times = sink.events.map(({ eventAt }) => eventAt);
			expect(times).toEqual([...times].sort((a, b) => a - b));
		});

		it('leaves out an event that comes twice', async () => {
			const { sink } = await playing(setup, async (sink, server) => {
				await server.listened();
				server.tell(3);
				server.repeat();
				server.tell(1);
				await sink.until(() => sink.events.length >= 4);
				await sink.until(() => sink.reportsOf('doubtful').length > 0);
			});
			expect(new Set(idsOf(sink)).size).toBe(4);
			expect(sink.reportsOf('doubtful')).toMatchObject([
				{ count: 1, reason: expect.stringMatching(/duplicate 1 \(the first: /) },
			]);
		});

		it.each<[string, (server: LiveServer) => void, RegExp]>([
			['cut without a word', (server) => server.cut(), /broke the connection off \(1006\)/],
			['closed as going away', (server) => server.cut(1001, 'bye'), /is going away \(1001, bye\)/],
			[
				'closed for its rules, with a key in the reason',
				(server) => server.cut(1008, `bad token=${SECRET}`),
				/breach of its rules \(1008, bad token=\*\*\*\)/,
			],
			['closed by a failing server', (server) => server.cut(1011), /problem of its own \(1011\)/],
			['closed for a restart', (server) => server.cut(1012), /is restarting \(1012\)/],
			['closed for later', (server) => server.cut(1013), /come back later \(1013\)/],
			[
				'spoilt by bytes that are no WebSocket',
				(server) => server.sendAll(Buffer.from([0xff, 0xfe, 0xfd])),
				/what no WebSocket sends/,
			],
			[
				'flooded by a frame of 10 MB',
				(server) => server.sendAll('x'.repeat(10 * 1_048_576)),
				/frame too large/,
			],
			[
				'frozen in the middle of a frame',
				(server) => server.dribble(),
				/no sign of life for \d+ s/,
			],
		])('tells once that it is down, and comes back: %s', async (_, spoil, reason) => {
			const { sink } = await playing(setup, async (sink, server) => {
				await server.listened();
				server.tell(3);
				await sink.until(() => sink.events.length >= 3);
				spoil(server);
				await sink.until(() => sink.reportsOf('down').length > 0);
				server.happen(4);
				const before = server.connections;
				await server.until(() => server.connections > before);
				await server.listened();
				server.tell(2);
				await sink.until(() => sink.events.length >= (options.fills ? 9 : 5));
				await sink.until(() => sink.reportsOf('back').length > 0);
			});
			const [down] = sink.reportsOf('down');
			const [back] = sink.reportsOf('back');
			expect(sink.reportsOf('down')).toHaveLength(1);
			expect(down?.reason).toMatch(reason);
			// The two were read one after the other, from a fast clock.
			expect(down?.nextAttemptAt).toBeGreaterThan((down?.at ?? Number.NaN) - 5_000);
			expect(down?.nextAttemptAt).toBeLessThanOrEqual((down?.at ?? 0) + 61_000);
			expect(back?.since).toBe(down?.since);
			expect(new Set(idsOf(sink)).size).toBe(sink.events.length);
			const after = sink.events[options.fills ? 0 : 3];
			expect(after?.quality).toEqual(options.fills ? [] : ['gapBefore']);
			expect(sink.events.filter(({ quality }) => quality.length > 0)).toHaveLength(
				options.fills ? 0 : 1,
			);
			noSecrets(sink);
		});

		it.each<[string, (server: LiveServer) => void, RegExp]>([
			['is refused', (server) => server.refuseNext(3, 503), /problem of its own; trying again/],
			['gets no answer', (server) => server.ignoreNext(2), /no connection within 15 s/],
			[
				'is asked to slow down, told for how long',
				(server) => server.refuseNext(1, 429, { 'retry-after': '30' }),
				/slow down; waiting 30 s/,
			],
			[
				'is asked to slow down, not told for how long',
				(server) => server.refuseNext(1, 429),
				/slow down; waiting 60 s/,
			],
		])('waits longer each time its connection %s, and says so once', async (_, refuse, reason) => {
			refuse(setup.server);
			const { sink } = await playing(setup, async (sink, server) => {
				await server.listened();
				server.tell(1);
				await sink.until(() => sink.events.length === 1);
				await sink.until(() => sink.reportsOf('back').length === 1);
			});
			const [down] = sink.reportsOf('down');
			expect(sink.reportsOf('down')).toHaveLength(1);
			expect(down?.reason).toMatch(reason);
			const asked = /waiting (\d+) s/.exec(down?.reason ?? '')?.[1];
			expect(down?.nextAttemptAt).toBeGreaterThanOrEqual(
				// The two were read one after the other, from a fast clock.
				(down?.at ?? Number.NaN) + Number(asked ?? 0) * 1_000 - 5_000,
			);
			noSecrets(sink);
		});

		it.each<[string, string]>([
			['no JSON', '{"stream":"x","da'],
			['an empty frame', ''],
			['a list', '[1,2,3]'],
			['of no known kind, with a key', `{"hello":1,"token":"${SECRET}"}`],
		])('counts a frame that is %s, and goes on', async (_, frame) => {
			const { sink } = await playing(setup, async (sink, server) => {
				await server.listened();
				server.tell(1);
				server.sendAll(frame);
				server.tell(1);
				await sink.until(() => sink.events.length === 2);
				await sink.until(() => sink.reportsOf('unreadable').length > 0);
			});
			expect(sink.reportsOf('unreadable')).toMatchObject([{ count: 1 }]);
			expect(sink.reportsOf('down')).toEqual([]);
			noSecrets(sink);
		});

		it('notices that nothing comes though it is connected, and that it comes again', async () => {
			const { sink } = await playing(setup, async (sink, server) => {
				await server.listened();
				await sink.until(() => sink.reportsOf('silent').length > 0);
				server.tell(1);
				await sink.until(() => sink.reportsOf('back').length > 0);
			});
			const [silent] = sink.reportsOf('silent');
			expect(silent?.at).toBeGreaterThan(silent?.since ?? Number.NaN);
			expect(silent?.symbols?.length).toBeGreaterThan(0);
		});

		it('goes on behind its cursor after a restart', async () => {
			const first = await playing(setup, async (sink, server) => {
				await server.listened();
				server.tell(5);
				await sink.until(() => sink.events.length === 5);
			});
			await setup.server.until(() => setup.server.open === 0);
			setup.server.happen(3);
			const second = await playing(
				setup,
				async (sink, server) => {
					await server.listened();
					server.tell(1);
					await sink.until(() => sink.events.length >= (options.fills ? 4 : 1));
				},
				first.sink.cursors.at(-1)?.cursor,
			);
			const ids = [...idsOf(first.sink), ...idsOf(second.sink)];
			expect(ids).toHaveLength(options.fills ? 9 : 6);
			expect(new Set(ids).size).toBe(ids.length);
			expect(second.sink.events[0]?.quality).toEqual(options.fills ? [] : ['gapBefore']);
		});

		it('begins anew from a cursor that is none', async () => {
			for (const cursor of [null, 17, 'text', {}, { lanes: 4 }, { lanes: { X: null } }, []]) {
				const { sink } = await playing(
					setup,
					async (sink, server) => {
						await server.listened();
						server.tell(1);
						await sink.until(() => sink.events.length === 1);
					},
					cursor,
				);
				expect(sink.events[0]?.quality).toEqual([]);
				await setup.server.until(() => setup.server.open === 0);
			}
		});

		it('never changes an event it has given', async () => {
			const { sink } = await playing(setup, async (sink, server) => {
				const accept = sink.accept.bind(sink);
				sink.accept = async (events, cursor) =>
					await accept(
						events.map((event) => Object.freeze(event)),
						cursor,
					);
				await server.listened();
				server.tell(12);
				await sink.until(() => sink.events.length === 12);
			});
			expect(sink.events).toHaveLength(12);
		});

		it('ends at once when it is stopped, before it began too', async () => {
			const sink = new CollectingSink();
			await setup.open({ cursor: undefined, play: 'p1' }).run(sink, AbortSignal.abort());
			expect([sink.events, sink.reports]).toEqual([[], []]);
		});
	});
}
