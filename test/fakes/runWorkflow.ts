import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type IConnections,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
	type NodeParameterValueType,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

/** A workflow for n8n's own engine, in this process. */
export type WorkflowRun = {
	/** Node types by the name that `nodes` use. */
	readonly types: Readonly<Record<string, INodeType | IVersionedNodeType>>;
	readonly nodes: readonly INode[];
	readonly connections: IConnections;
	/** Name of the node to start at. */
	readonly start: string;
	/** Decrypted credentials by type. */
	readonly credentials?: Readonly<Record<string, IDataObject>>;
	/** `trigger` is a production run; `manual` is one from the editor. */
	readonly mode?: WorkflowExecuteMode;
	readonly executionId?: string;
	readonly workflowId?: string;
	/** Stops the execution. */
	readonly signal?: AbortSignal;
};

const BASE = 'http://localhost:5678';

// n8n reports what stops a node on the console as well; a test looks at the run.
process.env['N8N_LOG_LEVEL'] ??= 'silent';

/** Runs it to its end. Nothing is mocked but what a database would hold: types and credentials. */
export async function runWorkflow(run: WorkflowRun): Promise<IRun> {
	const { mode = 'trigger', executionId = '1', workflowId = 'workflow-1' } = run;
	const nodeTypes = {
		getByName: (type: string) => run.types[type],
		getByNameAndVersion: (type: string, version?: number) => {
			const found = run.types[type];
			if (found === undefined) throw new Error(`The test has no node type "${type}".`);
			return NodeHelpers.getVersionedNodeType(found, version);
		},
		getKnownTypes: () => ({}),
	} as INodeTypes;
	const data = {
		id: workflowId,
		name: workflowId,
		nodes: [...run.nodes],
		connections: run.connections,
		active: false,
		settings: { executionOrder: 'v1' as const },
	};
	const workflow = new Workflow({ ...data, nodeTypes });
	// Only what the engine reads of it; the rest belongs to n8n's server.
	const additionalData = {
		executionId,
		userId: 'user-1',
		variables: {},
		hooks: new ExecutionLifecycleHooks(mode, executionId, data as never),
		instanceBaseUrl: BASE,
		restApiUrl: `${BASE}/rest`,
		webhookBaseUrl: `${BASE}/webhook`,
		webhookTestBaseUrl: `${BASE}/webhook-test`,
		webhookWaitingBaseUrl: `${BASE}/webhook-waiting`,
		formWaitingBaseUrl: `${BASE}/form-waiting`,
		credentialsHelper: {
			getDecrypted: async (_data: unknown, _credential: unknown, type: string) => {
				const found = run.credentials?.[type];
				if (found === undefined) throw new Error(`The test has no credential "${type}".`);
				return found;
			},
			isCredentialUsableByNode: () => true,
			getParentTypes: () => [],
			preAuthentication: async () => undefined,
			authenticate: async (_credential: unknown, _type: string, request: unknown) => request,
			getCredentialsProperties: () => [],
		},
	} as unknown as IWorkflowExecuteAdditionalData;
	const start = workflow.getNode(run.start);
	if (start === null) throw new Error(`The test's workflow has no node "${run.start}".`);
	const running = new WorkflowExecute(additionalData, mode).run({ workflow, startNode: start });
	run.signal?.addEventListener('abort', () => running.cancel(), { once: true });
	return await running;
}

/** A node that hands out these items: stands for whatever comes before. */
export const itemSource = (items: ReadonlyArray<IDataObject | INodeExecutionData>): INodeType => ({
	description: {
		displayName: 'Items',
		name: 'items',
		group: ['input'],
		version: 1,
		description: 'Items of a test',
		defaults: { name: 'Items' },
		inputs: [],
		outputs: ['main'],
		properties: [],
	},
	execute: async () => [
		items.map((item): INodeExecutionData => {
			const isItem = typeof item['json'] === 'object' && item['json'] !== null;
			return isItem ? (item as INodeExecutionData) : { json: item };
		}),
	],
});

/** A node as the editor saves it. */
export const nodeOf = (
	name: string,
	type: string,
	parameters: Readonly<Record<string, NodeParameterValueType>> = {},
	more: Partial<INode> = {},
): INode => ({
	id: `id of ${name}`,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: { ...parameters },
	...more,
});

/** `Items` → the node: the workflow that most tests of one node need. */
export async function runNode(options: {
	readonly type: INodeType;
	readonly items: ReadonlyArray<IDataObject | INodeExecutionData>;
	readonly parameters?: Readonly<Record<string, NodeParameterValueType>>;
	readonly node?: Partial<INode>;
	readonly credentials?: Readonly<Record<string, IDataObject>>;
	readonly mode?: WorkflowExecuteMode;
	readonly executionId?: string;
	readonly signal?: AbortSignal;
}): Promise<IRun> {
	const { type, items, parameters, node, ...rest } = options;
	const credentials = Object.keys(options.credentials ?? {}).map((name) => [
		name,
		{ id: `id of ${name}`, name },
	]);
	return await runWorkflow({
		...rest,
		types: { items: itemSource(items), tested: type },
		nodes: [
			nodeOf('Items', 'items'),
			nodeOf('Tested', 'tested', parameters, {
				credentials: Object.fromEntries(credentials) as NonNullable<INode['credentials']>,
				...node,
			}),
		],
		connections: { Items: { main: [[{ node: 'Tested', type: 'main', index: 0 }]] } },
		start: 'Items',
	});
}

/** The items a node gave on one of its outputs, in its last run. */
export const outputOf = (run: IRun, node = 'Tested', output = 0): INodeExecutionData[] =>
	run.data.resultData.runData[node]?.at(-1)?.data?.['main']?.[output] ?? [];

/** What stopped the execution. */
export const errorOf = (run: IRun) => run.data.resultData.error;
