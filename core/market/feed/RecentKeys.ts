/** The latest so many keys, oldest first; one that's asked for counts as new again. */
export class RecentKeys {
	private readonly keys: Set<string>;

	constructor(
		private readonly most: number,
		keys: readonly string[] = [],
	) {
		this.keys = new Set(keys.slice(-most));
	}

	has(key: string): boolean {
		if (!this.keys.delete(key)) return false;
		this.keys.add(key);
		return true;
	}

	add(key: string): void {
		this.keys.delete(key);
		this.keys.add(key);
		if (this.keys.size <= this.most) return;
		for (const oldest of this.keys) {
			this.keys.delete(oldest);
			return;
		}
	}

	list(): string[] {
		return [...this.keys];
	}
}
