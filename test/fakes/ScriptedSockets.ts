import type {
	Socket,
	SocketEnd,
	SocketFactory,
	SocketListener,
	SocketRequest,
} from '../../core/ports';

/** A socket whose other side the test plays. */
export class ScriptedSocket implements Socket {
	readonly sent: string[] = [];

	isOver = false;

	/** Told at each frame of ours. */
	onSent: (text: string) => void = () => {};

	constructor(
		readonly request: SocketRequest,
		private readonly listener: SocketListener,
	) {}

	send(text: string): void {
		if (this.isOver) return;
		this.sent.push(text);
		this.onSent(text);
	}

	/** Pings it got. */
	pings = 0;

	ping(): void {
		this.pings += 1;
	}

	close(): void {
		this.end({ reason: 'closed', code: 1000, text: '' });
	}

	/** The handshake is done. */
	accept(): void {
		if (!this.isOver) this.listener.onOpen();
	}

	frame(frame: unknown): void {
		if (!this.isOver) {
			this.listener.onFrame(typeof frame === 'string' ? frame : JSON.stringify(frame));
		}
	}

	pulse(): void {
		if (!this.isOver) this.listener.onPulse();
	}

	end(end: SocketEnd = { reason: 'closed', code: 1006, text: '' }): void {
		if (this.isOver) return;
		this.isOver = true;
		this.listener.onEnd(end);
	}
}

/** Hands out scripted sockets, the latest at the end. */
export class ScriptedSockets implements SocketFactory {
	readonly all: ScriptedSocket[] = [];

	constructor(private readonly onOpen: (socket: ScriptedSocket) => void = () => {}) {}

	open(request: SocketRequest, listener: SocketListener): Socket {
		const socket = new ScriptedSocket(request, listener);
		this.all.push(socket);
		queueMicrotask(() => this.onOpen(socket));
		return socket;
	}

	get latest(): ScriptedSocket {
		const latest = this.all.at(-1);
		if (latest === undefined) throw new Error('No socket was opened.');
		return latest;
	}

	/** Lets go of those that are over. */
	forgetEnded(): void {
		this.all.splice(0, this.all.length, ...this.stillOpen);
	}

	get stillOpen(): ScriptedSocket[] {
		return this.all.filter(({ isOver }) => !isOver);
	}
}

/** Grants every subscription, as Binance does. */
export function grantAll(socket: ScriptedSocket): void {
	socket.onSent = (text) => {
		const { id } = JSON.parse(text) as { id: number };
		queueMicrotask(() => socket.frame({ result: null, id }));
	};
	socket.accept();
}
