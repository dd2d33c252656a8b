import type { INodeType } from 'n8n-workflow';

import { getRequestBudget } from './budget';
import { findSymbols } from './foundSymbols';

/** What the editor may ask of a node that asks a source once. */
export const requestMethods = {
	listSearch: { findSymbols },
} satisfies INodeType['methods'];

/** What the editor may ask of a node with the fields of sources. */
export const sourceMethods = {
	...requestMethods,
	loadOptions: { getRequestBudget },
} satisfies INodeType['methods'];
