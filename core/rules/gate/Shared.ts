/** Things that many need alike, one of each: made when the first asks, dropped when the last has gone. */
export class Shared<Thing> {
	private readonly things = new Map<string, { readonly thing: Thing; count: number }>();

	take(key: string, make: () => Thing): Thing {
		const known = this.things.get(key) ?? { thing: make(), count: 0 };
		known.count += 1;
		this.things.set(key, known);
		return known.thing;
	}

	give(key: string): void {
		const known = this.things.get(key);
		if (known === undefined) return;
		known.count -= 1;
		if (known.count === 0) this.things.delete(key);
	}
}
