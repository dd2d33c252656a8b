import { NodeOperationError, type INode } from 'n8n-workflow';

/**
 * The one place where the core's errors become n8n's. The message of a domain error is written for users
 * and goes through as it is; anything else is a defect and keeps its stack as the cause.
 */
export function asNodeError(node: INode, error: unknown, itemIndex?: number): NodeOperationError {
	if (error instanceof NodeOperationError) return error;
	const cause = error instanceof Error ? error : new Error(String(error));
	const converted = new NodeOperationError(node, cause, {
		message: cause.message,
		...(itemIndex === undefined ? {} : { itemIndex }),
	});
	if (!mayEndBetter(cause)) converted.context[NOT_AGAIN] = true;
	return converted;
}

const NOT_AGAIN = 'marketAlertsNotAgain';

/** Whether a run that ended in this error is worth repeating; of errors that aren't ours, it is. */
export const isWorthAnotherRun = (error: unknown): boolean =>
	(error as { context?: Record<string, unknown> } | undefined)?.context?.[NOT_AGAIN] !== true;

/** A rule or an address that's wrong stays wrong until the user mends it. */
function mayEndBetter(error: Error): boolean {
	if (error.name === 'RuleError') return false;
	return (error as { again?: unknown }).again !== false;
}
