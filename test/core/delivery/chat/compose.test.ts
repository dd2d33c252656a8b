import fc from 'fast-check';

import { discordForm } from '../../../../core/delivery/channels/discord/format';
import { slackForm } from '../../../../core/delivery/channels/slack/format';
import { telegramForm } from '../../../../core/delivery/channels/telegram/format';
import { compose, maxParts, toneOf } from '../../../../core/delivery/chat/compose';
import { cutToFit, measure, NOTE, toPlainText } from '../../../../core/delivery/chat/cutToFit';
import type { ChatPart, TextForm, Tone } from '../../../../core/delivery/chat/model';
import { readDiscord } from '../../../fakes/DiscordServer';
import { readSlack } from '../../../fakes/SlackServer';
import { readText } from '../../../fakes/TelegramServer';

const part = (title: string, text: string, more: Partial<ChatPart> = {}): ChatPart => ({
	key: title,
	title,
	text,
	tone: 'warning',
	...more,
});

/** What each service makes of a text in its markup; throws where it would refuse or misread it. */
const READERS: ReadonlyArray<readonly [string, TextForm, (marked: string) => string]> = [
	[
		'Telegram',
		telegramForm,
		(marked) => {
			const read = readText({ text: marked, parse_mode: 'HTML' });
			if ('error' in read) throw new Error(read.error);
			return read.text;
		},
	],
	['Slack', slackForm, (marked) => readSlack(marked)],
	['Discord', discordForm, (marked) => readDiscord(marked).text],
];

/** The characters that mean something somewhere, and those that are easily cut in two. */
const spiky = fc.string({
	unit: fc.oneof(
		{ weight: 3, arbitrary: fc.constantFrom(...'abc <>&;*_~`|[]()#>-+\\@!:/."\'\n\t') },
		{
			weight: 1,
			arbitrary: fc.constantFrom(
				'😀',
				'👨‍👩‍👧',
				'é',
				'&amp;',
				'&lt',
				'<b>',
				'</b>',
				'<!channel>',
				'@everyone',
				'$SHOP',
				'\uD83D',
				'\uDE00',
				'\u0000',
				'\r\n',
			),
		},
	),
	maxLength: 400,
});
const long = fc
	.tuple(spiky, fc.integer({ min: 1, max: 60 }))
	.map(([text, times]) => text.repeat(times));

describe.each(READERS)('a text for %s', (name, form, read) => {
	it('reads as it was, whatever is in it', () => {
		fc.assert(
			fc.property(spiky, (text) => {
				const plain = toPlainText(text);
				fc.pre(plain !== '');
				expect(read(form.escape(plain))).toBe(plain);
			}),
			{ numRuns: 500 },
		);
	});

	it('measures at least what it takes', () => {
		fc.assert(
			fc.property(spiky, (text) => {
				const plain = toPlainText(text);
				const takes = name === 'Telegram' ? plain.length : form.escape(plain).length;
				expect(measure(plain, form.widthOf)).toBeGreaterThanOrEqual(takes);
			}),
		);
	});

	it('stays within the limit and stays whole, however many alerts and however long', () => {
		const parts = fc.array(fc.record({ title: long, text: long }), {
			minLength: 1,
			maxLength: maxParts(form),
		});
		fc.assert(
			fc.property(parts, (given) => {
				const marked = compose(
					given.map(({ title, text }) => part(title, text)),
					form,
				);
				const text = read(marked);
				expect((name === 'Telegram' ? text : marked).length).toBeLessThanOrEqual(form.limit);
				expect(marked).not.toMatch(/\p{Surrogate}/u);
			}),
			{ numRuns: 300 },
		);
	});

	it('uses its room: what is cut fills it', () => {
		const marked = compose([part('Title', 'word '.repeat(3_000))], form);
		expect(marked.length).toBeGreaterThan(form.limit - 40);
		expect(marked).toContain('(shortened)');
	});

	it('tells several, each under its title, whole while there is room', () => {
		const text = read(compose([part('One', 'fell & rose'), part('Two', 'a < b')], form));
		expect(text.replace(/\*/g, '')).toBe('One\nfell & rose\n\nTwo\na < b');
	});

	it('gives what short ones leave to the long ones', () => {
		const short = Array.from({ length: maxParts(form) - 1 }, (_, index) => part(`${index}`, 'x'));
		const marked = compose([part('Long', 'word '.repeat(3_000)), ...short], form);
		expect(marked.length).toBeGreaterThan(form.limit - 40);
		expect(read(marked)).toMatch(/18[^]*\n?x$/);
	});

	it('gives an alert without a title one', () => {
		expect(read(compose([part(' ', '')], form)).replace(/\*/g, '')).toBe('Market alert');
	});
});

