import type { CompiledRule } from '../compileRule';
import type { Gate } from './Gate';

/** Every rule that watches the instrument is asked, every time: right by construction, and the oracle of faster gates. */
export const askAlways = (rules: readonly CompiledRule[]): Gate => ({
	select: ({ symbol }) =>
		rules.filter((rule) => rule.symbols === undefined || rule.symbols.has(symbol.toUpperCase())),
});
