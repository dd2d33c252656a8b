import { epochMs, type EpochMs } from '../../ports';

/** Prices of a short piece of time, summed up: `[time of the last, highest, lowest, last]`. */
type Bucket = readonly [at: number, high: number, low: number, last: number];

export type WindowState = {
	/** Time of the first price. */
	readonly since: number;
	readonly buckets: readonly Bucket[];
	readonly present: Bucket;
};

/** Pieces a span is cut into; what a window says is exact to this part of its span. */
const PIECES = 500;

/** The prices of a span of time before the present one, in bounded memory. */
export class TimeWindow {
	private since: number | undefined;

	private buckets: Bucket[];

	private present: Bucket | undefined;

	constructor(
		private readonly overMs: number,
		state?: WindowState,
	) {
		this.since = state?.since;
		this.buckets = [...(state?.buckets ?? [])];
		this.present = state?.present;
	}

	/** @param range the highest and lowest price of a candle that ends here */
	add(at: EpochMs, price: number, range = { high: price, low: price }): void {
		this.since ??= at;
		if (this.present !== undefined) this.settle(this.present);
		this.present = [at, range.high, range.low, price];
		this.forget(at - this.overMs);
	}

	/** The price at the beginning of the span; `undefined` while we haven't watched for so long. */
	get first(): number | undefined {
		const [first] = this.buckets;
		if (first === undefined || this.present === undefined) return undefined;
		return first[0] <= this.present[0] - this.overMs ? first[3] : undefined;
	}

	/** The highest price that stood in the span before the present one, also when it is older than the span. */
	get highest(): number | undefined {
		return this.within((bucket) => bucket[1], Math.max);
	}

	get lowest(): number | undefined {
		return this.within((bucket) => bucket[2], Math.min);
	}

	split(ratio: number): void {
		const adjust = ([at, high, low, last]: Bucket): Bucket => [
			at,
			high / ratio,
			low / ratio,
			last / ratio,
		];
		this.buckets = this.buckets.map(adjust);
		if (this.present !== undefined) this.present = adjust(this.present);
	}

	snapshot(): WindowState | undefined {
		if (this.since === undefined || this.present === undefined) return undefined;
		return { since: this.since, buckets: [...this.buckets], present: this.present };
	}

	private settle(bucket: Bucket): void {
		const last = this.buckets.at(-1);
		const width = this.overMs / PIECES;
		if (last === undefined || Math.floor(last[0] / width) !== Math.floor(bucket[0] / width)) {
			this.buckets.push(bucket);
			return;
		}
		this.buckets[this.buckets.length - 1] = [
			bucket[0],
			Math.max(last[1], bucket[1]),
			Math.min(last[2], bucket[2]),
			bucket[3],
		];
	}

	/** Drops what lies before the span, but for the price it begins with. */
	private forget(before: number): void {
		let gone = 0;
		while ((this.buckets[gone + 1]?.[0] ?? Number.POSITIVE_INFINITY) <= before) gone += 1;
		if (gone > 0) this.buckets = this.buckets.slice(gone);
	}

	private within(
		of: (bucket: Bucket) => number,
		most: (...values: number[]) => number,
	): number | undefined {
		if (this.present === undefined || this.since === undefined) return undefined;
		const begins = epochMs(this.present[0] - this.overMs);
		if (this.since > begins) return undefined;
		const { first } = this;
		const inside = this.buckets.filter((bucket) => bucket[0] > begins).map(of);
		return [...(first === undefined ? [] : [first]), ...inside].reduce((a, b) => most(a, b));
	}
}
