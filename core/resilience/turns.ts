/** At most so many at a time; the others wait in line. */
export class Turns {
	private free: number;

	private readonly waiting: Array<() => void> = [];

	constructor(most: number) {
		this.free = most;
	}

	async take<T>(work: () => Promise<T>): Promise<T> {
		if (this.free > 0) this.free -= 1;
		else await new Promise<void>((resolve) => this.waiting.push(resolve));
		try {
			return await work();
		} finally {
			const next = this.waiting.shift();
			if (next === undefined) this.free += 1;
			else next();
		}
	}
}
