import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { failureInWords, ProviderFailure, SourceError } from '../../../../core/market';

const SOURCES = join(__dirname, '../../../../core/market/sources');

describe('A failure in words for who asked once', () => {
	it.each<[string, ProviderFailure, string]>([
		[
			'the network',
			new ProviderFailure('transient', 'gave no answer within 12 s; trying again.'),
			'Kraken gave no answer within 12 s.',
		],
		[
			'a key',
			new ProviderFailure(
				'auth',
				'refuses the key. Check key ID and secret in the credential; trying again in an hour, with what is in it then. It says: forbidden (401).',
			),
			'Kraken refuses the key. Check key ID and secret in the credential. It says: forbidden (401).',
		],
		[
			'a limit',
			new ProviderFailure(
				'rate',
				'asks to slow down; waiting 7 s. Poll less often, or stream: the limit counts for all programs at this IP address. It says: waiting is good; trying again. (429).',
				7_000,
			),
			'Kraken asks to slow down. The limit counts for all programs at this IP address. It says: waiting is good; trying again. (429). Ask again in 7 s.',
		],
		[
			'a place in a list',
			new ProviderFailure('connectionLimit', 'has too many connections from here; waiting.'),
			'Kraken has too many connections from here.',
		],
	])('%s', (_, failure, words) => expect(failureInWords('Kraken', failure)).toBe(words));

	it('leaves what the user must fix as it is', () => {
		const error = new SourceError('invalidSetting', 'Interval is "7m".');
		expect(failureInWords('Kraken', error)).toBe('Interval is "7m".');
	});

	it('promises nothing, whatever failure of any provider it is', () => {
		const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
			/(?:failures|rest|Rest|account)\.ts$/.test(file),
		);
		expect(files.length).toBeGreaterThan(8);
		const texts = files.flatMap((file) => {
			const code = readFileSync(join(SOURCES, file), 'utf8');
			return [
				...code.matchAll(
					/(["'`])((?:(?!\1)[^\n\\])*(?:trying again|waiting)(?:(?!\1)[^\n\\])*)\1/gi,
				),
			];
		});
		expect(texts.length).toBeGreaterThan(12);
		for (const [, , text = ''] of texts) {
			const said = text.replace(/\$\{[^}]*\}/g, '7 s').replace(/7 s s/g, '7 s');
			const words = failureInWords('X', new ProviderFailure('transient', said));
			expect(words).not.toMatch(/trying again|waiting/i);
		}
	});
});
