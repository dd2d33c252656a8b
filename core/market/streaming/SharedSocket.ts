import type { EpochMs } from '../../ports';
import { ProviderFailure } from '../ProviderFailure';
import {
	KeptConnection,
	type ConnectionOwner,
	type ConnectionPorts,
	type OpenConnection,
} from './KeptConnection';
import type { StreamMessage, StreamProtocol } from './protocol';
import { Session } from './Session';
import type { StreamEndpoint } from './SharedStreams';

/** Who wants to hear of some channels. All calls are synchronous and must not throw. */
export interface StreamListener {
	onData(channel: string, data: unknown): void;
	/** Granted, at first or again after an interruption: what was missed can be fetched now. */
	onSubscribed(channels: readonly string[]): void;
	/** Nothing comes through this socket, and why; told at each failed attempt. */
	onLost(socket: string, channels: readonly string[], loss: Loss): void;
	/** Data comes again. */
	onBack(socket: string): void;
	/** The provider doesn't take this channel. */
	onRefused(channel: string, reason: string): void;
	/** For a while each event may come twice: the connection is being replaced. */
	onRenewing(): void;
	/** So many messages were lost on the way, of whichever channels. */
	onSkipped(channels: readonly string[], count: number): void;
	onUnreadable(reason: string): void;
}

export type Loss = { readonly failure: ProviderFailure; readonly nextAttemptAt: EpochMs };

/** Subscribed that long without data and without being lost counts as back, too. */
const STEADY_MS = 30_000;
const LOGIN_WITHIN_MS = 15_000;

/** One socket and the channels it carries, for any number of listeners. */
export class SharedSocket implements ConnectionOwner {
	private readonly listeners = new Map<string, Set<StreamListener>>();

	private readonly sessions = new Map<OpenConnection, Session>();

	/** Connections that wait to be logged in, and since when. */
	private readonly loggingIn = new Map<OpenConnection, EpochMs>();

	private readonly protocol: StreamProtocol;

	private readonly connection: KeptConnection;

	private beatAt = 0;

	private lost: Loss | undefined;

	private grantedAt: EpochMs | undefined;

	constructor(
		/** Tells it from the others. */
		private readonly name: string,
		private readonly endpoint: StreamEndpoint,
		private readonly ports: ConnectionPorts,
	) {
		const { address, headers, protocol, policy } = endpoint;
		this.protocol = protocol;
		this.connection = new KeptConnection(
			address,
			{
				policy,
				...(headers === undefined ? {} : { headers }),
				maxFrameBytes: protocol.maxFrameBytes,
				toFailure: (end, now) => protocol.toFailure(end, now),
			},
			ports,
			this,
		);
		this.connection.open();
	}

	get channels(): number {
		return this.listeners.size;
	}

	has(channel: string): boolean {
		return this.listeners.has(channel);
	}

	add(channels: readonly string[], listener: StreamListener): void {
		const fresh: string[] = [];
		const known: string[] = [];
		for (const channel of channels) {
			const found = this.listeners.get(channel);
			if (found === undefined) {
				this.listeners.set(channel, new Set([listener]));
				fresh.push(channel);
			} else {
				found.add(listener);
				known.push(channel);
			}
		}
		for (const session of this.sessions.values()) session.subscribe(fresh);
		if (this.lost !== undefined) {
			listener.onLost(this.name, channels, this.lost);
		} else if (known.length > 0 && this.grantedAt !== undefined) listener.onSubscribed(known);
	}

	/** @returns whether nobody is left */
	remove(listener: StreamListener): boolean {
		const unheard: string[] = [];
		for (const [channel, listeners] of this.listeners) {
			listeners.delete(listener);
			if (listeners.size === 0) unheard.push(channel);
		}
		for (const channel of unheard) this.listeners.delete(channel);
		if (this.listeners.size === 0) {
			for (const session of this.sessions.values()) session.end();
			this.connection.close();
			return true;
		}
		for (const session of this.sessions.values()) session.unsubscribe(unheard);
		return false;
	}

	onOpen(connection: OpenConnection): void {
		if (this.connection.isRenewing) this.tellAll((listener) => listener.onRenewing());
		if (this.endpoint.login === undefined) this.begin(connection);
		else void this.logIn(connection, this.endpoint.login);
	}

	private async logIn(connection: OpenConnection, login: () => Promise<string>): Promise<void> {
		this.loggingIn.set(connection, this.ports.clock.now());
		try {
			connection.send(await login());
		} catch (error) {
			connection.fail(
				error instanceof ProviderFailure
					? error
					: new ProviderFailure(
							'auth',
							"can't be logged in to: the credential can't be read.",
							undefined,
							{
								cause: error,
							},
						),
			);
		}
	}

