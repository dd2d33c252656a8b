import type { ICredentialDataDecryptedObject, INodeCredentialTestResult } from 'n8n-workflow';

import { MailFailure } from '../../core/ports';
import { nodemailerTransport } from '../../core/ports/system';
import { toSmtpSettings } from './execute';

/** Connects and logs in; what's wrong, if something is, in words. */
export async function testSmtp(
	credential: ICredentialDataDecryptedObject,
): Promise<INodeCredentialTestResult> {
	const transport = nodemailerTransport(toSmtpSettings(credential));
	try {
		await transport.verify();
		return { status: 'OK', message: 'Connected and logged in.' };
	} catch (error) {
		if (!(error instanceof MailFailure)) throw error;
		return { status: 'Error', message: error.message };
	} finally {
		transport.close();
	}
}
