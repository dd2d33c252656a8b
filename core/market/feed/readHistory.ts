import { ProviderFailure } from '../ProviderFailure';

/** @throws ProviderFailure for a row that can't be read: what's behind it would be taken for a gap */
export function readHistory<T extends object>(
	rows: readonly unknown[],
	read: (row: unknown) => T | { readonly unreadable: string },
): T[] {
	return rows.map((row) => {
		const item = read(row);
		if ('unreadable' in item) {
			throw new ProviderFailure(
				'schema',
				`gave a history that can't be read: ${item.unreadable}; trying again.`,
			);
		}
		return item;
	});
}
