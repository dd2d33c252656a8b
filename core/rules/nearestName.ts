/** The name most like a mistyped one, if one is close enough to be meant. */
export function nearestName(typed: string, names: Iterable<string>): string | undefined {
	let nearest: string | undefined;
	let least = Math.max(1, Math.floor(typed.length / 3)) + 1;
	for (const name of names) {
		const distance = editDistance(typed.toLowerCase(), name.toLowerCase());
		if (distance < least) {
			least = distance;
			nearest = name;
		}
	}
	return nearest;
}

/** ` Did you mean "lessThan"?`, or nothing. */
export function didYouMean(typed: string, names: Iterable<string>): string {
	const nearest = nearestName(typed, names);
	return nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
}

/** Levenshtein's, over one row. */
function editDistance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, at) => at);
	for (let i = 1; i <= a.length; i += 1) {
		const next = [i];
		for (let j = 1; j <= b.length; j += 1) {
			const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitute));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
