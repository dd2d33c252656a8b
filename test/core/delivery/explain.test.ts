import type { Reason } from '../../../core/alerts';
import { explainReason } from '../../../core/delivery';

const price = { fact: 'price', left: 59.2, right: 60, holds: true };

describe('explainReason', () => {
	it.each<[Reason, string]>([
		[{ ...price, operator: 'lessThan' }, 'price 59.2 is less than 60'],
		[
			{ ...price, operator: 'greaterThanInclusive', holds: false },
			'not: price 59.2 is at least 60',
		],
		[
			{ ...price, operator: 'crossesBelow', before: { left: 60.4, right: 60 } },
			'price crossed below 60 (60.4 → 59.2)',
		],
		[
			{ ...price, operator: 'lessThan', right: 61.2, rightFact: 'previousClose' },
			'price 59.2 is less than previousClose (61.2)',
		],
		[
			{ ...price, operator: 'lessThan', fact: 'rsi', params: { period: 14, interval: '5m' } },
			'rsi(14, 5m) 59.2 is less than 60',
		],
		[{ ...price, operator: 'lessThan', path: '$.last' }, 'price $.last 59.2 is less than 60'],
		[
			{ fact: 'session', operator: 'in', left: 'regular', right: ['pre', 'regular'], holds: true },
			'session "regular" is one of "pre", "regular"',
		],
		[{ ...price, operator: 'lessThan', left: '59.20' }, 'price 59.20 is less than 60'],
		[{ ...price, operator: 'everyFact:lessThan' }, 'price 59.2 everyFact:lessThan 60'],
		[
			{
				fact: 'rsi',
				operator: 'lessThan',
				left: null,
				right: 30,
				holds: null,
				missing: 'warmingUp',
			},
			'rsi is less than 30: unknown (warmingUp)',
		],
	])('%#: %j', (reason, sentence) => {
		expect(explainReason(reason)).toBe(sentence);
	});

	it('cuts a value nobody would read', () => {
		const sentence = explainReason({
			...price,
			operator: 'equal',
			left: 'x'.repeat(5_000),
			right: 'y',
		});
		expect(sentence.length).toBeLessThan(300);
		expect(sentence).toContain('…" equals "y"');
	});
});
