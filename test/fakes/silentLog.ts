import type { Log } from '../../core/ports';

/** A log that remembers what was said. */
export function silentLog(): Log & { readonly said: string[] } {
	const said: string[] = [];
	const say = (message: string) => void said.push(message);
	return { said, debug: say, info: say, warn: say, error: say };
}
