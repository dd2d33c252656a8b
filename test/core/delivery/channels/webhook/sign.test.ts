import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';

import { checkSigningSecrets } from '../../../../../core/delivery';
import { signatureHeaders } from '../../../../../core/delivery/channels/webhook/sign';
import { epochMs } from '../../../../../core/ports';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const newSecret = (bytes = 32) => `whsec_${randomBytes(bytes).toString('base64')}`;

/** The official verifier asks the real clock how old a message is. */
const now = () => epochMs(Date.now());

describe('signatureHeaders', () => {
	it('signs as the example of the specification', () => {
		// github.com/standard-webhooks/standard-webhooks, libraries/javascript test vectors
		const message = {
			id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
			body: '{"test": 2432232314}',
			sentAt: epochMs(1_614_265_330_000),
		};
		expect(signatureHeaders(message, SECRET)).toEqual({
			'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
			'webhook-timestamp': '1614265330',
			'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
		});
	});

	it('is accepted by the official verifier, whatever the body', () => {
		fc.assert(
			fc.property(fc.json(), fc.stringMatching(/^[\w.-]{1,40}$/), (body, id) => {
				const secret = newSecret();
				const headers = signatureHeaders({ id, body, sentAt: now() }, secret);
				expect(new Webhook(secret).verify(body, { ...headers })).toEqual(JSON.parse(body));
			}),
		);
	});

	it.each<[string, (body: string) => string, string, number]>([
		['another body', (body) => `${body} `, SECRET, 0],
		['another secret', (body) => body, newSecret(), 0],
		['a message of six minutes ago', (body) => body, SECRET, 360_000],
	])('is refused by the official verifier for %s', (_, change, secret, ageMs) => {
		const body = '{"price":59.2}';
		const headers = signatureHeaders({ id: 'a', body, sentAt: epochMs(now() - ageMs) }, SECRET);
		expect(() => new Webhook(secret).verify(change(body), { ...headers })).toThrow();
	});

	it('is accepted under the old and the new secret while it is being changed', () => {
		const [old, next] = [newSecret(), newSecret(64)];
		const headers = {
			...signatureHeaders({ id: 'a', body: '{}', sentAt: now() }, `${next} ${old}`),
		};
		for (const secret of [old, next]) expect(new Webhook(secret).verify('{}', headers)).toEqual({});
		expect(() => new Webhook(newSecret()).verify('{}', headers)).toThrow();
	});

	it('leaves no doubt where the id ends', () => {
		const of = (id: string, body: string) =>
			signatureHeaders({ id, body, sentAt: epochMs(1_000) }, SECRET)['webhook-signature'];
		expect(of('a', '1.x')).not.toBe(of('a.1', 'x'));
	});
});

describe('checkSigningSecrets', () => {
	it.each(['', SECRET, newSecret(24), newSecret(64), `${newSecret()} ${newSecret()}`])(
		'accepts %#',
		(secret) => expect(checkSigningSecrets(secret)).toBeUndefined(),
	);

	it.each([
		'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
		'whsec_',
		'whsec_c2hvcnQ=',
		'whsec_not base64 at all!',
		newSecret(65),
		`${SECRET} s3cr3t`,
		`whsk_${'A'.repeat(43)}=`,
	])('refuses %#, without quoting it', (secret) => {
		const wrong = checkSigningSecrets(secret);
		expect(wrong).toMatch(/use whsec_ followed by 24 to 64 random bytes/);
		expect(wrong).not.toContain(secret.slice(6, 12) || '-');
	});
});
