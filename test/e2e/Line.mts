import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The way to a provider, on a port that stays the same: it can be down without the provider forgetting anything. */
export class Line {
	port = 0;

	private server: Server | undefined;

	private readonly sockets = new Set<Socket>();

	private readonly toPort: number;

	constructor(toPort: number) {
		this.toPort = toPort;
	}

	get host(): string {
		return `127.0.0.1:${this.port}`;
	}

	/** Connections that are open. */
	get open(): number {
		return this.sockets.size;
	}

	async up(): Promise<void> {
		const server = createServer((near) => {
			const far = connect(this.toPort, '127.0.0.1');
			this.sockets.add(near);
			near.on('close', () => {
				this.sockets.delete(near);
				far.destroy();
			});
			far.on('close', () => near.destroy());
			near.on('error', () => {});
			far.on('error', () => {});
			near.pipe(far).pipe(near);
		});
		await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
		this.port = (server.address() as AddressInfo).port;
		this.server = server;
	}

	/** Nobody answers any more. */
	async down(): Promise<void> {
		const closed = new Promise((resolve) => this.server?.close(resolve));
		for (const socket of this.sockets) socket.destroy();
		await closed;
	}
}
