import { parseEventId, parseInstant, toEventId, toStream } from '../../../core/market';

describe('parseInstant', () => {
	it.each([
		[1723161255342, 1723161255342],
		['1723161255342', 1723161255342],
		[1723161255, 1723161255000],
		[1723161255342000, 1723161255342],
		['1723161255342000000', 1723161255342],
		['2024-08-08T23:54:15.342Z', 1723161255342],
		['2024-08-08T19:54:15.342-04:00', 1723161255342],
		['2024-08-08 23:54:15 +00:00', 1723161255000],
		['2024-08-08T23:54:15.342123456Z', 1723161255342],
	])('reads %p', (given, instant) => {
		expect(parseInstant(given)).toBe(instant);
	});

	it.each([
		'2024-08-08T23:54:15', // any of 24 zones
		'2024-08-08',
		'yesterday',
		'',
		Number.NaN,
		Number.POSITIVE_INFINITY,
		8.640_001e21, // later than the last day there is
		'-9999999999999999999999',
		null,
		undefined,
		{},
		'2024-13-45T00:00:00Z',
	])('does not guess at %p', (given) => {
		expect(parseInstant(given)).toBeUndefined();
	});
});

describe('parseEventId', () => {
	it('gives back the position an id was made of', () => {
		const stream = toStream('replay', 'trades.csv.gz', 'k3f9');
		expect(parseEventId(toEventId(stream, 12))).toEqual({ stream, sequence: 12 });
	});

	it('keeps a tape whose name has our separators', () => {
		const stream = toStream('replay', 'odd#1~name.csv', 'k3f9');
		expect(parseEventId(toEventId(stream, 1))).toEqual({ stream, sequence: 1 });
	});

	it.each(['order#5', 'binance:trade:17', '', '42', 'replay:no-play#3'])(
		'does not take %p for one of ours',
		(id) => {
			expect(parseEventId(id)).toBeUndefined();
		},
	);
});
