/** The state of a small, fast generator (sfc32): four 32-bit words that JSON can keep. */
export type RandomState = readonly [number, number, number, number];

/** Numbers in [0, 1) that are the same for the same seed, and whose state can be kept and resumed. */
export class SeededRandom {
	private a: number;
	private b: number;
	private c: number;
	private d: number;

	private constructor([a, b, c, d]: RandomState) {
		[this.a, this.b, this.c, this.d] = [a, b, c, d];
	}

	static fromSeed(seed: number): SeededRandom {
		const random = new SeededRandom([0x9e3779b9, 0x243f6a88, 0xb7e15162, seed | 0]);
		for (let round = 0; round < 15; round += 1) random.next();
		return random;
	}

	static resume(state: RandomState): SeededRandom {
		return new SeededRandom(state);
	}

	next(): number {
		const sum = (((this.a + this.b) | 0) + this.d) | 0;
		this.d = (this.d + 1) | 0;
		this.a = this.b ^ (this.b >>> 9);
		this.b = (this.c + (this.c << 3)) | 0;
		this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
		return (sum >>> 0) / 4_294_967_296;
	}

	/** Normally distributed, mean 0, deviation 1 (Box and Muller). */
	normal(): number {
		const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
		return radius * Math.cos(2 * Math.PI * this.next());
	}

	get state(): RandomState {
		return [this.a, this.b, this.c, this.d];
	}
}
