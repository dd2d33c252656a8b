// What it costs to take a frame of a Binance-like and an Alpaca-like feed from the socket to a normalised event in the sink, beside bare ws + JSON.parse.
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(join(root, 'package.json'));
const { createAlpaca, createBinance, SharedConnections } = require('./dist/core/market');
const {
	systemClock,
	systemRandom,
	systemTimer,
	wsSocketFactory,
} = require('./dist/core/ports/system');
const { WebSocket } = require('ws');

const FRAMES = 100_000;
const ROUNDS = 7;
const SYMBOLS = 100;
/**
 * The other side, in a thread of its own. When all symbols are subscribed it writes ready-made bytes past its own
 * WebSocket layer: a server that frames one by one is slower than its clients, and would hide what they cost. Both
 * feeds have a trade in each frame, as the providers' documentation shows it.
 */
const SERVER = `
const { parentPort, workerData } = require('node:worker_threads');
const { createServer } = require('node:http');
const { WebSocketServer } = require(workerData.ws);
const { frames, symbols } = workerData;
const now = Date.now();
const iso = new Date(now).toISOString().slice(0, 19);
const feeds = {
	binance: {
		frame: (n, symbol, number) => ({ stream: 'a' + symbol + 'usdt@aggTrade', data: { e: 'aggTrade', E: now, s: 'A' + symbol + 'USDT', a: number, p: (50000 + n % 10).toFixed(8), q: '0.01500000', f: number, l: number, T: now, m: n % 2 === 0, M: true } }),
		greeting: undefined,
		hear: ({ params, id }) => ({ answer: { result: null, id }, wanted: params.length }),
	},
	alpaca: {
		frame: (n, symbol, number) => [{ T: 't', S: 'A' + symbol, i: number, x: 'V', p: 187 + n % 10 / 100, s: 100, c: ['@'], t: iso + '.' + String(n * 1000).padStart(9, '0') + 'Z', z: 'C' }],
		greeting: [{ T: 'success', msg: 'connected' }],
		hear: ({ action, trades = [] }) => action === 'auth' ? { answer: [{ T: 'success', msg: 'authenticated' }], wanted: 0 } : { answer: [{ T: 'subscription', trades, quotes: [], bars: [] }], wanted: trades.length },
	},
};
const feed = feeds[workerData.feed];
const server = createServer((request, response) => response.end('[]'));
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => {
	let wanted = 0;
	if (feed.greeting !== undefined) socket.send(JSON.stringify(feed.greeting));
	socket.on('message', (data) => {
		const heard = feed.hear(JSON.parse(data));
		wanted += heard.wanted;
		socket.send(JSON.stringify(heard.answer));
		if (heard.wanted > 0 && wanted === symbols) send(socket);
	});
});
async function send(socket) {
	const pieces = [];
	for (let n = 0; n < frames; n += 1) {
		const text = JSON.stringify(feed.frame(n, n % symbols, Math.floor(n / symbols) + 1));
		// An unmasked text frame, its length in two bytes, or in the first byte when it's short.
		pieces.push(Buffer.from(text.length < 126 ? [0x81, text.length] : [0x81, 126, text.length >> 8, text.length & 255]), Buffer.from(text));
	}
	const bytes = Buffer.concat(pieces);
	const raw = socket._socket;
	for (let from = 0; from < bytes.length; from += 262144) {
		if (!raw.write(bytes.subarray(from, from + 262144))) await new Promise((resolve) => raw.once('drain', resolve));
	}
}
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

const NUMBERS = Array.from({ length: SYMBOLS }, (_, n) => n);

/** How a bare client asks for the trades of a feed, and how ours does. */
const FEEDS = {
	binance: {
		path: '/stream',
		asks: [{ method: 'SUBSCRIBE', params: NUMBERS.map((n) => `a${n}usdt@aggTrade`), id: 1 }],
		isTrade: (frame: any) => frame.stream !== undefined,
		http: '[]',
		create: (port: number, settings: object, ports: object, start: object) =>
			createBinance(
				{
					...settings,
					symbols: NUMBERS.map((n) => `A${n}/USDT`),
					streamBaseUrl: `ws://127.0.0.1:${port}`,
					restBaseUrl: `http://127.0.0.1:${port}`,
					weightPerMinute: 6_000,
				},
				ports,
				start,
			),
	},
	alpaca: {
		path: '/v2/iex',
		asks: [
			{ action: 'auth', key: 'key', secret: 'secret' },
			{ action: 'subscribe', trades: NUMBERS.map((n) => `A${n}`) },
		],
		isTrade: (frame: any) => frame[0].T === 't',
		http: '{}',
		create: (port: number, settings: object, ports: object, start: object) =>
			createAlpaca(
				{
					...settings,
					symbols: NUMBERS.map((n) => `A${n}`),
					feed: 'iex',
					plan: 'plus',
					streamBaseUrl: `ws://127.0.0.1:${port}`,
					dataBaseUrl: `http://127.0.0.1:${port}`,
				},
				{
					...ports,
					account: { id: 'bench', read: async () => ({ keyId: 'key', secretKey: 'secret' }) },
				},
				start,
			),
	},
} as const;

