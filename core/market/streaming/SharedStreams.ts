import type { ConnectionPolicy, ConnectionPorts } from './KeptConnection';
import type { StreamProtocol } from './protocol';
import { SharedSocket, type StreamListener } from './SharedSocket';

export type StreamEndpoint = {
	/** Endpoint and credential; who names the same shares the sockets. Not shown anywhere. */
	readonly key: string;
	/** Asked for anew at each connection: it may hold a key that was changed. @throws ProviderFailure */
	readonly address: () => string | Promise<string>;
	/** Sent with the handshake. */
	readonly headers?: () => Readonly<Record<string, string>>;
	/**
	 * What logs a connection in, for a provider that wants it; asked for anew at each one, since a key may have
	 * been changed. @throws ProviderFailure
	 */
	readonly login?: () => Promise<string>;
	readonly protocol: StreamProtocol;
	readonly policy: ConnectionPolicy;
};

/**
 * The streams of a process: one socket per endpoint and credential, shared by all that listen, and another
 * one only when the provider's limit of channels is reached. The last listener to leave closes it.
 */
export class SharedStreams {
	private readonly sockets = new Map<string, SharedSocket[]>();

	private opened = 0;

	/** @returns how to leave */
	listen(
		endpoint: StreamEndpoint,
		channels: readonly string[],
		ports: ConnectionPorts,
		listener: StreamListener,
	): () => void {
		const { key, protocol } = endpoint;
		const sockets = this.sockets.get(key) ?? [];
		this.sockets.set(key, sockets);
		let rest = [...new Set(channels)];
		for (const socket of sockets) {
			const carried = rest.filter((channel) => socket.has(channel));
			const room = protocol.mostChannels - socket.channels;
			const added = rest.filter((channel) => !socket.has(channel)).slice(0, Math.max(room, 0));
			const here = new Set([...carried, ...added]);
			rest = rest.filter((channel) => !here.has(channel));
			if (here.size > 0) socket.add([...here], listener);
		}
		while (rest.length > 0) {
			const socket = new SharedSocket(`socket ${(this.opened += 1)}`, endpoint, ports);
			sockets.push(socket);
			socket.add(rest.splice(0, protocol.mostChannels), listener);
		}
		return () => this.leave(key, listener);
	}

	/** Sockets that are kept open. */
	get open(): number {
		return [...this.sockets.values()].reduce((sum, sockets) => sum + sockets.length, 0);
	}

	private leave(key: string, listener: StreamListener): void {
		const left = (this.sockets.get(key) ?? []).filter((socket) => !socket.remove(listener));
		if (left.length === 0) this.sockets.delete(key);
		else this.sockets.set(key, left);
	}
}
