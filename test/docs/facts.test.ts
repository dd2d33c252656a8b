import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { catalogue } from '../../core/facts';
import { factsPage } from '../../core/facts/factsPage';

const COMMAND = 'npm run docs';

describe('docs/facts.md', () => {
	it('says what the catalogue says', () => {
		const onDisk = readFileSync(join(__dirname, '../../docs/facts.md'), 'utf8');
		const isCurrent = onDisk === factsPage();
		expect(isCurrent ? 'current' : `out of date; ${COMMAND} writes it`).toBe('current');
	});

	it('has a row for each fact, with its defaults and what it waits for', () => {
		const rows = factsPage().split('\n');
		for (const { name } of catalogue) {
			expect(rows.filter((row) => row.startsWith(`| \`${name}\` |`))).toHaveLength(1);
		}
		expect(rows).toContainEqual(
			expect.stringMatching(/^\| `rsi` \| RSI \| index \| .+ \| 15 \| `period` 14 \|$/),
		);
		expect(rows).toContainEqual(
			expect.stringMatching(/^\| `macd` \| .+ \| 34 \| `fast` 12, `slow` 26, `signal` 9 \|$/),
		);
		expect(rows).toContainEqual(
			expect.stringMatching(/^\| `vwap` \| .+ \| `interval`, at least 1m \|$/),
		);
		expect(rows).toContain(
			'| `period` | a whole number from 1 to 1000 | Number of candles it looks at |',
		);
	});
});
