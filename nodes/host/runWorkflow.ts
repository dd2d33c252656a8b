import type { INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';

import type { RunEnd } from '../../core/pipeline';
import { isWorthAnotherRun } from './nodeErrors';

/** Starts an execution with what a trigger has for each output; resolves when it has ended, whichever way. */
export async function runWorkflow(
	context: ITriggerFunctions,
	outputs: INodeExecutionData[][],
): Promise<RunEnd> {
	const done = context.helpers.createDeferredPromise<IRun>();
	try {
		context.emit(outputs, undefined, done);
		// `undefined` for a run that n8n refused as a duplicate: it was begun before.
		const finished = (await done.promise) as IRun | undefined;
		if (finished?.status !== 'error' && finished?.status !== 'crashed') return { kind: 'settled' };
		const error = finished.data.resultData.error;
		// Status error without one: a node failed, and the workflow goes on from its error output.
		if (error === undefined && finished.status === 'error') return { kind: 'settled' };
		return {
			kind: 'failed',
			reason: error?.message ?? 'the execution failed',
			again: isWorthAnotherRun(error),
		};
	} catch (error) {
		const { name, message } = error as Error;
		// Whoever stops a run doesn't want it again.
		if (/ManualExecutionCancelled/.test(name)) return { kind: 'settled' };
		return { kind: 'failed', reason: message, again: true };
	}
}
