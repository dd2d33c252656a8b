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
	/** Some of its channels were granted: a refusal without an id isn't its own. */
	readonly isAnswered?: true;
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

	/** Channels that were asked for and count as granted until they're refused. */
	private readonly trusted: string[] = [];

	private answeredAt = 0;

	private sequence: number | undefined;

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

	/** What the provider wants to hear first; one message after the other. */
	async greet(texts: readonly string[]): Promise<void> {
		for (const text of texts) {
			this.connection.send(text);
			await this.ports.timer.sleep(this.protocol.pauseMs, this.ending.signal);
			if (this.ending.signal.aborted) return;
		}
	}

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

	/** What is named that nobody waits for is known already. */
	granted(channels: readonly string[]): void {
		const named = new Set(channels);
		this.answeredAt = this.ports.clock.now();
		for (const id of [...this.asked.keys()]) {
			const granted = this.settle(id, (channel) => named.has(channel));
			if (granted.length > 0) this.owner.onGranted(granted);
		}
		this.maybeReady();
	}

	/**
	 * Without an id it can only be the oldest without an answer.
	 * @returns whether it was an answer to something
	 */
	refused(id: number | undefined, reason: string, isAbout?: (channel: string) => boolean): boolean {
		if (this.protocol.takesInSilence) return this.refuseTrusted(reason, isAbout);
		const found = id ?? this.oldestWithoutAnswer();
		const asked = found === undefined ? undefined : this.asked.get(found);
		if (found === undefined || asked === undefined) return false;
		if (isAbout !== undefined) {
			for (const channel of this.settle(found, isAbout)) this.owner.onRefused(channel, reason);
			this.maybeReady();
			return true;
		}
		this.asked.delete(found);
		const { kind, channels } = asked;
		const [first] = channels;
		if (kind === 'subscribe' && channels.length > 1) {
			const middle = Math.ceil(channels.length / 2);
			this.ask(kind, channels.slice(0, middle));
			this.ask(kind, channels.slice(middle));
		} else if (kind === 'subscribe' && first !== undefined) this.owner.onRefused(first, reason);
		this.maybeReady();
		return true;
	}

	private refuseTrusted(
		reason: string,
		isAbout: (channel: string) => boolean = () => true,
	): boolean {
		const at = this.trusted.findLastIndex(isAbout);
		const [channel] = at < 0 ? [] : this.trusted.splice(at, 1);
		if (channel !== undefined) this.owner.onRefused(channel, reason);
		return channel !== undefined;
	}

	/** Nothing is answered to what's taken. */
	private trust({ kind, channels }: Omit<Asked, 'at'>): void {
		if (kind === 'subscribe') {
			this.trusted.push(...channels);
			this.owner.onGranted(channels);
			return;
		}
		for (const channel of channels) {
			const at = this.trusted.indexOf(channel);
			if (at >= 0) this.trusted.splice(at, 1);
		}
	}

	/** @returns how many messages were lost before this one */
	lostBefore(sequence: number): number {
		const lost = this.sequence === undefined ? 0 : Math.max(sequence - this.sequence - 1, 0);
		this.sequence = sequence;
		return lost;
	}

	private oldestWithoutAnswer(): number | undefined {
		return [...this.asked].find(([, { isAnswered }]) => !isAnswered)?.[0];
	}

	/** Takes the answered channels off what's waited for. */
	private settle(id: number, isAnswered: (channel: string) => boolean): string[] {
		const asked = this.asked.get(id);
		if (asked === undefined) return [];
		const answered = asked.channels.filter(isAnswered);
		if (answered.length === 0) return [];
		const rest = asked.channels.filter((channel) => !answered.includes(channel));
		if (rest.length === 0) this.asked.delete(id);
		else this.asked.set(id, { ...asked, channels: rest, isAnswered: true });
		return answered;
	}

	look(): void {
		const now = this.ports.clock.now();
		const { answersByChannel } = this.protocol;
		for (const [id, { at, isAnswered }] of [...this.asked]) {
			if (now - at <= ANSWER_WITHIN_MS) continue;
			if (isAnswered || (answersByChannel && this.answeredAt > at)) {
				// It answers, only not about these: whether they exist is found out elsewhere.
				this.asked.delete(id);
				this.maybeReady();
				continue;
			}
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
		const { mostPerMessage, groupOf = () => '' } = this.protocol;
		for (const group of new Set(channels.map(groupOf))) {
			const own = channels.filter((channel) => groupOf(channel) === group);
			for (let from = 0; from < own.length; from += mostPerMessage) {
				this.outgoing.push({ kind, channels: own.slice(from, from + mostPerMessage) });
			}
		}
		if (!this.sending) void this.sendAll();
	}

	private async sendAll(): Promise<void> {
		this.sending = true;
		for (let next = this.outgoing.shift(); next !== undefined; next = this.outgoing.shift()) {
			const id = this.nextId;
			const text = this.protocol[next.kind](next.channels, id);
			if (text === '') {
				if (next.kind === 'subscribe') this.owner.onGranted(next.channels);
				continue;
			}
			this.nextId += 1;
			// A provider that names channels says nothing of those that are gone.
			if (this.protocol.takesInSilence) this.trust(next);
			else if (next.kind === 'subscribe' || !this.protocol.answersByChannel) {
				this.asked.set(id, { ...next, at: this.ports.clock.now() });
			}
			this.connection.send(text);
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
