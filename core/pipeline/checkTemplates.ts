import { checkTemplate } from '../delivery';
import { RuleError, type CompiledRule } from '../rules';

/**
 * Refuses a rule whose title or message can't be filled, before its first alert needs them.
 * @throws RuleError
 */
export async function checkTemplates({ document }: CompiledRule): Promise<void> {
	for (const field of ['title', 'message'] as const) {
		const wrong = document[field] === undefined ? undefined : await checkTemplate(document[field]);
		if (wrong === undefined) continue;
		throw new RuleError(
			'template',
			`Rule "${document.name}": ${field} is ${JSON.stringify(document[field])}; ${wrong}. Facts stand between double brackets: [[price]].`,
		);
	}
}
