import { LoopbackProvider, type Answer } from './LoopbackProvider';

/** Somebody's JSON stream on loopback: sends as told, keeps what it heard, and fails in every way. */
export class JsonSocketServer extends LoopbackProvider {
	static async open(): Promise<JsonSocketServer> {
		const json = new JsonSocketServer();
		await json.listen();
		return json;
	}

	/** To everyone; a text goes as it is, bytes past the WebSocket layer. */
	send(frame: unknown): void {
		if (Buffer.isBuffer(frame)) this.raw(frame);
		else this.sendAll(typeof frame === 'string' ? frame : JSON.stringify(frame));
	}

	protected hear(): void {
		// What's said to it is kept, and nothing is answered.
	}

	protected bodyOf(): Answer {
		return { status: 404, body: '' };
	}
}
