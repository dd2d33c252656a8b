import { factorOf, ownParams } from './factor';
import type { FactRef } from './model';

/** A fact as people write it: `price`, `rsi(14, 5m)`, `3 × volume`, `order $.total`. */
export function describeFact(ref: FactRef): string {
	const params = Object.values(ownParams(ref)).map((value) =>
		typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
	);
	const name = params.length === 0 ? ref.fact : `${ref.fact}(${params.join(', ')})`;
	const times = factorOf(ref);
	const whole = times === undefined ? name : `${times} × ${name}`;
	return ref.path === undefined ? whole : `${whole} ${ref.path}`;
}
