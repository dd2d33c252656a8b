import { NodeOperationError, type INode } from 'n8n-workflow';

/**
 * The one place where the core's errors become n8n's. The message of a domain error is written for users
 * and goes through as it is; anything else is a defect and keeps its stack as the cause.
 */
export function asNodeError(node: INode, error: unknown, itemIndex?: number): NodeOperationError {
	if (error instanceof NodeOperationError) return error;
	const cause = error instanceof Error ? error : new Error(String(error));
	const options = itemIndex === undefined ? {} : { itemIndex };
	const converted = new NodeOperationError(node, cause, { ...options, message: cause.message });
	return converted;
}
