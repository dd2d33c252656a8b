import { signedVolume, type Bar } from '../../market';
import type { Indicator, Params } from './Indicator';
import { Previous } from './Previous';
import { SMA } from './tradingSignals';

const DAY_MS = 86_400_000;

/** A candle without a volume makes every window it lies in not a number, rather than one that's too low. */
export const volumeOf = (bar: Bar): number => bar.volume ?? Number.NaN;

export const candlesOfDay = (intervalMs: number): number => Math.ceil(DAY_MS / intervalMs);

const typicalOf = ({ high, low, close }: Bar): number => (high + low + close) / 3;

export function createObv(balance: number): Indicator {
	const previous = new Previous();
	let before = balance;
	let present = balance;
	return {
		update(bar, replace) {
			if (!replace) before = present;
			present = before + signedVolume(previous.update(bar, replace), bar);
			return { value: present };
		},
	};
}

/** Sums since midnight, UTC; a candle without a volume is left out. */
export function createVwap(): Indicator {
	type Sums = { readonly day: number; readonly money: number; readonly volume: number };
	const nothing: Sums = { day: Number.NaN, money: 0, volume: 0 };
	let before = nothing;
	let present = nothing;
	return {
		update(bar, replace) {
			if (!replace) before = present;
			const day = Math.floor(bar.startAt / DAY_MS);
			const since = before.day === day ? before : nothing;
			const volume = bar.volume ?? 0;
			present = {
				day,
				money: since.money + typicalOf(bar) * volume,
				volume: since.volume + volume,
			};
			return present.volume === 0 ? undefined : { value: present.money / present.volume };
		},
	};
}

/** Money (typical price × volume) of the candles that rose, of that of those that rose or fell. */
export function createMfi(params: Params): Indicator {
	const previous = new Previous();
	const rising = new SMA(params('period'));
	const moving = new SMA(params('period'));
	return {
		update(bar, replace) {
			const before = previous.update(bar, replace);
			if (before === undefined) return undefined;
			const price = typicalOf(bar);
			const change = price - typicalOf(before);
			const money = change === 0 ? 0 : price * volumeOf(bar);
			const risen = rising.update(change > 0 ? money : 0, replace);
			const moved = moving.update(money, replace);
			return risen === null || moved === null ? undefined : { value: (100 * risen) / moved };
		},
	};
}
