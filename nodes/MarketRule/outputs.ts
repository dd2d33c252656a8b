/** Outputs of a node that gives each rule its own: more than the canvas shows at a glance. */
export const MAX_RULE_OUTPUTS = 50;

type Output = { readonly type: 'main'; readonly displayName: string };

/**
 * The node's outputs by its parameters: Alert, or one for each rule that's written down in the JSON field;
 * then No Alert and Unknown.
 *
 * Its text runs in the editor and in n8n's sandbox, so it may use nothing from outside itself, and no two
 * closing braces in a row: they'd end the expression.
 */
function outputsOf(parameters: {
	ruleSource?: unknown;
	ruleJson?: unknown;
	options?: { outputs?: unknown };
}): Output[] {
	let rules: unknown;
	if (parameters.ruleSource === 'json' && parameters.options?.outputs === 'perRule') {
		try {
			rules = JSON.parse(String(parameters.ruleJson));
		} catch (error) {
			rules = error; // no list either; n8n's expressions don't know a catch without a name
		}
	}
	const alerts = Array.isArray(rules)
		? rules
				.slice(0, 50)
				.map((rule: { name?: unknown; ruleName?: unknown; id?: unknown } | null, index) => {
					const name = rule?.name ?? rule?.ruleName ?? rule?.id;
					return typeof name === 'string' ? name : `Rule ${index + 1}`;
				})
		: ['Alert'];
	return alerts.concat('No Alert', 'Unknown').map((displayName) => ({ type: 'main', displayName }));
}

/** For the node's description: n8n works it out whenever a parameter changes. */
export const outputsExpression = `={{ (${outputsOf.toString()})($parameter) }}` as const;
