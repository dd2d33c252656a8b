import type { AlertItem } from '../../alerts';
import { explainReason } from '../explain';

/** A text that says why: the conditions that made the alert, unless it names them already. */
export function addReasons(text: string, { alert, because }: Pick<AlertItem, 'alert' | 'because'>) {
	if (alert.state === 'resolved') return text;
	const reasons = because
		.filter(({ holds }) => holds === true)
		.map(explainReason)
		.filter((reason) => !text.includes(reason))
		.map((reason) => `• ${reason}`);
	return [text, ...reasons].filter((line) => line !== '').join('\n');
}
