import { parseDuration } from '../../../core/ports';

describe('parseDuration', () => {
	it.each([
		['200ms', 200],
		['30s', 30_000],
		['5m', 300_000],
		['1h', 3_600_000],
		['1d', 86_400_000],
		['1.5h', 5_400_000],
		[' 2 m ', 120_000],
		['0s', 0],
	])('reads %p', (text, milliseconds) => {
		expect(parseDuration(text)).toBe(milliseconds);
	});

	it.each(['', 's', '5', 'an hour', '-5s', '1w', '5 s m', '1e3s', '1,5h'])(
		'does not guess at %p',
		(text) => {
			expect(parseDuration(text)).toBeUndefined();
		},
	);
});
