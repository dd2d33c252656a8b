/** A price at each tick of all time, the same each time it's looked at. */
const TICK_MS = 15_000;
export const TICKS_PER_MINUTE = 4;
/** Steps of halving from a whole span down to a tick. */
const LEVELS = 22;
const SPAN_TICKS = 2 ** LEVELS;
const DAY_TICKS = 86_400_000 / TICK_MS;
/** Over longer spans prices don't wander further, so that they stay near what people know. */
const MOST_TICKS = 32 * DAY_TICKS;

export const tickOf = (ms: number): number => Math.floor(ms / TICK_MS);

/**
 * A random walk that can be entered anywhere: of each span of two years both ends are the start price, the
 * middle lies off them by chance, and so does the middle of each half, down to a tick (a Brownian bridge).
 * Chance is a hash of seed, symbol and place, so whoever asks gets the same.
 */
export class PricePath {
	private readonly key: number;

	/** Deviation of a logarithm within a tick. */
	private readonly perTick: number;

	constructor(
		seed: number,
		symbol: string,
		private readonly startPrice: number,
		volatilityPercent: number,
	) {
		this.key = [...symbol].reduce((key, sign) => mix(key ^ (sign.codePointAt(0) ?? 0)), mix(seed));
		this.perTick = volatilityPercent / 100 / Math.sqrt(DAY_TICKS);
	}

	priceAt(tick: number): number {
		let price = this.startPrice;
		this.walk(tick, tick + 1, (at) => {
			price = at;
		});
		return price;
	}

	/** Visits the ticks from one (included) to another (not), in order. */
	walk(from: number, to: number, visit: (price: number, tick: number) => void): void {
		const descend = (part: number, level: number, left: number, right: number): void => {
			const length = 2 ** (LEVELS - level);
			const first = part * length;
			if (first >= to || first + length <= from) return;
			if (level === LEVELS) {
				visit(this.startPrice * Math.exp(left), first);
				return;
			}
			const deviation = (this.perTick * Math.sqrt(Math.min(length, MOST_TICKS))) / 2;
			const middle = (left + right) / 2 + deviation * this.chance(level, part);
			descend(part * 2, level + 1, left, middle);
			descend(part * 2 + 1, level + 1, middle, right);
		};
		for (let span = Math.floor(from / SPAN_TICKS); span * SPAN_TICKS < to; span += 1) {
			descend(span, 0, 0, 0);
		}
	}

	/** About normal, mean 0, deviation 1: the sum of four even ones. */
	private chance(level: number, part: number): number {
		const first = mix(this.key ^ mix(part ^ mix(level + 1)));
		const second = mix(first ^ 0x9e3779b9);
		const sum = (first >>> 16) + (first & 0xffff) + (second >>> 16) + (second & 0xffff);
		return (sum / 65_536 - 2) * SQRT_3;
	}

	/** Units traded within a minute; more when it's busy. */
	volumeAt(minute: number): number {
		const even = (mix(this.key ^ mix(minute ^ 0x51ed270b)) >>> 0) / 4_294_967_296;
		return Math.ceil(-Math.log(1 - even) * 2_000) + 1;
	}
}

const SQRT_3 = Math.sqrt(3);

/** Spreads the bits of 32 (the finalizer of MurmurHash3). */
function mix(value: number): number {
	let bits = value | 0;
	bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
	bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
	return bits ^ (bits >>> 16);
}
