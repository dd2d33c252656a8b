import { ProviderFailure } from '../ProviderFailure';
import { waitInWords } from '../waitInWords';

/** A failure's message promises what only who listens for ever does. */
const PROMISE =
	/(?:[;.] trying again[^.]*|; waiting(?: \d+ (?:s|min))?|\. Nothing is asked until then; poll less often, or stream|\. Poll less often, or stream: the limit counts)/gi;

/** An error of requests, in words for who asked once: nothing is tried again later. */
export function failureInWords(provider: string, error: Error): string {
	if (!(error instanceof ProviderFailure)) return error.message;
	// What the provider says stays as it is.
	const [own = '', ...said] = error.message.split(/(?= It says: )/);
	const words = own.replace(PROMISE, (promise) =>
		promise.endsWith('the limit counts') ? '. The limit counts' : '',
	);
	const wait = error.retryAfterMs;
	const when =
		error.kind === 'rate' && wait !== undefined ? ` Ask again in ${waitInWords(wait)}.` : '';
	return `${provider} ${words}${said.join('')}${when}`;
}
