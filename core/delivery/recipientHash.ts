import { createHash } from 'node:crypto';

/** A recipient as the store and the process know it: an address may hold a secret. */
export const recipientHash = (recipient: string): string =>
	createHash('sha256').update(recipient).digest('hex').slice(0, 32);
