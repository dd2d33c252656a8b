import type {
	Clock,
	EpochMs,
	Random,
	Socket,
	SocketEnd,
	SocketFactory,
	SocketRequest,
	Timer,
} from '../../ports';
import { epochMs } from '../../ports';
import { exponentialBackoff, type Backoff, type BackoffSettings } from '../../resilience';
import { ProviderFailure, waitAfter } from '../ProviderFailure';

export type ConnectionPolicy = {
	readonly backoff: BackoffSettings;
	/** The back-off begins anew only after data has come for that long; a handshake proves nothing. */
	readonly usefulAfterMs: number;
	readonly openWithinMs: number;
	/** Without a frame or ping for that long it's dead. */
	readonly deadAfterMs: number;
	/** Pings, but no frame for that long: it's replaced. */
	readonly muteAfterMs: number;
	/** It's replaced before the provider cuts it. */
	readonly renewAfterMs: number;
	/**
	 * The provider takes one connection only: it's closed before another is opened, and what comes in between is
	 * fetched.
	 */
	readonly onlyOne?: boolean;
	/** It gives no sign of life by itself: it's asked for one at each look. */
	readonly pings?: boolean;
	/** How often all of this is looked at. */
	readonly lookEveryMs: number;
};

export type ConnectionPorts = {
	readonly sockets: SocketFactory;
	readonly clock: Clock;
	readonly timer: Timer;
	readonly random: Random;
};

/** One connection as its owner sees it. */
export interface OpenConnection {
	send(text: string): void;
	/** Everything wanted has been asked for and granted; the connection it replaces is closed now. */
	ready(): void;
	/** Data came. */
	sawData(): void;
	fail(failure: ProviderFailure): void;
}

export interface ConnectionOwner {
	onOpen(connection: OpenConnection): void;
	onFrame(text: string, connection: OpenConnection): void;
	/** It's gone; when it was the only one, `nextAttemptAt` says what happens. */
	onGone(connection: OpenConnection): void;
	onLost(failure: ProviderFailure, nextAttemptAt: EpochMs): void;
	/** At each look. */
	onLook(): void;
}

/**
 * One connection that is always there: made again when it's lost, replaced before it's cut. Its successor is
 * opened first and takes over when it is ready, so that nothing is missed in between.
 *
 *     connecting → open → ready → lost → (wait) → connecting …
 *                          └ renewing: another one connecting → open → ready; this one is closed
 */
export class KeptConnection {
	private current: Attempt | undefined;

	private successor: Attempt | undefined;

	private backoff: Backoff;

	private renewNotBefore = 0;

	private readonly closing = new AbortController();

	constructor(
		/** The address, asked for anew at each attempt: it may hold a key that was changed. */
		private readonly address: () => string | Promise<string>,
		private readonly settings: {
			readonly policy: ConnectionPolicy;
			readonly headers?: () => Readonly<Record<string, string>>;
			readonly maxFrameBytes: number;
			readonly toFailure: (end: SocketEnd, now: number) => ProviderFailure;
		},
		private readonly ports: ConnectionPorts,
		private readonly owner: ConnectionOwner,
	) {
		this.backoff = this.firstBackoff();
	}

	open(): void {
		this.current = this.connect();
		void this.keepLooking();
	}

	close(): void {
		this.closing.abort();
		this.current?.close();
		this.successor?.close();
	}

	/** Opens another connection in place of this one, unless that's under way. */
	renew(): void {
		const now = this.ports.clock.now();
		if (this.current === undefined || this.successor !== undefined || now < this.renewNotBefore) {
			return;
		}
		this.renewNotBefore = now + this.settings.policy.openWithinMs * 2;
		if (this.settings.policy.onlyOne) {
			void this.replace(this.current);
			return;
		}
		this.successor = this.connect();
	}

	get isRenewing(): boolean {
		return this.successor !== undefined;
	}

	private connect(): Attempt {
		const attempt = new Attempt(this.ports.clock, {
			onOpen: () => this.owner.onOpen(attempt),
			onFrame: (text) => this.owner.onFrame(text, attempt),
			onReady: () => this.takeOver(attempt),
			onEnd: (end) => this.gone(attempt, end),
		});
		const begin = (url: string) =>
			attempt.begin(this.ports.sockets, {
				url,
				...(this.settings.headers === undefined ? {} : { headers: this.settings.headers() }),
				maxFrameBytes: this.settings.maxFrameBytes,
			});
		const address = this.address();
		if (typeof address === 'string') begin(address);
		else address.then(begin, (error: unknown) => attempt.fail(noAddress(error)));
		return attempt;
	}

	/** The other side needs a moment to notice that the old one is gone. */
	private async replace(old: Attempt): Promise<void> {
		this.current = undefined;
		old.close();
		this.owner.onGone(old);
		await this.ports.timer.sleep(HANDOVER_MS, this.closing.signal);
		if (!this.closing.signal.aborted) this.current = this.connect();
	}

