import { TriggerContext } from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type IDataObject,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type ITriggerFunctions,
	type IWorkflowExecuteAdditionalData,
	type NodeParameterValueType,
	type WorkflowActivateMode,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

export type OpenOptions = {
	readonly mode?: WorkflowExecuteMode;
	readonly activation?: WorkflowActivateMode;
	/** What a credential holds now, by its type; asked for at each reading. */
	readonly credentials?: Readonly<Record<string, () => IDataObject>>;
};

let workflows = 0;

/** A trigger in n8n-core's own context; every run it starts ends at once, well unless a test says otherwise. */
export function openTrigger(
	type: INodeType,
	parameters: Readonly<Record<string, NodeParameterValueType>>,
	options: OpenOptions = {},
) {
	const { mode = 'trigger', activation = 'activate' } = options;
	const { credentials = {} } = options;
	const id = `opened-${(workflows += 1)}`;
	const node = {
		id: 'node-1',
		name: 'Trigger',
		type: 'trigger',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		credentials: Object.fromEntries(
			Object.keys(credentials).map((name) => [name, { id: `${name}-1`, name }]),
		),
		// The defaults of the fields that are shown, as the editor fills them in.
		parameters: NodeHelpers.getNodeParameters(
			type.description.properties,
			{ ...parameters },
			true,
			false,
			null,
			type.description,
		) as Record<string, NodeParameterValueType>,
	};
	const nodeTypes = {
		getByName: () => type,
		getByNameAndVersion: () => type,
		getKnownTypes: () => ({}),
	} as unknown as INodeTypes;
	const workflow = new Workflow({
		id,
		name: id,
		nodes: [node],
		connections: {},
		active: true,
		nodeTypes,
	});
	const events: IDataObject[] = [];
	const feed: IDataObject[] = [];
	const failures: Error[] = [];
	let waiting: Array<() => void> = [];
	let runs = 0;
	let endOf = (_run: number): IRun =>
		({ status: 'success', data: { resultData: {} } }) as unknown as IRun;
	const emit = (
		data: INodeExecutionData[][],
		_response?: unknown,
		done?: { resolve(run: IRun): void },
	) => {
		events.push(...(data[0] ?? []).map(({ json }) => json));
		feed.push(...(data[1] ?? []).map(({ json }) => json['feed'] as IDataObject));
		done?.resolve(endOf((runs += 1)));
		const woken = waiting;
		waiting = [];
		for (const wake of woken) wake();
	};
	const context = new TriggerContext(
		workflow,
		node,
		{
			credentialsHelper: {
				isCredentialUsableByNode: () => true,
				getDecrypted: async (_data: unknown, _credential: unknown, name: string) =>
					credentials[name]?.(),
			},
		} as unknown as IWorkflowExecuteAdditionalData,
		mode,
		activation,
		emit,
		() => {},
		(error: Error) => void failures.push(error),
	);
	return {
		start: async () => (await type.trigger?.call(context as unknown as ITriggerFunctions)) ?? {},
		workflow,
		node,
		events,
		feed,
		failures,
		/** How runs end, by their number from 1 on. */
		endRuns: (end: (run: number) => IRun) => void (endOf = end),
		/** Waits until something holds; looked at whenever something is emitted. */
		until: async (holds: () => boolean) => {
			while (!holds()) await new Promise<void>((resolve) => waiting.push(resolve));
		},
	};
}
