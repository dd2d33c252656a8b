import type { InstrumentState } from '../facts';
import type { MarketEvent } from '../market';
import type { Change, Entry, Store } from '../ports';

/** What is written down of one instrument: how it stood, and its events since then, in pieces. */
export type WrittenHistory = {
	readonly state: InstrumentState | undefined;
	readonly pieces: ReadonlyArray<readonly MarketEvent[]>;
};

/** By symbol in upper case. */
export type WrittenHistories = Map<string, WrittenHistory>;

export const noHistories = (): WrittenHistories => new Map();

/** What is to be written with a batch, so that all its events are in what's written. */
export type HistoryChange = { readonly symbol: string } & (
	| {
			/** From 1; goes behind those there are. */
			readonly piece: number;
			readonly events: readonly MarketEvent[];
	  }
	| {
			/** Takes the place of what was written … */
			readonly state: InstrumentState;
			/** … and of so many pieces. */
			readonly pieces: number;
	  }
);

/** What is written down of all instruments of a trigger. @param prefix workflow and node */
export const readHistories = async (prefix: string, store: Store): Promise<WrittenHistories> =>
	toHistories(prefix, await store.list('history', `${prefix}/`));

/** @param prefix workflow and node */
export function toHistories(prefix: string, entries: readonly Entry[]): WrittenHistories {
	const histories: WrittenHistories = new Map();
	for (const { key, value } of entries) {
		const [name = '', piece] = key.slice(prefix.length + 1).split('/');
		const symbol = decodeURIComponent(name);
		const { state, pieces } = histories.get(symbol) ?? { state: undefined, pieces: [] };
		histories.set(
			symbol,
			piece === undefined
				? { state: value as InstrumentState, pieces }
				: { state, pieces: [...pieces, value as MarketEvent[]] },
		);
	}
	return histories;
}

export function writeHistory(prefix: string, change: HistoryChange): Change[] {
	const { symbol } = change;
	if ('events' in change) {
		const key = keyOf(prefix, symbol, change.piece);
		return [{ put: { space: 'history', key, value: change.events } }];
	}
	const whole = { space: 'history', key: keyOf(prefix, symbol), value: change.state } as const;
	return [{ put: whole }, ...removePieces(prefix, symbol, change.pieces)];
}

export const removeHistories = (prefix: string, histories: WrittenHistories): Change[] =>
	[...histories].flatMap(([symbol, { pieces }]) => [
		{ remove: { space: 'history', key: keyOf(prefix, symbol) } },
		...removePieces(prefix, symbol, pieces.length),
	]);

const removePieces = (prefix: string, symbol: string, count: number): Change[] =>
	Array.from({ length: count }, (_, index) => ({
		remove: { space: 'history', key: keyOf(prefix, symbol, index + 1) },
	}));

/** An instrument lies under its symbol, the pieces behind it under their numbers. */
function keyOf(prefix: string, symbol: string, piece?: number): string {
	const key = `${prefix}/${encodeURIComponent(symbol)}`;
	return piece === undefined ? key : `${key}/${String(piece).padStart(6, '0')}`;
}
