import { redactRecipient } from '../../../core/delivery/redactRecipient';

describe('redactRecipient', () => {
	it.each([
		['me@example.com', 'm…@example.com'],
		['Jane Doe <jane@example.com>', 'j…@example.com'],
		['https://user:password@hooks.example.com/s3cr3t?token=s3cr3t', 'hooks.example.com'],
		['http://127.0.0.1:5678/webhook/s3cr3t', '127.0.0.1:5678'],
		['-1001234567890', '…'],
		['not a URL s3cr3t', '…'],
	])('%s is shown as %s', (recipient, shown) => {
		expect(redactRecipient(recipient)).toBe(shown);
	});
});
