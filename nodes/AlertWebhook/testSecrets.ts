import type { ICredentialDataDecryptedObject, INodeCredentialTestResult } from 'n8n-workflow';

import { UndeliveredError } from '../host/undelivered';
import { toSecrets } from './readHeaders';

/** Looks whether requests can be signed with it; a receiver isn't known here. */
export function testSecrets(credential: ICredentialDataDecryptedObject): INodeCredentialTestResult {
	try {
		const { signingSecrets, headers } = toSecrets(credential);
		const count = Object.keys(headers).length;
		if (signingSecrets === undefined && count === 0) {
			return { status: 'Error', message: 'Nothing is filled in: no secret and no header.' };
		}
		const signed = signingSecrets === undefined ? 'not signed' : 'signed';
		return { status: 'OK', message: `Requests are ${signed}; secret headers: ${count}.` };
	} catch (error) {
		if (!(error instanceof UndeliveredError)) throw error;
		return { status: 'Error', message: error.message };
	}
}
