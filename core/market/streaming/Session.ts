import type { Clock, Timer } from '../../ports';
import { ProviderFailure } from '../ProviderFailure';
import type { OpenConnection } from './KeptConnection';
import type { StreamProtocol } from './protocol';

/** An answer to a subscription may take that long. */
const ANSWER_WITHIN_MS = 15_000;

type Asked = {
	readonly kind: 'subscribe' | 'unsubscribe';
	readonly channels: readonly string[];
	readonly at: number;
};

/**
 * What was asked for on one open connection, and what was granted. Messages are spaced as the provider wants
 * it. A refused message is taken apart until the guilty channel stands alone; the others go on.
 */
export class Session {
	private readonly outgoing: Array<Omit<Asked, 'at'>> = [];

	private readonly asked = new Map<number, Asked>();

	private nextId = 1;

	private sending = false;

	private readonly ending = new AbortController();

	constructor(
		private readonly protocol: StreamProtocol,
		private readonly ports: { readonly clock: Clock; readonly timer: Timer },
		private readonly connection: OpenConnection,
		private readonly owner: {
			onGranted(channels: readonly string[]): void;
			onRefused(channel: string, reason: string): void;
			onAllGranted(): void;
		},
	) {}

	subscribe(channels: readonly string[]): void {
		this.ask('subscribe', channels);
	}

	unsubscribe(channels: readonly string[]): void {
		this.ask('unsubscribe', channels);
	}

	/** Without an id it's the oldest: answers come in the order of asking. */
	taken(id: number | undefined): void {
		const found = id ?? this.asked.keys().next().value;
		const asked = found === undefined ? undefined : this.asked.get(found);
		if (found === undefined || asked === undefined) return;
		this.asked.delete(found);
		if (asked.kind === 'subscribe') this.owner.onGranted(asked.channels);
		this.maybeReady();
	}

	/** Without an id it can only be the oldest. */
	refused(id: number | undefined, reason: string): void {
		const found = id ?? this.asked.keys().next().value;
		const asked = found === undefined ? undefined : this.asked.get(found);
		if (found === undefined || asked === undefined) return;
		this.asked.delete(found);
		const { kind, channels } = asked;
		const [first] = channels;
		if (kind === 'subscribe' && channels.length > 1) {
			const middle = Math.ceil(channels.length / 2);
			this.ask(kind, channels.slice(0, middle));
			this.ask(kind, channels.slice(middle));
		} else if (kind === 'subscribe' && first !== undefined) this.owner.onRefused(first, reason);
		this.maybeReady();
	}

	look(): void {
		const now = this.ports.clock.now();
		for (const { at } of this.asked.values()) {
			if (now - at <= ANSWER_WITHIN_MS) continue;
			this.connection.fail(
				new ProviderFailure(
					'transient',
					`gave no answer to the subscription within ${ANSWER_WITHIN_MS / 1_000} s; connecting again.`,
				),
			);
			return;
		}
	}

	end(): void {
		this.ending.abort();
	}

	private ask(kind: Asked['kind'], channels: readonly string[]): void {
		const { mostPerMessage } = this.protocol;
		for (let from = 0; from < channels.length; from += mostPerMessage) {
			this.outgoing.push({ kind, channels: channels.slice(from, from + mostPerMessage) });
		}
		if (!this.sending) void this.sendAll();
	}

	private async sendAll(): Promise<void> {
		this.sending = true;
		for (let next = this.outgoing.shift(); next !== undefined; next = this.outgoing.shift()) {
			const id = this.nextId;
			this.nextId += 1;
			this.asked.set(id, { ...next, at: this.ports.clock.now() });
			this.connection.send(this.protocol[next.kind](next.channels, id));
			await this.ports.timer.sleep(this.protocol.pauseMs, this.ending.signal);
			if (this.ending.signal.aborted) return;
		}
		this.sending = false;
		this.maybeReady();
	}

	private maybeReady(): void {
		if (!this.sending && this.asked.size === 0) this.owner.onAllGranted();
	}
}
