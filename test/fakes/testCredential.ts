import { ExecuteContext, RoutingNode } from 'n8n-core';
import {
	createEmptyRunExecutionData,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IDataObject,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialTestResult,
	type INodeType,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

/**
 * Presses Test on a credential: the `test` request of its type, through n8n's own routing, judged by the
 * rules as n8n's server judges them (credentials-tester.service, which can't be had without the server).
 */
export async function testCredential(
	type: ICredentialType,
	data: ICredentialDataDecryptedObject,
): Promise<INodeCredentialTestResult> {
	if (type.test === undefined) throw new Error(`${type.name} has no test.`);
	const { request, rules = [] } = type.test;
	const node: INode = {
		id: 'temp',
		name: 'Temp',
		type: 'temp',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { [type.name]: { id: '1', name: type.name } },
	};
	const nodeType = {
		description: {
			displayName: 'Temp',
			name: 'temp',
			group: ['input'],
			version: 1,
			description: 'Stands for a node',
			defaults: {},
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: type.name, required: true }],
			properties: [
				{
					displayName: 'Temp',
					name: 'temp',
					type: 'string',
					default: '',
					routing: { request },
				},
			],
		},
	} as INodeType;
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: {
			getByName: () => nodeType,
			getByNameAndVersion: () => nodeType,
			getKnownTypes: () => ({}),
		},
	});
	const resolve = (value: unknown): unknown =>
		workflow.expression.getSimpleParameterValue(node, value as string, 'internal', {
			$credentials: data,
		});
	const additionalData = {
		credentialsHelper: {
			getDecrypted: async () => data,
			isCredentialUsableByNode: () => true,
			getParentTypes: () => [],
			preAuthentication: async () => undefined,
			getCredentialsProperties: () => type.properties,
			authenticate: async (_: unknown, __: string, options: IHttpRequestOptions) => {
				const { authenticate } = type;
				if (authenticate === undefined || typeof authenticate === 'function') return options;
				const headers = Object.entries(authenticate.properties.headers ?? {});
				const resolved = headers.map(([name, value]) => [name, resolve(value)]);
				return { ...options, headers: { ...options.headers, ...Object.fromEntries(resolved) } };
			},
		},
	} as unknown as IWorkflowExecuteAdditionalData;
	const context = new ExecuteContext(
		workflow,
		node,
		additionalData,
		'internal',
		createEmptyRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	const decrypted = { id: '1', name: type.name, type: type.name, data };
	let answer: IDataObject;
	try {
		const [[item] = []] = (await new RoutingNode(context, nodeType, decrypted).runNode()) ?? [];
		answer = item?.json ?? {};
	} catch (error) {
		return { status: 'Error', message: wordsOf(error, rules) };
	}
	for (const rule of rules) {
		if (rule.type !== 'responseSuccessBody') continue;
		const { key, value, message } = rule.properties;
		if (answer[key] === value) return { status: 'Error', message };
	}
	return { status: 'OK', message: 'Connection successful!' };
}

type Rules = NonNullable<NonNullable<ICredentialType['test']>['rules']>;

function wordsOf(error: unknown, rules: Rules): string {
	const { message, cause } = error as {
		message: string;
		cause?: { code?: string; response?: { status: number; statusText: string } };
	};
	const response = cause?.response;
	if (response === undefined) return cause?.code ?? message;
	for (const rule of rules) {
		if (rule.type === 'responseCode' && rule.properties.value === response.status) {
			return rule.properties.message;
		}
	}
	return response.statusText || `Received HTTP status code: ${response.status}`;
}
