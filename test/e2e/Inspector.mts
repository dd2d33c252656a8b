import { setTimeout as sleep } from 'node:timers/promises';

import { WebSocket } from 'ws';

type Answer = {
	readonly id?: number;
	readonly result?: { readonly result?: { readonly value?: unknown } };
	readonly error?: { readonly message: string };
};

/** Looks into a running Node process that was started with `--inspect`. */
export class Inspector {
	private asked = 0;

	private readonly waiting = new Map<number, (answer: Answer) => void>();

	private readonly socket: WebSocket;

	private constructor(socket: WebSocket) {
		this.socket = socket;
		socket.on('message', (data) => {
			const answer = JSON.parse(String(data)) as Answer;
			if (answer.id === undefined) return;
			this.waiting.get(answer.id)?.(answer);
			this.waiting.delete(answer.id);
		});
	}

	static async connect(port: number): Promise<Inspector> {
		const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
		const [target] = (await answer.json()) as Array<{ webSocketDebuggerUrl: string }>;
		if (target === undefined) throw new Error(`nothing to inspect on port ${port}`);
		const socket = new WebSocket(target.webSocketDebuggerUrl);
		await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
		return new Inspector(socket);
	}

	/** What an expression comes to in that process; a JSON value. */
	async evaluate(expression: string): Promise<unknown> {
		const { result } = await this.ask('Runtime.evaluate', { expression, returnByValue: true });
		return result?.result?.value;
	}

	/** Heap in use once everything nobody needs is collected, bytes. */
	async heapUsed(): Promise<number> {
		// What finalizers let go in the first is collected in the second.
		for (let times = 0; times < 2; times += 1) {
			await this.ask('HeapProfiler.collectGarbage', {});
			await sleep(500);
		}
		return Number(await this.evaluate('process.memoryUsage().heapUsed'));
	}

	close(): void {
		this.socket.close();
	}

	private async ask(method: string, params: object): Promise<Answer> {
		this.asked += 1;
		const id = this.asked;
		const answer = new Promise<Answer>((resolve) => this.waiting.set(id, resolve));
		this.socket.send(JSON.stringify({ id, method, params }));
		const given = await answer;
		if (given.error !== undefined) throw new Error(`${method}: ${given.error.message}`);
		return given;
	}
}
