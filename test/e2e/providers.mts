import { readFileSync } from 'node:fs';
import { createRequire, type Module } from 'node:module';

import ts from 'typescript';

/** Providers on loopback, as the suite has them: TypeScript that Node can't read by itself. */
const require = createRequire(import.meta.url);
require.extensions['.ts'] = (module: Module, file: string) => {
	const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
		compilerOptions: {
			module: ts.ModuleKind.CommonJS,
			target: ts.ScriptTarget.ES2023,
			esModuleInterop: true,
		},
	});
	(module as Module & { _compile(code: string, file: string): void })._compile(outputText, file);
};
const fake = (name: string): any => require(`../fakes/${name}.ts`)[name];

/** What all of them have; the rest is each one's own. */
export type Fake = {
	readonly host: string;
	/** Sockets that are open, and how many there ever were. */
	readonly open: number;
	readonly connections: number;
	/** What was asked; a server that's only listened to has none. */
	readonly requests?: ReadonlyArray<string | { url: string }>;
	close(): Promise<void>;
} & Record<string, any>;

export type FakeName = 'Alpaca' | 'Binance' | 'Coinbase' | 'Json' | 'JsonSocket' | 'Kraken';

export const openFake = async (name: FakeName): Promise<Fake> => await fake(`${name}Server`).open();