describe('compose for Telegram', () => {
	it('is HTML with the title in bold', () => {
		expect(compose([part('<SHOP>', 'fell & rose')], telegramForm)).toBe(
			'<b>&lt;SHOP&gt;</b>\nfell &amp; rose',
		);
	});
});

describe('compose for Slack', () => {
	it('is mrkdwn with the title in bold, whatever stars are in it', () => {
		expect(compose([part('A*B <!channel>', '<@U123> & more')], slackForm)).toBe(
			'*A∗B &lt;!channel&gt;*\n&lt;@U123&gt; &amp; more',
		);
	});
});

describe('compose for Discord', () => {
	it('is Markdown with the title in bold, and leaves addresses alone', () => {
		expect(
			compose(
				[part('A*B', '# not a heading\n- nor a list\nhttps://example.com/a_b_c')],
				discordForm,
			),
		).toBe('**A\\*B**\n\\# not a heading\n\\- nor a list\nhttps://example.com/a_b_c');
	});

	it('leaves no mark live', () => {
		fc.assert(
			fc.property(spiky, (text) => {
				expect(readDiscord(discordForm.escape(toPlainText(text))).live).toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});
});

describe('cutToFit', () => {
	const one = (character: string) => character.length;

	it('leaves what fits', () => {
		expect(cutToFit('exactly', 7, one)).toBe('exactly');
	});

	it('cuts at a word, with a note', () => {
		expect(cutToFit('one two three four five six seven', 27, one)).toBe(`one two three${NOTE}`);
		expect(cutToFit('one two three four five six seven', 26, one)).toBe(`one two three${NOTE}`);
	});

	it('cuts a word that is all there is', () => {
		expect(cutToFit('x'.repeat(50), 20, one)).toBe(`xxxxxxx${NOTE}`);
	});

	it('gives nothing where not even the note fits', () => {
		expect(cutToFit('x'.repeat(50), NOTE.length, one)).toBe('');
		expect(cutToFit('x'.repeat(50), -5, one)).toBe('');
	});

	it('never splits a character, never exceeds the room', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), fc.nat(100), (text, room) => {
				const cut = cutToFit(text.repeat(5), room, one);
				expect(cut.length).toBeLessThanOrEqual(room);
				expect(cut).not.toMatch(/\p{Surrogate}/u);
			}),
		);
	});
});

describe('toPlainText', () => {
	it.each([
		['half a pair', 'a\uD83Db', 'a\uFFFDb'],
		['control characters', 'a\u0000\u001b[31mb\tc', 'a[31mb\tc'],
		['line breaks of all kinds', 'a\r\nb\rc\nd', 'a\nb\nc\nd'],
		['whole characters', '😀', '😀'],
		['blanks around it', '\n a \n', 'a'],
	])('%s: %j → %j', (_, text, plain) => {
		expect(toPlainText(text)).toBe(plain);
	});
});

describe('toneOf', () => {
	it.each<[Tone[], Tone]>([
		[['info', 'critical', 'warning'], 'critical'],
		[['resolved', 'info'], 'info'],
		[['resolved', 'resolved'], 'resolved'],
		[[], 'info'],
	])('of %j is %s', (tones, tone) => {
		expect(toneOf(tones.map((one) => part('x', 'x', { tone: one })))).toBe(tone);
	});
});
