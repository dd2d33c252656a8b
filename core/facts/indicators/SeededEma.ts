/** An EMA that begins with the mean of its first values, as TA-Lib and TradingView do. */
export class SeededEma {
	private readonly weight: number;

	private count = 0;

	private average = 0;

	private previous = { count: 0, average: 0 };

	constructor(private readonly period: number) {
		this.weight = 2 / (period + 1);
	}

	update(value: number, replace: boolean): number | undefined {
		if (replace) ({ count: this.count, average: this.average } = this.previous);
		this.previous = { count: this.count, average: this.average };
		this.count += 1;
		// The mean is moved along rather than summed: a flat price is then its own mean to the last digit.
		const weight = this.count <= this.period ? 1 / this.count : this.weight;
		this.average += (value - this.average) * weight;
		return this.count < this.period ? undefined : this.average;
	}
}