	private begin(connection: OpenConnection): void {
		const session = new Session(this.protocol, this.ports, connection, {
			onGranted: (channels) => this.granted(channels),
			onRefused: (channel, reason) => this.refused(channel, reason),
			onAllGranted: () => connection.ready(),
		});
		this.sessions.set(connection, session);
		const subscribe = () => session.subscribe([...this.listeners.keys()]);
		const { opening = [] } = this.protocol;
		if (opening.length === 0) subscribe();
		else {
			void session.greet(opening).then(() => {
				if (this.sessions.get(connection) === session) subscribe();
			});
		}
	}

	onFrame(text: string, connection: OpenConnection): void {
		const parsed = this.protocol.parse(text);
		if (!isSeveral(parsed)) this.hear(parsed, connection);
		else for (const message of parsed) this.hear(message, connection);
	}

	private hear(message: StreamMessage, connection: OpenConnection): void {
		switch (message.kind) {
			case 'data': {
				connection.sawData();
				if (this.lost !== undefined) this.back();
				const listeners = this.listeners.get(message.channel);
				if (listeners === undefined) return; // unsubscribed a moment ago
				for (const listener of listeners) listener.onData(message.channel, message.data);
				return;
			}
			case 'taken':
				this.sessions.get(connection)?.taken(message.id);
				return;
			case 'granted':
				this.sessions.get(connection)?.granted(message.channels);
				return;
			case 'refused': {
				const { id, reason, isAbout } = message;
				if (this.sessions.get(connection)?.refused(id, reason, isAbout) === false) {
					this.tellAll((listener) => listener.onUnreadable(`an error: ${reason}`));
				}
				return;
			}
			case 'numbered':
				this.count(message.sequence, connection);
				return;
			case 'welcome':
				if (this.loggingIn.delete(connection)) this.begin(connection);
				return;
			case 'failed':
				connection.fail(message.failure);
				return;
			case 'aside':
				return;
			case 'leaving':
				this.connection.renew();
				return;
			case 'unreadable':
				this.tellAll((listener) => listener.onUnreadable(message.reason));
		}
	}

	onGone(connection: OpenConnection): void {
		this.sessions.get(connection)?.end();
		this.sessions.delete(connection);
		this.loggingIn.delete(connection);
	}

	onLost(failure: ProviderFailure, nextAttemptAt: EpochMs): void {
		this.lost = { failure, nextAttemptAt };
		this.grantedAt = undefined;
		for (const [listener, channels] of this.byListener()) {
			listener.onLost(this.name, channels, this.lost);
		}
	}

	onLook(): void {
		for (const session of this.sessions.values()) session.look();
		for (const [connection, since] of this.loggingIn) {
			if (this.ports.clock.now() - since > LOGIN_WITHIN_MS) connection.fail(noLogin());
		}
		this.beat();
		const steadyFor = this.ports.clock.now() - (this.grantedAt ?? this.ports.clock.now());
		if (this.lost !== undefined && steadyFor > STEADY_MS) this.back();
	}

	private count(sequence: number, connection: OpenConnection): void {
		const lost = this.sessions.get(connection)?.lostBefore(sequence) ?? 0;
		// While it's being replaced, the other connection has what this one lost.
		if (lost === 0 || this.connection.isRenewing) return;
		for (const [listener, channels] of this.byListener()) listener.onSkipped(channels, lost);
	}

	private beat(): void {
		const { heartbeat } = this.protocol;
		const now = this.ports.clock.now();
		if (heartbeat === undefined || now - this.beatAt < heartbeat.everyMs) return;
		this.beatAt = now;
		for (const connection of this.sessions.keys()) connection.send(heartbeat.text);
	}

	private granted(channels: readonly string[]): void {
		this.grantedAt ??= this.ports.clock.now();
		// A successor's are granted while the old connection still brings them: nothing was missed.
		if (this.connection.isRenewing) return;
		for (const [listener, own] of this.byListener(channels)) listener.onSubscribed(own);
	}

	private refused(channel: string, reason: string): void {
		for (const listener of this.listeners.get(channel) ?? []) listener.onRefused(channel, reason);
		this.listeners.delete(channel);
	}

	private back(): void {
		this.lost = undefined;
		this.tellAll((listener) => listener.onBack(this.name));
	}

	private byListener(
		channels: Iterable<string> = this.listeners.keys(),
	): Map<StreamListener, string[]> {
		const found = new Map<StreamListener, string[]>();
		for (const channel of channels) {
			for (const listener of this.listeners.get(channel) ?? []) {
				const own = found.get(listener) ?? [];
				own.push(channel);
				found.set(listener, own);
			}
		}
		return found;
	}

	private tellAll(tell: (listener: StreamListener) => void): void {
		for (const listener of this.byListener().keys()) tell(listener);
	}
}

const isSeveral = (
	parsed: StreamMessage | readonly StreamMessage[],
): parsed is readonly StreamMessage[] => Array.isArray(parsed);

const noLogin = (): ProviderFailure =>
	new ProviderFailure(
		'transient',
		`gave no answer to the login within ${LOGIN_WITHIN_MS / 1_000} s; connecting again.`,
	);