type Feed = keyof typeof FEEDS;

/** From the first frame to the last. */
type Measured = { readonly ms: number; readonly frames: number };

async function bare(feed: Feed, port: number): Promise<Measured> {
	const { path, asks, isTrade } = FEEDS[feed];
	const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
	let frames = 0;
	let startedAt = 0;
	socket.on('open', () => {
		for (const ask of asks) socket.send(JSON.stringify(ask));
	});
	await new Promise<void>((settle) => {
		socket.on('message', (data: Buffer) => {
			const frame = JSON.parse(data.toString());
			if (!isTrade(frame)) return;
			if (frames === 0) startedAt = performance.now();
			frames += 1;
			if (frames === FRAMES) settle();
		});
	});
	const ms = performance.now() - startedAt;
	socket.close();
	return { ms, frames };
}

async function ours(feed: Feed, port: number): Promise<Measured> {
	const { create, http } = FEEDS[feed];
	const stop = new AbortController();
	let frames = 0;
	let startedAt = 0;
	let endedAt = 0;
	const sink = {
		accept: async (events: readonly unknown[]) => {
			if (frames === 0) startedAt = performance.now();
			frames += events.length;
			if (frames < FRAMES) return;
			endedAt = performance.now();
			stop.abort();
		},
		report: () => {},
	};
	const log = { debug() {}, info() {}, warn() {}, error() {} };
	await create(
		port,
		{
			receive: 'trades',
			interval: '1m',
			delivery: 'stream',
			pollEveryMs: 15_000,
			silentAfterMs: 300_000,
		},
		{
			clock: systemClock,
			timer: systemTimer,
			random: systemRandom,
			log,
			http: { request: async () => ({ status: 200, headers: {}, body: http }) },
			sockets: wsSocketFactory(),
			shared: new SharedConnections(),
		},
		{ cursor: undefined, play: 'bench' },
	).run(sink, stop.signal);
	return { ms: endedAt - startedAt, frames };
}

const median = (values: number[]): number =>
	values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const perSecond = (ms: number): number => Math.round((FRAMES / ms) * 1_000);

async function compare(feed: Feed) {
	const worker = new Worker(SERVER, {
		eval: true,
		workerData: { ws: require.resolve('ws'), feed, frames: FRAMES, symbols: SYMBOLS },
	});
	const port = await new Promise<number>((settle) => worker.once('message', settle));
	const pairs: Array<{ ours: number; bare: number }> = [];
	for (let round = 0; round < ROUNDS + 2; round += 1) {
		const one = await ours(feed, port);
		const other = await bare(feed, port);
		if (one.frames !== other.frames) {
			throw new Error(`${one.frames} events here, ${other.frames} frames there`);
		}
		if (round >= 2) pairs.push({ ours: one.ms, bare: other.ms });
	}
	await worker.terminate();
	return {
		framesPerSecond: perSecond(median(pairs.map((pair) => pair.ours))),
		bareFramesPerSecond: perSecond(median(pairs.map((pair) => pair.bare))),
		vsBare: Number(median(pairs.map((pair) => pair.bare / pair.ours)).toFixed(2)),
	};
}

const binance = await compare('binance');
const alpaca = await compare('alpaca');
const result = {
	bench: 'ingest',
	node: process.version,
	cpu: cpus()[0]?.model ?? 'unknown',
	frames: FRAMES,
	symbols: SYMBOLS,
	rounds: ROUNDS,
	framesPerSecond: binance.framesPerSecond,
	bareFramesPerSecond: binance.bareFramesPerSecond,
	binanceVsBare: binance.vsBare,
	alpacaFramesPerSecond: alpaca.framesPerSecond,
	alpacaBareFramesPerSecond: alpaca.bareFramesPerSecond,
	alpacaVsBare: alpaca.vsBare,
};
for (const [name, of] of Object.entries({ binance, alpaca })) {
	console.log(
		`${name}: ${of.framesPerSecond} frames a second to events here, ${of.bareFramesPerSecond} by bare ws + JSON.parse`,
	);
}
console.log(JSON.stringify(result));
