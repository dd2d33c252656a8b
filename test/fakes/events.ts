import { toEventId, toStream, type Trade } from '../../core/market';
import { epochMs, type EpochMs } from '../../core/ports';

const stream = toStream('replay', 'tape.csv', 'p1');

/** A trade of a made-up tape; `row` numbers it. */
export const trade = (row: number, price: number, more: Partial<Trade> = {}): Trade => ({
	type: 'trade',
	source: 'replay',
	symbol: 'SHOP',
	providerSymbol: 'SHOP',
	eventId: toEventId(stream, row),
	eventAt: epochMs(1_700_000_000_000 + row * 1_000),
	receivedAt: epochMs(1_700_000_000_000 + row * 1_000),
	quality: [],
	price,
	size: 1,
	side: null,
	...more,
});

export const second = (seconds: number): EpochMs => epochMs(1_700_000_000_000 + seconds * 1_000);
