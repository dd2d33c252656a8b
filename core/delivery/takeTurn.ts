import type { Lane, Serve } from './Lane';
import type { SendResult } from './model';

/** How long one who waits for a turn will wait. */
export type Patience = { readonly patienceMs: number; readonly signal?: AbortSignal | undefined };

/** Waits for a turn in a lane; one that never comes is a failed try. */
export async function takeTurn<Job>(
	lane: Lane<Job, SendResult>,
	job: Job,
	serve: Serve<Job, SendResult>,
	patience: Patience,
): Promise<SendResult> {
	const result = await lane.join(job, serve, patience);
	if (result === 'stopped') {
		return {
			status: 'failed',
			reason: 'cancelled',
			message: 'The execution was stopped before it was the turn of this message.',
			again: false,
		};
	}
	if (result === 'tooLate') {
		return {
			status: 'failed',
			reason: 'rateLimited',
			message: 'No more may be sent there for now, and this one can not wait any longer.',
			again: true,
		};
	}
	return result;
}
