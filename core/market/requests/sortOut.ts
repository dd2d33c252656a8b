import { ProviderFailure } from '../ProviderFailure';
import { SourceError } from '../Source';

export type Sorted<T> = {
	/** By the name that was given. */
	readonly instruments: ReadonlyMap<string, T>;
	readonly failed: ReadonlyMap<string, SourceError>;
};

/** Names one by one: what isn't a symbol at all fails alone. Names of the same instrument share it. */
export function sortOut<T extends { readonly symbol: string }>(
	names: readonly string[],
	parse: (name: string) => readonly T[],
): Sorted<T> {
	const instruments = new Map<string, T>();
	const failed = new Map<string, SourceError>();
	for (const name of names) {
		try {
			const [instrument] = parse(name);
			if (instrument !== undefined) instruments.set(name, instrument);
		} catch (error) {
			if (!(error instanceof SourceError)) throw error;
			failed.set(name, error);
		}
	}
	return { instruments, failed };
}

/** What's said of a symbol the provider doesn't know. */
export const unknownSymbol = (name: string, example: string): ProviderFailure =>
	new ProviderFailure(
		'symbol',
		`doesn't know the symbol ${JSON.stringify(name.slice(0, 60))}. Check the spelling, such as ${example}, or find it with Search.`,
	);

/** What's said of a row that can't be read. */
export const unreadableRow = (what: string): ProviderFailure =>
	new ProviderFailure('schema', `gave an answer that can't be read: ${what}.`);
