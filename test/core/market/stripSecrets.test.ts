import { stripSecrets } from '../../../core/market/stripSecrets';

describe('stripSecrets', () => {
	it.each([
		['GET wss://x.io/ws?token=abc123&symbol=A', 'GET wss://x.io/ws?token=***&symbol=A'],
		['{"apiKey":"abc123","code":1}', '{"apiKey":"***","code":1}'],
		['api_token: abc123', 'api_token: ***'],
		['access-key=abc123;', 'access-key=***;'],
		['https://user:pass@host/x', 'https://host/x'],
		['two\r\nlines\u0007', 'two lines'],
		['a token ring', 'a token ring'],
	])('makes %j fit to be shown', (text, shown) => {
		expect(stripSecrets(text)).toBe(shown);
	});

	it('takes out given secrets wherever they stand, and cuts what is long', () => {
		expect(stripSecrets('path/abc123/abc123', ['abc123', ''])).toBe('path/***/***');
		expect(stripSecrets('x'.repeat(300), [], 10)).toBe(`${'x'.repeat(10)} …`);
	});
});
