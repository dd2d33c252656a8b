import fc from 'fast-check';

import { isAddress, splitRecipients, toMail } from '../../../../../core/delivery';
import { alertItem } from '../../../../fakes/alertItem';

const { title, text, facts, because, alert } = alertItem();
const content = {
	title,
	text,
	facts,
	because,
	alertId: alert.id,
	episodeId: alert.episodeId,
	test: false,
};
const envelope = { from: 'alerts@example.com', to: 'me@example.com' };

describe('toMail', () => {
	it('gives the same alert to the same recipient the same Message-ID, always', () => {
		const again = toMail({ ...content, text: 'other words' }, envelope);
		expect(toMail(content, envelope).messageId).toBe(again.messageId);
		expect(again.messageId).toMatch(/^<[0-9a-f]{32}@market-alerts>$/);
	});

	it.each([
		['another alert', { alertId: 'alert-2' }, {}],
		['another recipient', {}, { to: 'you@example.com' }],
	])('gives %s another Message-ID', (_, otherContent, otherEnvelope) => {
		const other = toMail({ ...content, ...otherContent }, { ...envelope, ...otherEnvelope });
		expect(other.messageId).not.toBe(toMail(content, envelope).messageId);
	});

	it('makes one thread of one episode', () => {
		const resolved = toMail({ ...content, alertId: 'alert-2' }, envelope);
		const next = toMail({ ...content, alertId: 'alert-3', episodeId: 'episode-2' }, envelope);
		const first = toMail(content, envelope).headers?.['References'];
		expect(resolved.headers?.['References']).toBe(first);
		expect(next.headers?.['References']).not.toBe(first);
	});

	it('marks a test in subject and page', () => {
		const mail = toMail({ ...content, test: true }, envelope);
		expect(mail.subject).toBe('[Test] Time to buy SHOP!');
		expect(mail.html).toContain('[Test] Time to buy SHOP!');
	});

	it('has the same two tables in HTML and text', () => {
		const mail = toMail(content, envelope);
		expect(mail.text).toBe(
			[
				'SHOP: price 59.2 is less than 60.',
				'',
				'Why',
				'  Fact   Value  Condition        Holds',
				'  price  59.2   is less than 60  yes',
				'',
				'Facts',
				'  Fact     Value',
				'  price    59.2',
				'  peRatio  55.1',
				'  high     61',
				'',
			].join('\n'),
		);
		for (const cell of [
			'price',
			'59.2',
			'is less than 60',
			'yes',
			'peRatio',
			'55.1',
			'high',
			'61',
		]) {
			expect(mail.html).toContain(`>${cell}</td>`);
		}
	});

	it('shows no tables for an item that is no alert', () => {
		const mail = toMail({ title, text, alertId: 'x', test: false }, envelope);
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
					{ ...content, title: subject, alertId },
					{ ...envelope, replyTo: `${name}<me@example.com>` },
				);
				for (const value of [mail.subject, mail.messageId, ...Object.values(mail.headers ?? {})]) {
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
