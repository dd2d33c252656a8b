import fc from 'fast-check';

import type { CustomMapping } from '../../../../core/market';
import { answerToFailure, pauseAfter } from '../../../../core/market/sources/custom/failures';
import { readRow } from '../../../../core/market/sources/custom/readRow';
import { readRows } from '../../../../core/market/sources/custom/rows';
import { epochMs } from '../../../../core/ports';

const AT = epochMs(1_700_000_000_000);
/** As it comes over the wire: a field may be called `__proto__`. */
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');

const anyField = fc.oneof(fc.double(), fc.string(), fc.jsonValue());
const anyRow = fc.oneof(
	fc.jsonValue(),
	fc.dictionary(fc.constantFrom('symbol', 'price', 'bid', 'time', 'x', '__proto__'), anyField),
);
const places = fc.constantFrom(
	'symbol',
	'price',
	'time',
	'.',
	'~',
	'$..x',
	'$[',
	'$.a[?(@.b>1)]',
	'x.0',
);
const paths = fc.constantFrom(
	'',
	'$',
	'$.*',
	'$..*',
	'$[',
	'$.data',
	'$[?(@.price>1)]',
	'$.__proto__',
);

describe('rows of any JSON', () => {
	it('are read without an error, and give finite numbers and real times only', () => {
		fc.assert(
			fc.property(
				fc.oneof(fc.jsonValue(), fc.array(anyRow)),
				paths,
				fc.record(
					{ symbol: places, price: places, time: places, id: places },
					{ requiredKeys: [] },
				),
				fc.constantFrom<CustomMapping['rowsAre']>('quotes', 'trades', 'candles'),
				(value, rowsPath, columns, rowsAre) => {
					const answer = overTheWire(value);
					const found = readRows(answer, rowsPath);
					const mapping = { rowsAre, rowsPath, columns, interval: '1m', own: [], timeZone: '' };
					const reader = {
						source: 'customRest',
						scope: 'x',
						mapping,
						symbols: new Map(),
						secrets: [],
					};
					for (const row of 'rows' in found ? found.rows : []) {
						const read = readRow(reader, row, answer, undefined, AT);
						if (read === undefined || 'unreadable' in read) continue;
						const { event } = read.item;
						const price = event.type === 'candle' ? event.close : event.price;
						expect(price === null || Number.isFinite(price)).toBe(true);
						expect(Number.isSafeInteger(event.eventAt)).toBe(true);
						expect(event.symbol).not.toBe('');
						expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
					}
				},
			),
			{ numRuns: 500 },
		);
	});

	it('are the same event when they come again, in whatever order of their fields', () => {
		const mapping: CustomMapping = {
			rowsAre: 'quotes',
			rowsPath: '',
			columns: { symbol: 'symbol', time: 'time' },
			interval: '',
			own: [],
			timeZone: '',
		};
		const reader = { source: 'customRest', scope: 'x', mapping, symbols: new Map(), secrets: [] };
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (more) => {
				const row = { ...more, symbol: 'A', price: 1, time: AT };
				const turned = Object.fromEntries(Object.entries(row).reverse());
				const [one, other] = [row, turned].map((value, later) =>
					readRow(reader, { name: '0', value }, [], undefined, epochMs(AT + later)),
				);
				const idOf = (read: typeof one) => read && 'item' in read && read.item.event.eventId;
				expect(idOf(one)).toMatch(/^customRest:x A quote /);
				expect(idOf(other)).toBe(idOf(one));
			}),
		);
	});
});

describe('any answer', () => {
	it('is a failure or none, without an error and without the secret', () => {
		const secret = 's3cr3t-key';
		fc.assert(
			fc.property(
				fc.integer({ min: 100, max: 599 }),
				fc.oneof(fc.jsonValue(), fc.record({ error: fc.string().map((text) => text + secret) })),
				fc.dictionary(
					fc.constantFrom('retry-after', 'x-ratelimit-reset', 'x-ratelimit-remaining', 'location'),
					fc.string(),
				),
				fc.constantFrom('', '$.error', '$[', '$..*'),
				(status, body, headers, errorPath) => {
					const answering = { errorPath, secrets: [secret] };
					const failure = answerToFailure({ status, headers }, overTheWire(body), AT, answering);
					expect(failure?.message ?? '').not.toContain(secret);
					expect(failure?.retryAfterMs ?? 0).toBeGreaterThanOrEqual(0);
					expect(pauseAfter(headers, AT) ?? 0).toBeLessThanOrEqual(3_600_000);
				},
			),
			{ numRuns: 500 },
		);
	});
});
