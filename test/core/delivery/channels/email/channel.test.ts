import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { sendEmail, toMail } from '../../../../../core/delivery';
import type { MailTransport } from '../../../../../core/ports';
import { nodemailerTransport, type SmtpSettings } from '../../../../../core/ports/system';
import { itIsAChannel, type ChannelBench } from '../../../../contracts/channel';
import { alertItem } from '../../../../fakes/alertItem';
import { DRIBBLE_MS, SLOW_MS } from '../../../../fakes/ApiServer';
import { MAIL_PASSWORD, MAIL_USER, MailServer, type Refusal } from '../../../../fakes/MailServer';

const item = alertItem();
const content = {
	title: item.title,
	text: item.text,
	facts: item.facts,
	because: item.because,
	thread: { episodeId: item.alert.episodeId, isFirst: false },
};
const mail = toMail(content, {
	alertId: item.alert.id,
	from: 'alerts@example.com',
	to: 'me@example.com',
	test: false,
});

const settingsFor = (port: number, more: Partial<SmtpSettings> = {}): SmtpSettings => ({
	host: '127.0.0.1',
	port,
	security: 'none',
	user: MAIL_USER,
	password: MAIL_PASSWORD,
	allowUnauthorizedCerts: false,
	timeoutMs: 500,
	...more,
});

/** Conditions: `rcptTo 550`, `wrong password`, `wants TLS`, `slow`, `silence`, `dribble`, `cut`, `down`, `up`. */
async function openBench(): Promise<ChannelBench> {
	let server = await MailServer.open();
	let other: Server | undefined;
	const sockets: Socket[] = [];
	const { port } = server;
	let transport = nodemailerTransport(settingsFor(port));
	const instead = (settings: SmtpSettings) => {
		transport.close();
		transport = nodemailerTransport(settings);
	};
	return {
		send: async () => await sendEmail(mail, transport),
		set: async (condition) => {
			const [at, code] = condition.split(' ');
			if (condition === 'down') await server.close();
			else if (condition === 'up') server = await MailServer.open({ port });
			else if (condition === 'wrong password') {
				instead(settingsFor(port, { password: 's3cr3t-but-wrong' }));
			} else if (condition === 'wants TLS') instead(settingsFor(port, { security: 'tls' }));
			else if (condition === 'wants STARTTLS') instead(settingsFor(port, { security: 'startTls' }));
			else if (condition === 'slow') server.answerAfterMs = SLOW_MS;
			else if (['silence', 'cut', 'dribble'].includes(condition)) {
				other = createServer((socket) => {
					sockets.push(socket);
					socket.on('error', () => {});
					if (condition === 'cut') socket.destroy();
					if (condition === 'dribble') neverFinish(socket);
				});
				const listening = other;
				await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
				instead(settingsFor((listening.address() as AddressInfo).port));
			} else if (condition !== 'fine') {
				server.refuse = (where) => (where === (at as Refusal['at']) ? Number(code) : undefined);
			}
		},
		taken: () => server.mails.length,
		close: async () => {
			transport.close();
			other?.close();
			for (const socket of sockets) socket.destroy();
			await server.close();
		},
	};
}

/** A greeting, and then an answer of ever more lines. */
function neverFinish(socket: Socket): void {
	socket.write('220 hello\r\n');
	const timer = setInterval(() => socket.write('250-wait\r\n'), DRIBBLE_MS);
	socket.on('close', () => clearInterval(timer));
}

itIsAChannel(
	'e-mail',
	openBench,
	[
		['fine', 'sent'],
		['connect 421', ['serverError', true]],
		['connect 554', ['refused', false]],
		['mailFrom 421', ['serverError', true]],
		['mailFrom 530', ['auth', false]],
		['mailFrom 550', ['refused', false]],
		['rcptTo 421', ['serverError', true]],
		['rcptTo 450', ['serverError', true]],
		['rcptTo 452', ['serverError', true]],
		['rcptTo 550', ['refused', false]],
		['rcptTo 553', ['refused', false]],
		['data 421', ['serverError', true]],
		['data 451', ['serverError', true]],
		['data 552', ['refused', false]],
		['data 554', ['refused', false]],
		['wrong password', ['auth', false]],
		['wants TLS', ['refused', false]],
		['wants STARTTLS', ['refused', false]],
		['slow', 'sent'],
		['silence', ['timeout', true]],
		['dribble', ['timeout', true]],
		['cut', ['unreachable', true]],
		['down', ['unreachable', true]],
	],
	['s3cr3t', MAIL_PASSWORD],
);

