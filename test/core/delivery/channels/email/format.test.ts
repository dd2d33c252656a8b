import fc from 'fast-check';

import { isAddress, splitRecipients, toMail } from '../../../../../core/delivery';
import { alertItem } from '../../../../fakes/alertItem';

const { title, text, facts, because, alert } = alertItem();
const content = {
	title,
	text,
	facts,
	because,
	thread: { episodeId: alert.episodeId, isFirst: true },
};
const later = { ...content, thread: { ...content.thread, isFirst: false } };
const envelope = {
	alertId: alert.id,
	from: 'alerts@example.com',
	to: 'me@example.com',
	test: false,
};

describe('toMail', () => {
	it('gives the same alert to the same recipient the same Message-ID, always', () => {
		const again = toMail({ ...content, text: 'other words' }, envelope);
		expect(toMail(content, envelope).messageId).toBe(again.messageId);
		expect(again.messageId).toMatch(/^<[0-9a-f]{32}@market-alerts>$/);
	});

	it.each([
		['another alert', { alertId: 'alert-2' }],
		['another recipient', { to: 'you@example.com' }],
	])('gives %s another Message-ID', (_, other) => {
		expect(toMail(later, { ...envelope, ...other }).messageId).not.toBe(
			toMail(later, envelope).messageId,
		);
	});

	it('makes one thread of one episode: what comes later replies to the first', () => {
		const first = toMail(content, envelope);
		const resolved = toMail(later, { ...envelope, alertId: 'alert-2' });
		const reminder = toMail(later, { ...envelope, alertId: 'alert-3' });
		expect(first.headers).not.toHaveProperty('References');
		for (const mail of [resolved, reminder]) {
			expect(mail.headers?.['In-Reply-To']).toBe(first.messageId);
			expect(mail.headers?.['References']).toBe(first.messageId);
		}
		expect(new Set([first, resolved, reminder].map(({ messageId }) => messageId)).size).toBe(3);
	});

	it.each([
		['another episode', { ...later, thread: { episodeId: 'episode-2', isFirst: false } }, {}],
		['another recipient', later, { to: 'you@example.com' }],
	])('keeps %s out of the thread', (_, other, to) => {
		const { headers } = toMail(other, { ...envelope, ...to, alertId: 'alert-9' });
		expect(headers?.['References']).not.toBe(toMail(content, envelope).messageId);
	});

	it('marks a test in subject and page, under an id of its own and outside the thread', () => {
		const mail = toMail(later, { ...envelope, test: true });
		expect(mail.subject).toBe('[Test] Time to buy SHOP!');
		expect(mail.html).toContain('[Test] Time to buy SHOP!');
		expect(mail).not.toHaveProperty('messageId');
		expect(mail.headers).not.toHaveProperty('References');
	});

	it.each([
		['critical', 'high'],
		['warning', undefined],
		['info', undefined],
	] as const)('gives severity %s the importance %s', (severity, importance) => {
		expect(toMail({ ...content, severity }, envelope).headers?.['Importance']).toBe(importance);
	});

	it('says the same in HTML and text', () => {
		const mail = toMail({ ...content, footer: 'Rule "Shopify Simple Rule".' }, envelope);
		expect(mail.text).toBe(
			[
				'SHOP: price 59.2 is less than 60.',
				'',
				'Why',
				'  price 59.2 is less than 60',
				'',
				'Facts',
				'  price    59.2',
				'  peRatio  55.1',
				'  high     61',
				'',
				'Rule "Shopify Simple Rule".',
				'',
			].join('\n'),
		);
		const cells = ['price', '59.2', 'is less than 60: yes', 'peRatio', '55.1', 'high', '61'];
		for (const cell of cells) expect(mail.html).toContain(`>${cell}</td>`);
		expect(mail.html).toContain('>Rule &quot;Shopify Simple Rule&quot;.</p>');
	});

	it('does not let one long name push all values out of sight in a text', () => {
		const long = 'movePercent(15m, BTC/USD, of the last week)';
		const mail = toMail({ title, text, facts: { price: 59.2, [long]: 1 } }, envelope);
		expect(mail.text).toContain('\n  price                     59.2\n');
		expect(mail.text).toContain(`\n  ${long}  1\n`);
	});

	it('shows no tables for an item that is no alert', () => {
		const mail = toMail({ title, text }, envelope);
		expect(mail.text).toBe(text);
		expect(mail.html).not.toContain('<table');
		expect(mail.headers).not.toHaveProperty('References');
	});

	it('keeps the lines of a text in HTML', () => {
		expect(toMail({ ...content, text: 'one\ntwo\r\nthree' }, envelope).html).toContain(
			'one<br>two<br>three',
		);
	});

	it('lets no value begin a header of its own', () => {
		const lines = fc.string({ unit: fc.constantFrom('\r', '\n', '\0', 'B', 'c', ':', ' ', 'ä') });
		fc.assert(
			fc.property(lines, lines, lines, (subject, alertId, name) => {
				const mail = toMail(
					{ ...content, title: subject },
					{ ...envelope, alertId, replyTo: `${name}<me@example.com>` },
				);
				for (const value of [
					mail.subject,
					mail.messageId ?? '',
					...Object.values(mail.headers ?? {}),
				]) {
					expect(value).not.toMatch(/[\r\n\0]/);
				}
			}),
		);
	});
});

describe('splitRecipients', () => {
	it.each([
		['me@example.com', ['me@example.com']],
		[' a@x.com, b@x.com;c@x.com\nd@x.com ', ['a@x.com', 'b@x.com', 'c@x.com', 'd@x.com']],
		['a@x.com,,a@x.com,', ['a@x.com']],
		['"Doe, Jane" <jane@x.com>, b@x.com', ['"Doe, Jane" <jane@x.com>', 'b@x.com']],
		['', []],
		[' , ;', []],
	])('%j → %j', (list, parts) => {
		expect(splitRecipients(list)).toEqual(parts);
	});
});

describe('isAddress', () => {
	it.each([
		'me@example.com',
		'Me <me@example.com>',
		'"Doe, Jane" <jane@x.com>',
		'a+b@sub.example.co',
	])('accepts %j', (address) => expect(isAddress(address)).toBe(true));

	it.each([
		'',
		'me',
		'me@',
		'@example.com',
		'me@example.com you@example.com',
		'Me <me@example.com',
		'a@x.com\r\nBcc: b@x.com',
		'Me\r\nBcc: b@x.com <me@example.com>',
		'a@x.com, b@x.com',
		'a@x.com,b@x.com',
		'Me <a@x.com,b@x.com>',
	])('refuses %j', (address) => expect(isAddress(address)).toBe(false));
});
