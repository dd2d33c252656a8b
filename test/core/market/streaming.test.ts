import { createBinance, SharedConnections, type BinanceSettings } from '../../../core/market';
import { CollectingSink } from '../../fakes/CollectingSink';
import { FakeClock } from '../../fakes/FakeClock';
import { fixedRandom } from '../../fakes/fixedRandom';
import { grantAll, ScriptedSockets, type ScriptedSocket } from '../../fakes/ScriptedSockets';
import { silentLog } from '../../fakes/silentLog';

const HOUR_MS = 3_600_000;

/** Binance on scripted sockets, standing still until told; the history has what `known` says. */
async function setUp(
	more: Partial<BinanceSettings> = {},
	accept = grantAll,
	sink = new CollectingSink(),
) {
	const clock = new FakeClock();
	const opened: number[] = [];
	const sockets = new ScriptedSockets((socket) => {
		opened.push(clock.now());
		accept(socket);
	});
	const shared = new SharedConnections();
	let newest = 0;
	const http = {
		request: async ({ url }: { url: string }) => {
			const { pathname, searchParams } = new URL(url);
			await clock.sleep(10);
			const from = Number(searchParams.get('fromId'));
			const rows = pathname.endsWith('aggTrades')
				? Array.from({ length: Math.min(Math.max(newest - from + 1, 0), 1_000) }, (_, row) =>
						trade(from + row),
					)
				: [];
			return { status: 200, headers: {}, body: JSON.stringify(rows) };
		},
	};
	const trade = (a: number) => ({
		e: 'aggTrade',
		E: clock.now(),
		a,
		p: '100',
		q: '1',
		T: clock.now(),
		m: true,
	});
	const stop = new AbortController();
	const settings: BinanceSettings = {
		symbols: ['BTC/USDT'],
		receive: 'trades',
		interval: '1m',
		delivery: 'stream',
		pollEveryMs: 15_000,
		silentAfterMs: 48 * HOUR_MS,
		streamBaseUrl: 'wss://stream.example',
		restBaseUrl: 'https://rest.example',
		weightPerMinute: 6_000,
		...more,
	};
	const running = createBinance(
		settings,
		{ clock, timer: clock, random: fixedRandom(1), log: silentLog(), http, sockets, shared },
		{ cursor: undefined, play: 'p' },
	).run(sink, stop.signal);
	await clock.advance(2_000);
	return {
		clock,
		sockets,
		opened,
		sink,
		shared,
		/** The trade happens, and comes out of these sockets. */
		tell: (a: number, through: readonly ScriptedSocket[] = sockets.stillOpen) => {
			newest = Math.max(newest, a);
			for (const socket of through) socket.frame({ stream: 'btcusdt@aggTrade', data: trade(a) });
		},
		/** Time passes, with a ping now and then. */
		live: async (ms: number, stepMs = 20_000) => {
			for (let passed = 0; passed < ms; passed += stepMs) {
				for (const socket of sockets.stillOpen) socket.pulse();
				await clock.advance(stepMs);
			}
		},
		close: async () => {
			stop.abort();
			await running;
			expect([sockets.stillOpen.length, clock.waiting, shared.streams.open]).toEqual([0, 0, 0]);
		},
	};
}

const idsOf = (sink: CollectingSink) =>
	sink.events.map(({ eventId }) => Number(eventId.split('#')[1]));
const subscribedBy = (socket: ScriptedSocket | undefined): string[] =>
	(socket?.sent ?? []).flatMap((text) => (JSON.parse(text) as { params: string[] }).params);

