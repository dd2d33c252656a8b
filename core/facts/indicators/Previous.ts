import type { Bar } from '../../market';

/** The candle before the present one, whether that one is replaced or not. */
export class Previous {
	private before: Bar | undefined;

	private present: Bar | undefined;

	update(bar: Bar, replace: boolean): Bar | undefined {
		if (!replace) this.before = this.present;
		this.present = bar;
		return this.before;
	}
}
