import type { FactRef } from './model';

/** A fact as people write it: `price`, `rsi(14, 5m)`, `order $.total`. */
export function describeFact(ref: FactRef): string {
	const params = Object.values(ref.params ?? {}).map((value) =>
		typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
	);
	const name = params.length === 0 ? ref.fact : `${ref.fact}(${params.join(', ')})`;
	return ref.path === undefined ? name : `${name} ${ref.path}`;
}