	private takeOver(attempt: Attempt): void {
		if (attempt !== this.successor) return;
		const old = this.current;
		this.current = attempt;
		this.successor = undefined;
		old?.close();
		if (old !== undefined) this.owner.onGone(old);
	}

	private gone(attempt: Attempt, end: SocketEnd | ProviderFailure): void {
		if (this.closing.signal.aborted) return;
		if (attempt === this.successor) {
			this.successor = undefined;
			this.owner.onGone(attempt);
			return;
		}
		if (attempt !== this.current) return; // closed by us
		this.owner.onGone(attempt);
		this.current = this.successor;
		this.successor = undefined;
		if (this.current === undefined) void this.comeBack(attempt, end);
	}

	private async comeBack(lost: Attempt, end: SocketEnd | ProviderFailure): Promise<void> {
		const now = this.ports.clock.now();
		const failure = end instanceof ProviderFailure ? end : this.settings.toFailure(end, now);
		const usefulMs = lost.dataSince === undefined ? 0 : now - lost.dataSince;
		if (usefulMs >= this.settings.policy.usefulAfterMs) this.backoff = this.firstBackoff();
		const wait = waitAfter(failure, this.backoff);
		this.backoff = this.backoff.next();
		this.owner.onLost(failure, epochMs(now + wait));
		await this.ports.timer.sleep(wait, this.closing.signal);
		if (!this.closing.signal.aborted) this.current = this.connect();
	}

	private async keepLooking(): Promise<void> {
		const { signal } = this.closing;
		for (;;) {
			await this.ports.timer.sleep(this.settings.policy.lookEveryMs, signal);
			if (signal.aborted) return;
			this.look();
			this.owner.onLook();
		}
	}

	private look(): void {
		const { policy } = this.settings;
		const now = this.ports.clock.now();
		for (const attempt of [this.current, this.successor]) {
			if (attempt === undefined) continue;
			if (policy.pings) attempt.ping();
			if (attempt.openedAt === undefined) {
				if (now - attempt.startedAt > policy.openWithinMs) {
					attempt.fail(
						transient(`gave no connection within ${policy.openWithinMs / 1_000} s; trying again.`),
					);
				}
			} else if (now - attempt.lifeAt > policy.deadAfterMs) {
				attempt.fail(
					transient(
						`gave no sign of life for ${Math.round((now - attempt.lifeAt) / 1_000)} s; connecting again.`,
					),
				);
			}
		}
		const current = this.current;
		if (current?.openedAt === undefined) return;
		const isOld = now - current.openedAt > policy.renewAfterMs;
		if (isOld || now - current.frameAt > policy.muteAfterMs) this.renew();
	}

	private firstBackoff = (): Backoff =>
		exponentialBackoff(this.settings.policy.backoff, this.ports.random);
}

const HANDOVER_MS = 2_000;

const noAddress = (error: unknown): ProviderFailure =>
	error instanceof ProviderFailure
		? error
		: new ProviderFailure('auth', "isn't asked: its credential can't be read.", undefined, {
				cause: error,
			});

const transient = (reason: string): ProviderFailure => new ProviderFailure('transient', reason);

/** One try at a connection, from the first byte to its end. */
class Attempt implements OpenConnection {
	readonly startedAt: EpochMs;

	openedAt: EpochMs | undefined;

	lifeAt: EpochMs;

	frameAt: EpochMs;

	dataSince: EpochMs | undefined;

	private socket: Socket | undefined;

	private ended = false;

	constructor(
		private readonly clock: Clock,
		private readonly listener: {
			onOpen(): void;
			onFrame(text: string): void;
			onReady(): void;
			onEnd(end: SocketEnd | ProviderFailure): void;
		},
	) {
		this.startedAt = this.lifeAt = this.frameAt = clock.now();
	}

	begin(sockets: SocketFactory, request: SocketRequest): void {
		if (this.ended) return;
		this.socket = sockets.open(request, {
			onOpen: () => {
				if (this.ended) return;
				this.openedAt = this.lifeAt = this.frameAt = this.clock.now();
				this.listener.onOpen();
			},
			onFrame: (text) => {
				if (this.ended) return;
				this.lifeAt = this.frameAt = this.clock.now();
				this.listener.onFrame(text);
			},
			onPulse: () => (this.lifeAt = this.clock.now()),
			onEnd: (end) => this.finish(end),
		});
	}

	send(text: string): void {
		this.socket?.send(text);
	}

	ping(): void {
		this.socket?.ping();
	}

	ready(): void {
		if (!this.ended) this.listener.onReady();
	}

	sawData(): void {
		this.dataSince ??= this.clock.now();
	}

	fail(failure: ProviderFailure): void {
		if (this.ended) return;
		this.close();
		this.listener.onEnd(failure);
	}

	/** By our own will: nobody is told. */
	close(): void {
		this.ended = true;
		this.socket?.close();
	}

	private finish(end: SocketEnd | ProviderFailure): void {
		if (this.ended) return;
		this.ended = true;
		this.listener.onEnd(end);
	}
}
