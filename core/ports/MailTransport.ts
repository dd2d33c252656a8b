/** Hands one message to a mail server. */
export interface MailTransport {
	/** @throws MailFailure when the server refuses it or can't be reached */
	send(mail: Mail, signal?: AbortSignal): Promise<MailReceipt>;
	/** Connects and logs in, sends nothing. @throws MailFailure */
	verify(): Promise<void>;
	close(): void;
}

export type Mail = {
	readonly from: string;
	readonly to: readonly string[];
	readonly subject: string;
	readonly text: string;
	readonly html: string;
	/** With angle brackets, as in the header; without it, the transport makes one up. */
	readonly messageId?: string;
	readonly headers?: Readonly<Record<string, string>>;
};

export type MailReceipt = { readonly response: string };

/** The mail server's refusal, or its absence. `replyCode` is SMTP's three digits. */
export class MailFailure extends Error {
	override readonly name = 'MailFailure';

	constructor(
		readonly reason: 'timeout' | 'unreachable' | 'auth' | 'temporary' | 'rejected',
		message: string,
		readonly replyCode?: number,
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}
