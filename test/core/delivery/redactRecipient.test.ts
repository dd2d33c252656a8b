import { redactRecipient } from '../../../core/delivery/redactRecipient';

describe('redactRecipient', () => {
	it.each([
		['me@example.com', 'm…@example.com'],
		['Jane Doe <jane@example.com>', 'j…@example.com'],
		['https://user:password@hooks.example.com/s3cr3t?token=s3cr3t', 'hooks.example.com'],
		['http://127.0.0.1:5678/webhook/s3cr3t', '127.0.0.1:5678'],
		['-1001234567890', '…7890'],
		['C0123456789', '…6789'],
		['#alerts', '#alerts'],
		['@market_alerts', '@market_alerts'],
		['42', '…'],
		['s3cr3t00000000000000000000000key', '…'],
		['C3C0FFEEC3C0FFEEC3C0FFEEC3C0FFEE', '…'],
		['12345678901234567890123456789012', '…'],
		['not a URL s3cr3t', '…'],
	])('%s is shown as %s', (recipient, shown) => {
		expect(redactRecipient(recipient)).toBe(shown);
	});
});
