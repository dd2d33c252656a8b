import type { Transporter } from 'nodemailer';

import { MailFailure, type Mail, type MailReceipt, type MailTransport } from '../index';

export type SmtpSettings = {
	readonly host: string;
	readonly port: number;
	/** `tls`: encrypted from the first byte; `startTls`: after the greeting, and refused without. */
	readonly security: 'none' | 'startTls' | 'tls';
	/** Without a user nobody logs in. */
	readonly user: string;
	readonly password: string;
	readonly allowUnauthorizedCerts: boolean;
	/**
	 * How long to wait for a connection and for a greeting; twice that for an answer, four times that for all of
	 * a message. Default 15 s.
	 */
	readonly timeoutMs?: number;
};

const TIMEOUT_MS = 15_000;

/** Nodemailer behind the port; its only importer. One connection, opened when first needed. */
export function nodemailerTransport(settings: SmtpSettings): MailTransport {
	let opened: Promise<Transporter> | undefined;
	const open = async (): Promise<Transporter> => await (opened ??= connect(settings));
	const close = () => {
		void opened?.then(
			(transporter) => transporter.close(),
			() => undefined,
		);
		opened = undefined;
	};
	const work = async <T>(task: (transporter: Transporter) => Promise<T>): Promise<T> => {
		const transporter = await open();
		const late = timeout((settings.timeoutMs ?? TIMEOUT_MS) * 4);
		try {
			return await Promise.race([task(transporter), late.comes]);
		} catch (error) {
			// The connection is busy with what never ends: the next message takes another.
			if (late.cameWith(error)) close();
			throw asMailFailure(error, settings);
		} finally {
			late.stop();
		}
	};
	return {
		send: async (mail: Mail, signal?: AbortSignal): Promise<MailReceipt> =>
			await work(async (transporter) => {
				if (signal?.aborted) throw new MailFailure('timeout', 'The execution was stopped.');
				const sent: unknown = await transporter.sendMail({
					from: mail.from,
					to: [...mail.to],
					subject: mail.subject,
					text: mail.text,
					html: mail.html,
					...(mail.messageId === undefined ? {} : { messageId: mail.messageId }),
					headers: { ...mail.headers },
					disableFileAccess: true,
					disableUrlAccess: true,
				});
				return { response: (sent as { response?: string }).response ?? 'accepted' };
			}),
		verify: async () => {
			await work(async (transporter) => await transporter.verify());
		},
		close,
	};
}

/** Rejects when the time is over. Nodemailer's own time is one of silence: an answer of ever more lines never ends it. */
function timeout(milliseconds: number) {
	const error = Object.assign(new Error('No end came in time.'), { code: 'ETIMEDOUT' });
	let timer: NodeJS.Timeout | undefined;
	const comes = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(error), milliseconds);
	});
	return {
		comes,
		cameWith: (thrown: unknown) => thrown === error,
		stop: () => clearTimeout(timer),
	};
}

async function connect(settings: SmtpSettings): Promise<Transporter> {
	const { timeoutMs = TIMEOUT_MS } = settings;
	const { createTransport } = await import('nodemailer');
	return createTransport({
		pool: true,
		maxConnections: 1,
		maxRequeues: 0, // trying again is our caller's business
		host: settings.host,
		port: settings.port,
		secure: settings.security === 'tls',
		requireTLS: settings.security === 'startTls',
		ignoreTLS: settings.security === 'none',
		tls: { rejectUnauthorized: !settings.allowUnauthorizedCerts },
		...(settings.user === '' ? {} : { auth: { user: settings.user, pass: settings.password } }),
		connectionTimeout: timeoutMs,
		greetingTimeout: timeoutMs,
		socketTimeout: timeoutMs * 2,
		disableFileAccess: true,
		disableUrlAccess: true,
	}); // the pooled one; we use what all of them have
}

function asMailFailure(error: unknown, { host, port, security }: SmtpSettings): MailFailure {
	if (error instanceof MailFailure) return error;
	const { code, responseCode } = error as { code?: string; responseCode?: number };
	const server = `The mail server ${host}:${port}`;
	const fail = (reason: MailFailure['reason'], message: string) =>
		new MailFailure(reason, message, responseCode, { cause: error });
	const wantsLogin = [530, 534, 535, 538].includes(responseCode ?? 0);
	if (wantsLogin || (code === 'EAUTH' && (responseCode === undefined || responseCode >= 500))) {
		return fail(
			'auth',
			`${server} didn't accept the user name or password. Check both in the credential; some providers want an app password.`,
		);
	}
	if (code === 'ETLS' || isTlsError(code, error)) {
		return fail(
			'rejected',
			`${server} doesn't speak the encryption that was chosen (${security}). Port 465 wants TLS, port 587 STARTTLS; a certificate of your own has to be allowed in the credential.`,
		);
	}
	if (responseCode !== undefined && responseCode >= 500) {
		return fail(
			'rejected',
			`${server} refused the message with ${responseCode}. Check the addresses.`,
		);
	}
	if (responseCode !== undefined && responseCode >= 400) {
		return fail('temporary', `${server} asked to try later (${responseCode}).`);
	}
	if (code === 'EENVELOPE') return fail('rejected', `${server} refused the addresses.`);
	if (code === 'ETIMEDOUT') return fail('timeout', `${server} gave no answer in time.`);
	return fail(
		'unreachable',
		`${server} can't be reached (${code ?? 'no connection'}). Check host and port, and that this server may connect to it.`,
	);
}

/** OpenSSL's errors: a plain port taken for TLS, an unknown certificate. */
const isTlsError = (code: string | undefined, error: unknown): boolean =>
	/^(?:ERR_SSL|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_)/.test(code ?? '') ||
	/wrong version number|self.signed|certificate/i.test(String((error as Error).message));
