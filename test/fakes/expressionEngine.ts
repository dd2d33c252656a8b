import { dirname, join } from 'node:path';

import { Expression } from 'n8n-workflow';

/**
 * Expressions as n8n reads them in production, in an isolate: a parameter read too late fails there only.
 * n8n fetches the isolate's code with `import()`, which jest doesn't have, so it's handed over here.
 */
export async function useProductionExpressions(): Promise<void> {
	const n8n = dirname(require.resolve('n8n-workflow'));
	const { ExpressionEvaluator, IsolatedVmBridge } = require(
		require.resolve('@n8n/expression-runtime', { paths: [n8n] }),
	) as Record<string, new (options: object) => { initialize(): Promise<void> }>;
	const { expressionSandboxHooks } = require(join(n8n, 'expression-sandboxing')) as Record<
		string,
		unknown
	>;
	if (ExpressionEvaluator === undefined || IsolatedVmBridge === undefined) {
		throw new Error('This n8n-workflow brings no isolate for expressions.');
	}
	const logger = { error() {}, warn() {}, info() {}, debug() {} };
	const evaluator = new ExpressionEvaluator({
		createBridge: () => new IsolatedVmBridge({ timeout: 5_000, memoryLimit: 128, logger }),
		maxCodeCacheSize: 1_024,
		poolSize: 1,
		hooks: expressionSandboxHooks,
		logger,
	});
	await evaluator.initialize();
	Object.assign(Expression, { vmEvaluator: evaluator });
	Expression.setExpressionEngine('vm');
	if (Expression.getActiveImplementation() !== 'vm')
		throw new Error('n8n did not take the isolate.');
}

/** Back to the engine that tests have otherwise. */
export async function useSimpleExpressions(): Promise<void> {
	await Expression.disposeExpressionEngine();
	Expression.setExpressionEngine('legacy');
}
