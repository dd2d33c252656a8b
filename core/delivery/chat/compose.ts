import { cutToFit, measure, toPlainText } from './cutToFit';
import type { ChatPart, TextForm, Tone } from './model';

const BETWEEN = '\n\n';
/** Less than this tells nobody anything. */
const LEAST_SHARE = 200;
const MAX_TITLE = 256;

/** How many alerts one message can tell. */
export const maxParts = ({ limit }: TextForm): number =>
	Math.max(1, Math.floor(limit / LEAST_SHARE));

/**
 * Several alerts as one text in the service's markup, within its limit: titles in bold, each with its text
 * below. Each has the same share of the room; what the short ones leave is shared by the long ones.
 * Not for more than `maxParts`.
 */
export function compose(parts: readonly ChatPart[], form: TextForm): string {
	const plain = parts.map(({ title, text }) => ({
		title: cutToFit(oneLine(title) || 'Market alert', MAX_TITLE, form.widthOf),
		text: toPlainText(text),
	}));
	const shares = shareOut(
		plain.map(
			({ title, text }) =>
				form.bold.width + measure(`${title}${text === '' ? '' : '\n'}${text}`, form.widthOf),
		),
		form.limit - BETWEEN.length * (parts.length - 1),
	);
	return plain.map((part, index) => renderPart(part, shares[index] ?? 0, form)).join(BETWEEN);
}

function renderPart(
	part: { readonly title: string; readonly text: string },
	share: number,
	{ widthOf, escape, bold }: TextForm,
): string {
	const title = cutToFit(part.title, share - bold.width, widthOf);
	const left = share - bold.width - measure(`${title}\n`, widthOf);
	const text = cutToFit(part.text, left, widthOf);
	return `${bold.mark(escape(title))}${text === '' ? '' : `\n${escape(text)}`}`;
}

const oneLine = (text: string): string => toPlainText(text).replace(/\s+/g, ' ');

/** The smallest first, so that nobody gets room they don't need. */
function shareOut(wanted: readonly number[], room: number): number[] {
	const shares: number[] = [];
	const order = wanted.map((_, index) => index).sort((a, b) => wantedBy(a) - wantedBy(b));
	let left = room;
	order.forEach((index, served) => {
		const share = Math.min(wantedBy(index), Math.floor(left / (order.length - served)));
		shares[index] = share;
		left -= share;
	});
	return shares;

	function wantedBy(index: number): number {
		return wanted[index] ?? 0;
	}
}

const BY_WEIGHT: readonly Tone[] = ['critical', 'warning', 'info', 'resolved'];

/** The weightiest of a message's alerts gives it its tone. */
export const toneOf = (parts: readonly ChatPart[]): Tone =>
	BY_WEIGHT.find((tone) => parts.some((part) => part.tone === tone)) ?? 'info';
