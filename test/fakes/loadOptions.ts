import { LoadOptionsContext } from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type IDataObject,
	type ILoadOptionsFunctions,
	type INodeType,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
	type NodeParameterValueType,
} from 'n8n-workflow';

type Given = Readonly<Record<string, NodeParameterValueType>>;
type Credentials = Readonly<Record<string, IDataObject>>;

/** What the editor gets for a list: as n8n asks, with a node that has only the parameters. */
export async function loadOptions(
	type: INodeType,
	method: string,
	given: Given,
	credentials: Credentials = {},
) {
	const load = type.methods?.loadOptions?.[method];
	if (load === undefined) throw new Error(`There is no method ${method}`);
	return await load.call(contextOf(type, given, credentials));
}

/** What the editor lists of what a user searches for. */
export async function listSearch(
	type: INodeType,
	{ method, text }: { readonly method: string; readonly text: string },
	given: Given,
	credentials: Credentials = {},
) {
	const search = type.methods?.listSearch?.[method];
	if (search === undefined) throw new Error(`There is no method ${method}`);
	return await search.call(contextOf(type, given, credentials), text);
}

function contextOf(type: INodeType, given: Given, credentials: Credentials): ILoadOptionsFunctions {
	const parameters = NodeHelpers.getNodeParameters(
		type.description.properties,
		{ ...given },
		true,
		false,
		null,
		type.description,
	) as Record<string, NodeParameterValueType>;
	const node = {
		id: 'asking',
		name: 'Temp-Node',
		type: 'trigger',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters,
		credentials: Object.fromEntries(
			Object.keys(credentials).map((name) => [name, { id: `${name}-1`, name }]),
		),
	};
	const nodeTypes = {
		getByName: () => type,
		getByNameAndVersion: () => type,
		getKnownTypes: () => ({}),
	} as unknown as INodeTypes;
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const context = new LoadOptionsContext(
		workflow,
		node,
		{
			currentNodeParameters: parameters,
			credentialsHelper: {
				isCredentialUsableByNode: () => true,
				getDecrypted: async (_data: unknown, _credential: unknown, name: string) =>
					credentials[name],
			},
		} as unknown as IWorkflowExecuteAdditionalData,
		'',
	);
	return context as unknown as ILoadOptionsFunctions;
}