describe('an alert by e-mail', () => {
	let server: MailServer;
	let transport: MailTransport;
	beforeEach(async () => {
		server = await MailServer.open();
		transport = nodemailerTransport(settingsFor(server.port));
	});
	afterEach(async () => {
		transport.close();
		await server.close();
	});

	it('arrives with words, tables and its id', async () => {
		expect(await sendEmail(mail, transport)).toMatchObject({ status: 'sent' });
		const [got] = server.mails;
		expect(got?.subject).toBe('Time to buy SHOP!');
		expect(got?.from?.text).toBe('alerts@example.com');
		expect(got?.messageId).toBe(mail.messageId);
		expect(got?.references).toBe(mail.headers?.['References']);
		expect(got?.inReplyTo).toBe(mail.headers?.['In-Reply-To']);
		expect(got?.headers.get('x-market-alert-id')).toBe('alert-1');
		expect(got?.headers.get('auto-submitted')).toBe('auto-generated');
		expect(got?.text).toContain('SHOP: price 59.2 is less than 60.');
		expect(got?.text).toMatch(/Facts\n {2}price +59\.2\n {2}peRatio +55\.1/);
		expect(got?.html).toContain('>peRatio</td>');
	});

	it('goes over one connection, however many there are', async () => {
		for (let count = 0; count < 5; count += 1) await sendEmail(mail, transport);
		expect(server.mails).toHaveLength(5);
		expect(server.connections).toBe(1);
	});

	it('is handed to the server once a try: nothing is sent again behind our back', async () => {
		let connections = 0;
		const cutting = createServer((socket) => {
			connections += 1;
			socket.on('error', () => {}).destroy();
		});
		await new Promise<void>((resolve) => cutting.listen(0, '127.0.0.1', resolve));
		const over = nodemailerTransport(settingsFor((cutting.address() as AddressInfo).port));
		try {
			expect(await sendEmail(mail, over)).toMatchObject({ reason: 'unreachable', again: true });
			expect(connections).toBe(1);
		} finally {
			over.close();
			cutting.close();
		}
	});

	it.each([
		['rcptTo', 550, /127\.0\.0\.1:\d+ refused the message with 550/],
		['data', 451, /127\.0\.0\.1:\d+ asked to try later \(451\)/],
	] as const)('quotes the reply code of %s %d', async (at, code, message) => {
		server.refuse = (where) => (where === at ? code : undefined);
		const result = await sendEmail(mail, transport);
		expect((result as { message: string }).message).toMatch(message);
	});

	it.each([
		[true, { status: 'sent' }],
		[false, { status: 'failed', reason: 'refused', message: expect.stringMatching(/certificate/) }],
	])('asks who vouches for a certificate; allowed without: %s', async (allowed, expected) => {
		// It says on the console that everyone knows its key; that's what we want of it.
		const quiet = jest.spyOn(console, 'error').mockImplementation(() => {});
		const encrypted = await MailServer.open({ secure: true });
		quiet.mockRestore();
		const settings = settingsFor(encrypted.port, {
			security: 'tls',
			allowUnauthorizedCerts: allowed,
		});
		const over = nodemailerTransport(settings);
		try {
			expect(await sendEmail(mail, over)).toMatchObject(expected);
		} finally {
			over.close();
			await encrypted.close();
		}
	});

	describe('over STARTTLS', () => {
		let encrypted: MailServer;
		const over = (more: Partial<SmtpSettings> = {}) =>
			nodemailerTransport(
				settingsFor(encrypted.port, {
					security: 'startTls',
					allowUnauthorizedCerts: true,
					...more,
				}),
			);
		const sendOver = async (more?: Partial<SmtpSettings>) => {
			const channel = over(more);
			try {
				return await sendEmail(mail, channel);
			} finally {
				channel.close();
			}
		};
		beforeEach(async () => {
			// It says on the console that everyone knows its key; that's what we want of it.
			const quiet = jest.spyOn(console, 'error').mockImplementation(() => {});
			encrypted = await MailServer.open({ startTls: true });
			quiet.mockRestore();
		});
		afterEach(async () => await encrypted.close());

		it('encrypts first, then logs in, then sends', async () => {
			expect(await sendOver()).toMatchObject({ status: 'sent' });
			expect(encrypted.encrypted).toBe(true);
			expect(encrypted.mails).toHaveLength(1);
		});

		it('is told by a server that it wants a login, and by none its password', async () => {
			const results = [
				await sendOver({ user: '', password: '' }),
				await sendOver({ password: 's3cr3t-but-wrong' }),
			];
			for (const result of results) {
				expect(result).toMatchObject({ status: 'failed', reason: 'auth', again: false });
				expect(JSON.stringify(result)).not.toContain('s3cr3t');
			}
			expect(encrypted.mails).toEqual([]);
		});

		it('does not send unencrypted to a server that wants encryption', async () => {
			expect(await sendOver({ security: 'none' })).toMatchObject({
				status: 'failed',
				again: false,
			});
			expect(encrypted.mails).toEqual([]);
		});

		it('asks who vouches for the certificate', async () => {
			expect(await sendOver({ allowUnauthorizedCerts: false })).toMatchObject({
				status: 'failed',
				reason: 'refused',
				message: expect.stringMatching(/certificate/),
			});
		});
	});

	it('takes no user for no login', async () => {
		const open = nodemailerTransport(settingsFor(server.port, { user: '', password: '' }));
		expect(await sendEmail(mail, open)).toMatchObject({ status: 'sent' });
		open.close();
	});

	it('reads no file and no address that a message names', async () => {
		await sendEmail(
			{ ...mail, text: 'file:///etc/passwd', html: '<img src="/etc/passwd">' },
			transport,
		);
		expect(server.mails[0]?.attachments).toEqual([]);
		expect(server.mails[0]?.text).toContain('file:///etc/passwd');
	});
});
