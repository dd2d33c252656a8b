import { parseRow } from '../../../../core/market/sources/replay/parseRow';

const at = 1_723_161_255_342;

describe('parseRow', () => {
	it.each([
		[
			{ time: String(at), symbol: 'BTCUSDT', price: '61837.63', size: '0.02' },
			{ kind: 'trade', symbol: 'BTCUSDT', at, price: 61_837.63, size: 0.02 },
		],
		[
			{ timestamp: at, ticker: 'shop', last: 60 },
			{ kind: 'trade', symbol: 'SHOP', at, price: 60, size: null },
		],
		[
			{ t: at * 1e6, S: 'AAPL', p: 228.1, s: 100 },
			{ kind: 'trade', symbol: 'AAPL', at, price: 228.1, size: 100 },
		],
		[
			{ Time: at, Symbol: 'X', Price: 1 },
			{ kind: 'trade', symbol: 'X', at, price: 1, size: null },
		],
		[
			{ date: '2024-08-08T23:54:15.342Z', close: 5 },
			{ kind: 'trade', symbol: undefined, at, price: 5, size: null },
		],
		[
			{ time: at, symbol: 'X', price: 1, size: 0 },
			{ kind: 'trade', symbol: 'X', at, price: 1, size: 0 },
		],
		[
			{ start: at, symbol: 'MSFT', open: '1', high: '3', low: '0.5', close: '2', volume: '10' },
			{ kind: 'candle', symbol: 'MSFT', at, open: 1, high: 3, low: 0.5, close: 2, volume: 10 },
		],
		[
			{ t: at, o: 1, h: 3, l: 0.5, c: 2, v: 7 },
			{ kind: 'candle', symbol: undefined, at, open: 1, high: 3, low: 0.5, close: 2, volume: 7 },
		],
	])('reads %j', (row, read) => {
		expect(parseRow(row)).toEqual(read);
	});

	it.each<[object, RegExp]>([
		[
			{ symbol: 'X', price: 1 },
			/^no time: expected a column time, eventat, timestamp; there are symbol, price$/,
		],
		[{ time: 'noon', price: 1 }, /^the time: expected epoch/],
		[{ time: '2024-08-08 23:54:15', price: 1 }, /with a time zone/],
		[{ time: at, size: 1 }, /^no price/],
		[{ time: at, price: 'secret-token' }, /^the price: expected a number above 0$/],
		[{ time: at, price: '' }, /^no price/],
		[{ time: at, price: 0 }, /^the price/],
		[{ time: at, price: -1 }, /^the price/],
		[{ time: at, price: 'NaN' }, /^the price/],
		[{ time: at, open: 1, high: 'x', low: 1, close: 1 }, /^a price of the candle/],
		[{}, /^no time/],
	])('says what is wrong with %j, and never quotes a value', (row, reason) => {
		const read = parseRow(row as Record<string, unknown>);
		expect(read).toEqual({ unreadable: expect.stringMatching(reason) });
		expect(JSON.stringify(read)).not.toContain('secret-token');
	});
});
