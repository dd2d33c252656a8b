import fc from 'fast-check';

import type { QualityFlag } from '../../../../core/market';
import { level, one, oneOf, sheet, type Columns } from '../../rules/judge/streams';
import { documentOf, type Document } from './desks';

/** What happens to a desk of rules, one after the other. */
export type Step =
	| {
			readonly kind: 'event';
			readonly symbol: string;
			/** `same`: as this instrument's last event had it. */
			readonly columns: Columns | 'same';
			/** A closed or running candle instead of a trade. */
			readonly candle?: 'closed' | 'running';
			readonly afterMs: number;
			readonly quality: readonly QualityFlag[];
			/** `again`: the event before comes once more, just as it was. */
			readonly id: 'next' | 'again' | 'none' | 'foreign' | 'anew';
	  }
	/** A rule of the desk is put in: a new one, or in the place of the one of the same id. */
	| { readonly kind: 'put'; readonly index: number; readonly title: string | undefined }
	| { readonly kind: 'remove'; readonly index: number }
	/** Time passes, and no event comes. */
	| { readonly kind: 'passTime'; readonly afterMs: number }
	/** What is kept is written down and read again. */
	| { readonly kind: 'restore' };

/** Rules, and what happens to them in several runs, each from the beginning. */
export type Desk = {
	/** The first few are there from the beginning; several may share an id. */
	readonly documents: readonly Document[];
	readonly atFirst: number;
	readonly tapes: readonly Tape[];
};
export type Tape = {
	readonly beginsAt: number;
	readonly steps: readonly Step[];
	/** After how many steps the alerts are fetched. */
	readonly drainEvery: number;
};

/** On a Monday, half a minute before New York opens; just before the day is over. */
export const BEGINNINGS = [
	Date.parse('2026-01-05T14:29:30Z'),
	Date.parse('2026-01-05T23:59:40Z'),
] as const;

/** What is due after 10 s, 20 s or a minute is due at an event as often as between two. */
const afterMs = oneOf<number>(
	[12, one(10_000, 10_000, 20_000, 30_000)],
	[3, one(1_000, 9_999, 10_001, 0)],
	[1, one(60_000, 60_000, 300_000)],
	[1, one(-10_000, -1)],
);
const quality = oneOf<readonly QualityFlag[]>(
	[20, fc.constant([])],
	[
		3,
		one<QualityFlag[]>(['stale'], ['implausible'], ['gapBefore'], ['late'], ['gapBefore', 'stale']),
	],
);
const quote = fc
	.tuple(level, level, level, level)
	.map(([price, previousClose, score, peRatio]): Columns => ({
		price,
		previousClose,
		score,
		peRatio,
		mark: score,
	}));
const columns = oneOf<Columns | 'same'>(
	[8, quote],
	[3, fc.constant('same')],
	[2, sheet.map(({ own }) => own)],
	[1, level.map((price): Columns => ({ price }))],
	[1, one<Columns>({}, { price: null }, { price: 1_000 }, { price: -1 }, { price: 2.000000001 })],
);
const event = fc
	.record({
		kind: fc.constant('event' as const),
		symbol: one('ACME', 'ACME', 'ACME', 'ACME', 'SPY', 'SPY', 'acme', 'TSLA'),
		columns,
		candle: oneOf<'closed' | 'running' | undefined>(
			[6, fc.constant(undefined)],
			[1, one('closed', 'running')],
		),
		afterMs,
		quality,
		id: oneOf<'next' | 'again' | 'none' | 'foreign' | 'anew'>(
			[20, fc.constant('next')],
			[3, one('again', 'none', 'foreign', 'anew')],
		),
	})
	.map(({ candle, ...rest }): Step => ({ ...rest, ...(candle === undefined ? {} : { candle }) }));

const index = fc.nat(5);
const step = oneOf<Step>(
	[24, event],
	[2, fc.record({ kind: fc.constant('passTime' as const), afterMs: one(10_000, 20_000, 60_000) })],
	[
		3,
		fc.record({ kind: fc.constant('put' as const), index, title: one(undefined, 'new', 'newer') }),
	],
	[1, fc.record({ kind: fc.constant('remove' as const), index })],
	[1, fc.constant<Step>({ kind: 'restore' })],
);

/** @param least steps of a tape */
const tapeOf = (least: number): fc.Arbitrary<Tape> =>
	fc.record({
		beginsAt: one(...BEGINNINGS, BEGINNINGS[0]),
		steps: fc.array(step, { minLength: least, maxLength: 14 }),
		drainEvery: one(1, 1, 1, 3, 100),
	});

/** @param tapes how many of each desk: drawing events costs less than drawing rules. A failure with one is short */
export const desksWith = (tapes: number): fc.Arbitrary<Desk> =>
	fc.record({
		documents: fc.array(one('r0', 'r1', 'r2').chain(documentOf), {
			minLength: tapes === 1 ? 1 : 2,
			maxLength: 4,
		}),
		atFirst: fc.integer({ min: 1, max: 3 }),
		tapes: fc.array(tapeOf(tapes === 1 ? 1 : 6), { minLength: tapes, maxLength: tapes }),
	});
