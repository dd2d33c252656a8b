import type { CustomSymbol } from './symbols';

const EACH = /\[\[\s*symbol\s*\]\]/g;
const ALL = /\[\[\s*symbols\s*\]\]/g;
const ALL_QUOTED = /"\[\[\s*symbols\s*\]\]"/g;

/** Whether a text has `[[symbol]]`: it's to be filled in for each one. */
export const namesEach = (text: string): boolean => text.search(EACH) >= 0;

/** Whether a text has `[[symbols]]`: it's to be filled in with all of them. */
export const namesAll = (text: string): boolean => text.search(ALL) >= 0;

/** A part of an address; what's filled in is encoded, so that it can't be read as another part. */
export function fillAddress(text: string, symbols: readonly CustomSymbol[]): string {
	const names = symbols.map(({ providerSymbol }) => encodeURIComponent(providerSymbol));
	return text.replace(ALL, () => names.join(',')).replace(EACH, () => names[0] ?? '');
}

/** A plain value, such as one of the query before it's encoded. */
export function fillText(text: string, symbols: readonly CustomSymbol[]): string {
	const names = symbols.map(({ providerSymbol }) => providerSymbol);
	return text.replace(ALL, () => names.join(',')).replace(EACH, () => names[0] ?? '');
}

/**
 * A message or body, usually JSON: `[[symbols]]` is a list (`["A","B"]`), within quotes a text (`"A,B"`);
 * `[[symbol]]` is the bare name, escaped for a JSON text.
 */
export function fillMessage(text: string, symbols: readonly CustomSymbol[]): string {
	const names = symbols.map(({ providerSymbol }) => providerSymbol);
	return text
		.replace(ALL_QUOTED, () => JSON.stringify(names.join(',')))
		.replace(ALL, () => JSON.stringify(names))
		.replace(EACH, () => JSON.stringify(names[0] ?? '').slice(1, -1));
}
