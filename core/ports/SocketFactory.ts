/** Opens WebSockets, over whatever way out the host wants used (its proxy, its egress rules). */
export interface SocketFactory {
	/** Begins to connect and returns at once; what becomes of it is told to the listener. Never throws. */
	open(request: SocketRequest, listener: SocketListener): Socket;
}

export type SocketRequest = {
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** A larger frame ends the connection as `tooLarge`. */
	readonly maxFrameBytes: number;
};

/** Told in this order: `onOpen` once or never, frames and pulses, `onEnd` exactly once and last. */
export interface SocketListener {
	onOpen(): void;
	onFrame(text: string): void;
	/** A sign of life that carries nothing: a ping or a pong. Pings are answered by themselves. */
	onPulse(): void;
	onEnd(end: SocketEnd): void;
}

export interface Socket {
	/** Sends a text frame; goes nowhere when the connection isn't open. */
	send(text: string): void;
	/** Asks for a sign of life, told as a pulse; goes nowhere when the connection isn't open. */
	ping(): void;
	/** Ends the connection, also one that's still being made; within a second, whatever the other side does. */
	close(): void;
}

/** Why a connection is over. Texts come from outside: strip secrets before showing them. */
export type SocketEnd =
	/** The other side closed it; 1006 when it went away without a word. */
	| { readonly reason: 'closed'; readonly code: number; readonly text: string }
	/** The handshake was answered with something else than a WebSocket. */
	| {
			readonly reason: 'refused';
			readonly status: number;
			/** Names in lower case. */
			readonly headers: Readonly<Record<string, string>>;
			/** The first 1,000 characters. */
			readonly body: string;
	  }
	| { readonly reason: 'unreachable'; readonly text: string }
	| { readonly reason: 'tooLarge' }
	/** Not a WebSocket frame, or not text where text was due. */
	| { readonly reason: 'malformed'; readonly text: string };
