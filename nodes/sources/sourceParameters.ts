import type { IDisplayOptions, INodeCredentialDescription, INodeProperties } from 'n8n-workflow';

import { faces } from './faces';
import { foundSymbolsField } from './foundSymbols';
import type { SourceFace } from './SourceFace';

/** The choice of a source, then the fields of each. */
export function sourceFields(of: { readonly receive: boolean }): INodeProperties[] {
	return [
		{
			displayName: 'Source',
			name: 'source',
			type: 'options',
			noDataExpression: true,
			options: faces.map(({ name, value, description }) => ({ name, value, description })),
			default: 'simulated',
		},
		...faces.flatMap((face) => {
			const { market, receive, delivery } = face.fields();
			const shown = [...withSearch(face, market), ...(of.receive ? receive : []), ...delivery];
			return shown.map((field) => showFor(field, 'source', face.value));
		}),
	];
}

/** Behind the symbols that are written down come those that are searched for, where the source has a search. */
export const withSearch = (
	face: Pick<SourceFace, 'credential' | 'requests'>,
	fields: readonly INodeProperties[],
): INodeProperties[] =>
	fields.flatMap((field) =>
		field.name === 'symbols' && face.requests !== undefined
			? [field, foundSymbolsField(face, field.displayOptions)]
			: [field],
	);

/** Under Options, in the order of their labels; what several sources have alike is there once. */
export const sourceOptions = (): INodeProperties[] => optionsOf(faces);

export function optionsOf(
	sources: ReadonlyArray<Pick<SourceFace, 'value' | 'options'>>,
): INodeProperties[] {
	const options = new Map<string, { option: INodeProperties; sources: string[] }>();
	for (const { value, options: of } of sources) {
		for (const option of of()) {
			const key = JSON.stringify(option);
			const known = options.get(key);
			if (known === undefined) options.set(key, { option, sources: [value] });
			else known.sources.push(value);
		}
	}
	return [...options.values()]
		.map(({ option, sources }) => showFor(option, '/source', ...sources))
		.sort((one, other) => one.displayName.localeCompare(other.displayName, 'en'));
}

export const sourceCredentials = (): INodeCredentialDescription[] => credentialsOf(faces);

export function credentialsOf(of: readonly SourceFace[]): INodeCredentialDescription[] {
	const credentials = new Map<string, { required: boolean; sources: string[] }>();
	for (const { value, credential } of of) {
		if (credential === undefined) continue;
		const { name, required } = credential;
		const known = credentials.get(name);
		if (known === undefined) credentials.set(name, { required, sources: [value] });
		else known.sources.push(value);
	}
	return [...credentials].map(([name, { required, sources }]) => ({
		name,
		required,
		displayOptions: { show: { source: sources } },
	}));
}

/** The chosen source's name, as an expression. */
export function sourceName(): string {
	const names = Object.fromEntries(faces.map(({ value, name }) => [value, name]));
	return `={{ (${JSON.stringify(names)})[$parameter["source"]] }}`;
}

/** Shows a field for some sources only. */
export function showFor(
	field: INodeProperties,
	where: string,
	...sources: string[]
): INodeProperties {
	const narrowed = (given: IDisplayOptions | undefined): IDisplayOptions => ({
		...given,
		show: { [where]: sources, ...given?.show },
	});
	return {
		...field,
		displayOptions: narrowed(field.displayOptions),
		...(field.disabledOptions === undefined
			? {}
			: { disabledOptions: narrowed(field.disabledOptions) }),
	};
}