describe('a shared stream', () => {
	it('opens the next connection before the provider cuts the old one, and misses and tells nothing', async () => {
		const { sockets, sink, tell, live, close } = await setUp();
		tell(1);
		let id = 1;
		for (let hour = 0; hour < 24; hour += 1) {
			await live(HOUR_MS - 600_000);
			tell((id += 1));
			await live(600_000);
		}
		expect(sockets.all.length).toBeGreaterThan(1);
		const [old] = sockets.all;
		expect(old?.isOver).toBe(true);
		expect(subscribedBy(sockets.latest)).toEqual(['btcusdt@aggTrade']);
		tell((id += 1));
		await live(20_000);
		expect(idsOf(sink)).toEqual(Array.from({ length: id }, (_, index) => index + 1));
		expect(sink.reports).toEqual([]);
		await close();
	});

	it('changes over at once when the provider says it leaves; the old one is read until the new one is ready', async () => {
		const { sockets, sink, clock, tell, close } = await setUp();
		tell(1);
		const [old] = sockets.all;
		old?.frame({ stream: '!serverShutdown', data: { e: 'serverShutdown', E: clock.now() } });
		tell(2);
		expect(sockets.all).toHaveLength(2);
		expect(old?.isOver).toBe(false);
		await clock.advance(1_000);
		expect(old?.isOver).toBe(true);
		tell(3);
		await clock.advance(1_000);
		expect(idsOf(sink)).toEqual([1, 2, 3]);
		expect(sink.reports).toEqual([]);
		await close();
	});

	it('waits longer each time, though each handshake and subscription succeeds', async () => {
		let cutAfterMs: number | undefined;
		let cut: (socket: ScriptedSocket) => void = () => {};
		const { sockets, opened, clock, sink, tell, live, close } = await setUp({}, (socket) => {
			grantAll(socket);
			cut(socket);
		});
		cut = (socket) => void clock.sleep(cutAfterMs ?? 0).then(() => socket.end());
		cutAfterMs = 1_000;
		sockets.latest.end();
		await clock.advance(10 * 60_000);
		const waits = opened.slice(2).map((at, index) => (at - (opened[index + 1] ?? 0)) / 1_000 - 1);
		// 1, 2, 4 … seconds up to a minute; jitter is off here.
		expect(waits.slice(0, 7)).toEqual([2, 4, 8, 16, 32, 60, 60]);
		expect(sink.reportsOf('down')).toHaveLength(1);
		// Data for a minute, and the next wait is short again.
		cutAfterMs = 180_000;
		await clock.advance(61_000);
		for (let id = 1; id < 18; id += 1) {
			tell(id);
			await live(10_000, 10_000);
		}
		await clock.advance(20_000);
		const [down] = sink.reportsOf('down').slice(-1);
		expect(sink.reportsOf('down')).toHaveLength(2);
		expect((down?.nextAttemptAt ?? 0) - (down?.at ?? 0)).toBe(1_000);
		cut = () => {};
		await live(200_000);
		await close();
	});

	it('gives up a connection that grants nothing', async () => {
		const { sockets, sink, clock, live, close } = await setUp({}, (socket) => socket.accept());
		await live(20_000, 5_000);
		expect(sink.reportsOf('down')).toMatchObject([
			{ reason: 'Binance gave no answer to the subscription within 15 s; connecting again.' },
		]);
		await clock.advance(2_000);
		expect(sockets.all).toHaveLength(2);
		await close();
	});

	it('replaces a connection that only pings', async () => {
		const { sockets, sink, tell, live, close } = await setUp();
		tell(1);
		await live(6 * 60_000);
		expect(sockets.all).toHaveLength(2);
		expect(sockets.all[0]?.isOver).toBe(true);
		expect(sink.reports).toEqual([]);
		await close();
	});

	it('splits what one connection may not carry, in messages the provider takes, at its pace', async () => {
		const symbols = Array.from({ length: 1_500 }, (_, n) => `A${n}/USDT`);
		const { sockets, clock, close } = await setUp({ symbols });
		await clock.advance(5_000);
		expect(sockets.all.map((socket) => subscribedBy(socket).length)).toEqual([1_024, 476]);
		expect(sockets.all.map(({ sent }) => sent.length)).toEqual([6, 3]);
		expect(new Set(sockets.all.flatMap(subscribedBy)).size).toBe(1_500);
		await close();
	});

	it('fetches what a slow workflow had no room for, instead of keeping it all in memory', async () => {
		let release = () => {};
		const slow = new CollectingSink();
		const accept = slow.accept.bind(slow);
		const held = new Promise<void>((resolve) => (release = resolve));
		slow.accept = async (events, cursor) => {
			await accept(events, cursor);
			await held;
		};
		const { sink, clock, tell, close } = await setUp({}, grantAll, slow);
		for (let id = 1; id <= 30_000; id += 1) tell(id);
		await clock.advance(1_000);
		expect(sink.events.length).toBeLessThan(1_000);
		release();
		await clock.advance(1_000);
		tell(30_001);
		for (let second = 0; second < 30; second += 1) await clock.advance(1_000);
		expect(idsOf(sink)).toEqual(Array.from({ length: 30_001 }, (_, index) => index + 1));
		await close();
	});

	it('says which trades are gone when there are too many to fetch', async () => {
		const { sink, sockets, clock, tell, close } = await setUp();
		tell(1);
		sockets.latest.end();
		tell(50_000, []);
		await clock.advance(1_005); // connected again; the first page is on its way
		tell(50_001);
		for (let second = 0; second < 60; second += 1) await clock.advance(1_000);
		const [missing] = sink.reportsOf('missing');
		expect(missing?.missing).toEqual([
			{ symbol: 'BTC/USDT', from: 1_002, to: 30_001, count: 28_999 },
		]);
		expect(missing?.reason).toMatch(
			/^28999 trades of BTC\/USDT are missing: more than 20000 aren't fetched\./,
		);
		expect(idsOf(sink)).toEqual([
			...Array.from({ length: 1_001 }, (_, index) => 1 + index),
			...Array.from({ length: 20_001 }, (_, index) => 30_001 + index),
		]);
		expect(
			sink.events
				.filter(({ quality }) => quality.includes('gapBefore'))
				.map(({ eventId }) => eventId.split('#')[1]),
		).toEqual(['30001']);
		await close();
	});
});
