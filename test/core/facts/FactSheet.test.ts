import { FactSheet } from '../../../core/facts';

const read = (columns: Record<string, unknown>, fact: string, path?: string) =>
	new FactSheet(columns).read(path === undefined ? { fact } : { fact, path });

describe('FactSheet', () => {
	it.each<[string, Record<string, unknown>, string, unknown]>([
		['a number as it is', { price: 60.5 }, 'price', { value: 60.5 }],
		[
			'a price that arrives as text as a number',
			{ price: '61837.6300' },
			'price',
			{ value: 61837.63 },
		],
		['text that is no number as invalid', { price: 'n/a' }, 'price', { missing: 'invalid' }],
		['NaN as invalid', { price: Number.NaN }, 'price', { missing: 'invalid' }],
		['null as not offered', { price: null }, 'price', { missing: 'notOffered' }],
		['empty text as invalid', { price: '' }, 'price', { missing: 'invalid' }],
		['a missing fact as not offered', {}, 'peRatio', { missing: 'notOffered' }],
		['zero as zero', { volume: 0 }, 'volume', { value: 0 }],
		['the close of a candle as its price', { close: 12 }, 'price', { value: 12 }],
		['a session as text', { session: 'regular' }, 'session', { value: 'regular' }],
		['a session that is no text as invalid', { session: 4 }, 'session', { missing: 'invalid' }],
		['an own column as it came', { desk: 'tech' }, 'desk', { value: 'tech' }],
		['an own column false as false', { halted: false }, 'halted', { value: false }],
		['an own column NaN as invalid', { desk: Number.NaN }, 'desk', { missing: 'invalid' }],
		['a dotted name into an object', { order: { total: 5 } }, 'order.total', { value: 5 }],
		[
			'a column whose name has a dot before the object',
			{ 'a.b': 1, a: { b: 2 } },
			'a.b',
			{ value: 1 },
		],
		[
			'a column a trigger could not add, with the reason it gave',
			{ marketAlerts: { missing: { rsi_14_5m: 'warmingUp' } } },
			'rsi_14_5m',
			{ missing: 'warmingUp' },
		],
		[
			'a reason there is none of as not offered',
			{ marketAlerts: { missing: { rsi_14_5m: 'late' } } },
			'rsi_14_5m',
			{ missing: 'notOffered' },
		],
		[
			'a column that is there, whatever is said about it',
			{ rsi_14_5m: 30, marketAlerts: { missing: { rsi_14_5m: 'stale' } } },
			'rsi_14_5m',
			{ value: 30 },
		],
		['nothing of a prototype', {}, 'constructor', { missing: 'notOffered' }],
		['nothing of a prototype, dotted', { a: {} }, 'a.__proto__', { missing: 'notOffered' }],
	])('reads %s', (_, columns, fact, reading) => {
		expect(read(columns, fact)).toEqual(reading);
	});

	it.each<[string, unknown, string, unknown]>([
		['a value inside an object', { total: { net: 7 } }, '$.total.net', { value: 7 }],
		['nothing where the path leads nowhere', { total: 1 }, '$.missing', { missing: 'notOffered' }],
		[
			'a list by filter',
			[
				{ id: 1, on: true },
				{ id: 2, on: false },
			],
			'$[?(@.on)].id',
			{ value: [1] },
		],
		[
			'invalid where a filter asks for a field of what is not there',
			{ lines: [{}] },
			'$.lines[?(@.price.net > 5)]',
			{ missing: 'invalid' },
		],
		['invalid where it is none', { lines: [{}] }, '$..[?(@.x', { missing: 'invalid' }],
		[
			'invalid where it would run code',
			{ lines: [{}] },
			'$.lines[?(@.constructor.constructor("return process")())]',
			{ missing: 'invalid' },
		],
	])('follows a JSONPath to %s', (_, order, path, reading) => {
		expect(read({ order }, 'order', path)).toEqual(reading);
	});

	it('derives the change from the previous close, rounded to 12 digits', () => {
		const columns = { price: 2.3, previousClose: 2 };
		expect(read(columns, 'changePercent')).toEqual({ value: 15 });
		expect(read(columns, 'change')).toEqual({ value: 0.3 });
	});

	it.each([[{ price: 2, previousClose: 0 }], [{ price: 2 }], [{ previousClose: 2 }]])(
		'derives no change from %j',
		(columns) => {
			expect(read(columns, 'changePercent')).toEqual({ missing: 'notOffered' });
		},
	);

	it("prefers the source's own change", () => {
		expect(read({ price: 3, previousClose: 2, changePercent: 49 }, 'changePercent')).toEqual({
			value: 49,
		});
	});
});
