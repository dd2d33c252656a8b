// What it costs to take a frame of a Binance-like feed from the socket to a normalised event in the sink, beside bare ws + JSON.parse.
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(join(root, 'package.json'));
const { createBinance, SharedConnections } = require('./dist/core/market');
const {
	systemClock,
	systemRandom,
	systemTimer,
	wsSocketFactory,
} = require('./dist/core/ports/system');
const { WebSocket } = require('ws');

const FRAMES = 200_000;
const ROUNDS = 7;
const SYMBOLS = 100;
const STREAMS = Array.from({ length: SYMBOLS }, (_, n) => `a${n}usdt@aggTrade`);

/**
 * The other side, in a thread of its own. When all streams are subscribed it writes ready-made bytes past its own
 * WebSocket layer: a server that frames one by one is slower than its clients, and would hide what they cost.
 */
const SERVER = `
const { parentPort, workerData } = require('node:worker_threads');
const { createServer } = require('node:http');
const { WebSocketServer } = require(workerData.ws);
const server = createServer((request, response) => response.end('[]'));
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => {
	let wanted = 0;
	socket.on('message', (data) => {
		const { params, id } = JSON.parse(data);
		wanted += params.length;
		socket.send(JSON.stringify({ result: null, id }));
		if (wanted === workerData.streams.length) send(socket);
	});
});
async function send(socket) {
	const numbers = workerData.streams.map(() => 0);
	const E = Date.now();
	const pieces = [];
	for (let frame = 0; frame < workerData.frames; frame += 1) {
		const at = frame % workerData.streams.length;
		const stream = workerData.streams[at];
		const a = (numbers[at] += 1);
		const text = JSON.stringify({ stream, data: { e: 'aggTrade', E, s: stream.slice(0, -9).toUpperCase(), a, p: (50000 + frame % 10).toFixed(8), q: '0.01500000', f: a, l: a, T: E, m: frame % 2 === 0, M: true } });
		// An unmasked text frame, its length in two bytes.
		pieces.push(Buffer.from([0x81, 126, text.length >> 8, text.length & 255]), Buffer.from(text));
	}
	const bytes = Buffer.concat(pieces);
	const raw = socket._socket;
	for (let from = 0; from < bytes.length; from += 262144) {
		if (!raw.write(bytes.subarray(from, from + 262144))) await new Promise((resolve) => raw.once('drain', resolve));
	}
}
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;
const worker = new Worker(SERVER, {
	eval: true,
	workerData: { ws: require.resolve('ws'), streams: STREAMS, frames: FRAMES },
});
const port = await new Promise<number>((settle) => worker.once('message', settle));

/** From the first frame to the last. */
type Measured = { readonly ms: number; readonly frames: number };

async function bare(): Promise<Measured> {
	const socket = new WebSocket(`ws://127.0.0.1:${port}/stream`);
	let frames = 0;
	let startedAt = 0;
	socket.on('open', () =>
		socket.send(JSON.stringify({ method: 'SUBSCRIBE', params: STREAMS, id: 1 })),
	);
	await new Promise<void>((settle) => {
		socket.on('message', (data: Buffer) => {
			const frame = JSON.parse(data.toString());
			if (frame.stream === undefined) return;
			if (frames === 0) startedAt = performance.now();
			frames += 1;
			if (frames === FRAMES) settle();
		});
	});
	const ms = performance.now() - startedAt;
	socket.close();
	return { ms, frames };
}

async function ours(): Promise<Measured> {
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
	await createBinance(
		{
			symbols: Array.from({ length: SYMBOLS }, (_, n) => `A${n}/USDT`),
			receive: 'trades',
			interval: '1m',
			delivery: 'stream',
			pollEveryMs: 15_000,
			silentAfterMs: 300_000,
			streamBaseUrl: `ws://127.0.0.1:${port}`,
			restBaseUrl: `http://127.0.0.1:${port}`,
			weightPerMinute: 6_000,
		},
		{
			clock: systemClock,
			timer: systemTimer,
			random: systemRandom,
			log,
			http: { request: async () => ({ status: 200, headers: {}, body: '[]' }) },
			sockets: wsSocketFactory(),
			shared: new SharedConnections(),
		},
		{ cursor: undefined, play: 'bench' },
	).run(sink, stop.signal);
	return { ms: endedAt - startedAt, frames };
}

const median = (values: number[]): number =>
	values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const pairs: Array<{ ours: number; bare: number }> = [];
for (let round = 0; round < ROUNDS + 2; round += 1) {
	const one = await ours();
	const other = await bare();
	if (one.frames !== other.frames)
		throw new Error(`${one.frames} events here, ${other.frames} frames there`);
	if (round >= 2) pairs.push({ ours: one.ms, bare: other.ms });
}
await worker.terminate();
const perSecond = (ms: number): number => Math.round((FRAMES / ms) * 1_000);
const result = {
	bench: 'ingest',
	node: process.version,
	cpu: cpus()[0]?.model ?? 'unknown',
	frames: FRAMES,
	symbols: SYMBOLS,
	rounds: ROUNDS,
	framesPerSecond: perSecond(median(pairs.map((pair) => pair.ours))),
	bareFramesPerSecond: perSecond(median(pairs.map((pair) => pair.bare))),
	binanceVsBare: Number(median(pairs.map((pair) => pair.bare / pair.ours)).toFixed(2)),
};
console.log(
	`${result.framesPerSecond} frames a second to events here, ${result.bareFramesPerSecond} by bare ws + JSON.parse`,
);
console.log(JSON.stringify(result));
