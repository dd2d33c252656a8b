import type { SocketEnd } from '../../ports';
import type { ProviderFailure } from '../ProviderFailure';

/** How one provider's socket is spoken to. Pure: texts in, texts out. */
export interface StreamProtocol {
	/** Channels one connection may carry. */
	readonly mostChannels: number;
	/** Channels one message may name. */
	readonly mostPerMessage: number;
	/** Between two messages of ours. */
	readonly pauseMs: number;
	readonly maxFrameBytes: number;

	/** What is said first on each connection, in this order. */
	readonly opening?: readonly string[];
	/** Said again and again, where an idle connection would be cut. */
	readonly heartbeat?: { readonly text: string; readonly everyMs: number };
	/** Whether its answers name channels rather than our messages. */
	readonly answersByChannel?: true;
	/**
	 * Whether what's taken isn't answered, only what's refused. A refusal that names no channel is about the newest:
	 * all that come after it are refused as well.
	 */
	readonly takesInSilence?: true;
	/** Channels of different groups can't be asked for in one message. */
	readonly groupOf?: (channel: string) => string;

	/** Empty: nothing has to be said, and nothing is answered. */
	subscribe(channels: readonly string[], id: number): string;
	unsubscribe(channels: readonly string[], id: number): string;

	/** What a frame says, one thing or several. Never throws. */
	parse(text: string): StreamMessage | readonly StreamMessage[];

	/** What the end of a connection means; a handshake may be refused for many reasons. */
	toFailure(end: SocketEnd, now: number): ProviderFailure;
}

export type StreamMessage =
	/** Something happened on a channel; what, its subscriber reads. */
	| { readonly kind: 'data'; readonly channel: string; readonly data: unknown }
	/** A message of ours was taken; without an id, it's the oldest that waits for an answer. */
	| { readonly kind: 'taken'; readonly id: number | undefined }
	/** These channels are subscribed, by whatever message. */
	| { readonly kind: 'granted'; readonly channels: readonly string[] }
	/** A message of ours was refused; without an id, nobody knows which. */
	| {
			readonly kind: 'refused';
			readonly id: number | undefined;
			readonly reason: string;
			/** Which of the message's channels it's about; without it, the message as a whole. */
			readonly isAbout?: (channel: string) => boolean;
	  }
	/** The number of this frame on its connection: where one is left out, frames were lost on the way. */
	| { readonly kind: 'numbered'; readonly sequence: number }
	/** We're logged in: from now on it takes subscriptions. */
	| { readonly kind: 'welcome' }
	/** This connection is of no more use, and why. */
	| { readonly kind: 'failed'; readonly failure: ProviderFailure }
	/** Known, and nothing for us. */
	| { readonly kind: 'aside' }
	/** It's about to close the connection. */
	| { readonly kind: 'leaving' }
	| { readonly kind: 'unreadable'; readonly reason: string };
