import type { AddressInfo } from 'node:net';

import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** The point at which a mail server says no. */
export type Refusal = {
	readonly at: 'connect' | 'mailFrom' | 'rcptTo' | 'data';
	readonly code: number;
};

export const MAIL_USER = 'alerts';
export const MAIL_PASSWORD = 's3cr3t-password';

/** A real mail server on loopback: keeps what came, refuses as told. */
export class MailServer {
	readonly mails: ParsedMail[] = [];

	readonly recipients: string[] = [];

	/** How many connections were opened. */
	connections = 0;

	/** Whether whoever logged in last did it over TLS. */
	encrypted = false;

	/** How long it thinks about a message before it says whether it takes it. */
	answerAfterMs = 0;

	/** How often each refusal applies is up to whoever sets it. */
	refuse: (at: Refusal['at'], address: string) => number | undefined = () => undefined;

	/** Still known when it's closed. */
	port = 0;

	private constructor(private readonly server: SMTPServer) {}

	/**
	 * With `port`, the one that comes back; with `secure`, TLS under a certificate nobody vouches for; with
	 * `startTls`, such TLS after the greeting, and no login and no mail before.
	 */
	static async open(
		options: { port?: number; secure?: boolean; startTls?: boolean } = {},
	): Promise<MailServer> {
		const server: SMTPServer = new SMTPServer({
			secure: options.secure ?? false,
			authOptional: options.startTls !== true,
			closeTimeout: 10,
			disableReverseLookup: true,
			disabledCommands: options.startTls === true ? [] : ['STARTTLS'],
			allowInsecureAuth: options.startTls !== true,
			onConnect: (_session, callback) => {
				self.connections += 1;
				callback(self.errorAt('connect'));
			},
			onAuth: ({ username, password }, session, callback) => {
				self.encrypted = session.secure;
				if (username === MAIL_USER && password === MAIL_PASSWORD) {
					callback(null, { user: username });
				} else callback(withCode(535, 'Authentication failed'));
			},
			onMailFrom: ({ address }, _session, callback) => callback(self.errorAt('mailFrom', address)),
			onRcptTo: ({ address }, _session, callback) => {
				const error = self.errorAt('rcptTo', address);
				if (error === undefined) self.recipients.push(address);
				callback(error);
			},
			onData: (stream, _session, callback) => {
				void simpleParser(stream).then((mail) => {
					const error = self.errorAt('data');
					if (error === undefined) self.mails.push(mail);
					if (self.answerAfterMs === 0) callback(error);
					else setTimeout(() => callback(error), self.answerAfterMs);
				}, callback);
			},
		});
		server.on('error', () => {}); // clients that leave in the middle
		const self = new MailServer(server);
		await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
		self.port = (server.server.address() as AddressInfo).port;
		return self;
	}

	/** The credential that leads here. */
	credential(more: Record<string, string | number> = {}) {
		return {
			host: '127.0.0.1',
			port: this.port,
			security: 'none',
			user: MAIL_USER,
			password: MAIL_PASSWORD,
			allowUnauthorizedCerts: false,
			...more,
		};
	}

	async close(): Promise<void> {
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}

	private errorAt(at: Refusal['at'], address = ''): Error | undefined {
		const code = this.refuse(at, address);
		return code === undefined ? undefined : withCode(code, 'Told to refuse');
	}
}

const withCode = (responseCode: number, message: string): Error =>
	Object.assign(new Error(message), { responseCode });
