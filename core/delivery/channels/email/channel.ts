import { MailFailure, type Mail, type MailTransport } from '../../../ports';
import type { FailureReason, SendResult } from '../../model';

/** What each failure of a mail server means to a delivery, and whether to try again. */
const MEANS: Readonly<Record<MailFailure['reason'], readonly [FailureReason, boolean]>> = {
	timeout: ['timeout', true],
	unreachable: ['unreachable', true],
	auth: ['auth', false],
	temporary: ['serverError', true],
	rejected: ['refused', false],
};

/** Hands one mail to the server and says how that ended. */
export async function sendEmail(mail: Mail, transport: MailTransport): Promise<SendResult> {
	try {
		const { response } = await transport.send(mail);
		return { status: 'sent', receipt: response };
	} catch (error) {
		if (!(error instanceof MailFailure)) throw error;
		const [reason, again] = MEANS[error.reason];
		return { status: 'failed', reason, message: error.message, again };
	}
}
