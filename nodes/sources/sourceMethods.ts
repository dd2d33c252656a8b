import type { INodeType } from 'n8n-workflow';

import { getRequestBudget } from './budget';

/** What the editor may ask of a node with the fields of sources. */
export const sourceMethods = {
	loadOptions: { getRequestBudget },
} satisfies INodeType['methods'];
