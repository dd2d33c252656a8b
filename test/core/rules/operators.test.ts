import { FactSheet } from '../../../core/facts';
import { compileRule, evaluateRule, findOperator, operators } from '../../../core/rules';

async function judge(operator: string, left: unknown, value: unknown) {
	const rule = compileRule({
		version: 1,
		id: 'r',
		name: 'r',
		conditions: { all: [{ fact: 'left', operator, value }] },
	});
	const facts = new FactSheet({ left, middle: 60 });
	return (await evaluateRule(rule, facts, {})).verdict.outcome;
}

describe('operators', () => {
	it.each<[left: unknown, operator: string, right: unknown, outcome: string]>([
		[59.4, 'within', { percent: 1, of: 60 }, 'holds'],
		['59.4', 'within', { percent: 1, of: '60' }, 'holds'],
		[59.39, 'within', { percent: 1, of: 60 }, 'fails'],
		[60.6, 'within', { percent: 1, of: { fact: 'middle' } }, 'holds'],
		[60.61, 'within', { percent: 1, of: { fact: 'middle' } }, 'fails'],
		[-60.5, 'within', { percent: 1, of: -60 }, 'holds'],
		[0, 'within', { percent: 50, of: 0 }, 'holds'],
		['near', 'within', { percent: 1, of: 60 }, 'unknown'],
		[60, 'within', { percent: 1, of: { fact: 'nothing' } }, 'unknown'],
		[61, 'not:within', { percent: 1, of: 60 }, 'holds'],

		[['AAPL', 'MSFT'], 'contains', 'AAPL', 'holds'],
		[['AAPL', 'MSFT'], 'contains', 'aapl', 'fails'],
		['7-for-1 Split announced', 'contains', 'split', 'holds'],
		['7-for-1 Split announced', 'contains', 'merger', 'fails'],
		['7-for-1 Split announced', 'doesNotContain', 'merger', 'holds'],
		['7-for-1 Split announced', 'doesNotContain', 'split', 'fails'],
		[7, 'contains', '7', 'fails'],

		['Form 8-K', 'matches', 'form ?-K', 'holds'],
		['Form 10-K', 'matches', 'form ?-K', 'fails'],
		['Form 10-K', 'matches', 'form *', 'holds'],
		['Form 10-K', 'matches', '*10*', 'holds'],
		['Form 10-K', 'matches', 'form', 'fails'],
		['', 'matches', '*', 'holds'],
		['', 'matches', '?', 'fails'],
		['a.b', 'matches', 'a.b', 'holds'],
		['axb', 'matches', 'a.b', 'fails'],
		['aXbXc', 'matches', 'a*x*c', 'holds'],
		[5, 'matches', '5', 'unknown'],

		['09:30:00', 'betweenTimes', ['09:30', '16:00'], 'holds'],
		['09:29:59', 'betweenTimes', ['09:30', '16:00'], 'fails'],
		['16:00:00', 'betweenTimes', ['09:30', '16:00'], 'fails'],
		['23:00', 'betweenTimes', ['22:00', '02:00'], 'holds'],
		['01:59:59', 'betweenTimes', ['22:00', '02:00'], 'holds'],
		['02:00', 'betweenTimes', ['22:00', '02:00'], 'fails'],
		['12:00', 'not:betweenTimes', ['22:00', '02:00'], 'holds'],
		['9:30', 'betweenTimes', ['09:30', '16:00'], 'holds'],
		['09:30:15.250', 'betweenTimes', ['09:30', '16:00'], 'holds'],
		['noon', 'not:betweenTimes', ['22:00', '02:00'], 'unknown'],
		['25:00', 'not:betweenTimes', ['22:00', '02:00'], 'unknown'],
		['09:300', 'betweenTimes', ['09:30', '16:00'], 'unknown'],
		['09:30:99', 'betweenTimes', ['09:30', '16:00'], 'unknown'],
		['', 'betweenTimes', ['00:00', '01:00'], 'unknown'],
		['09:30:00Z', 'betweenTimes', ['09:30', '16:00'], 'holds'],
		['09:29+01:00', 'betweenTimes', ['09:30', '16:00'], 'fails'],

		['2026-01-01', 'betweenDates', ['2026-01-01', '2026-12-31'], 'holds'],
		['2026-12-31T23:00:00Z', 'betweenDates', ['2026-01-01', '2026-12-31'], 'holds'],
		['2027-01-01', 'betweenDates', ['2026-01-01', '2026-12-31'], 'fails'],
		['yesterday', 'not:betweenDates', ['2026-01-01', '2026-12-31'], 'unknown'],
		['01/02/2026', 'not:betweenDates', ['2026-01-01', '2026-12-31'], 'unknown'],

		['5.00', 'in', [4, 5], 'holds'],
		[5, 'in', ['4', '5.00'], 'holds'],
		['5.00', 'in', ['4', 5], 'holds'],
		['5', 'notIn', [5], 'fails'],
		['five', 'in', [5, 'five'], 'holds'],
		['007', 'in', ['7'], 'fails'],
		['007', 'equal', '7', 'fails'],
		['007', 'equal', 7, 'holds'],
		[true, 'equal', 'true', 'fails'],
		[1, 'in', [true], 'fails'],

		['9', 'not:lessThan', 10, 'fails'],
		['11', 'not:lessThan', 10, 'holds'],
	])('%j %s %j: %s', async (left, operator, right, outcome) => {
		expect(await judge(operator, left, right)).toBe(outcome);
	});

	it('answers a pattern of many stars at once', async () => {
		const text = 'a'.repeat(10_000);
		expect(await judge('matches', text, `${'*a'.repeat(50)}*b`)).toBe('fails');
	});

	it('have each a name, a label and words of their own', () => {
		expect(new Set(operators.map(({ name }) => name)).size).toBe(operators.length);
		expect(new Set(operators.map(({ label }) => label)).size).toBe(operators.length);
		expect(operators.every(({ name }) => findOperator(name)?.name === name)).toBe(true);
	});
});
