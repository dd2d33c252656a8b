import { setTimeout as sleep } from 'node:timers/promises';

import axios, { type AxiosInstance, type AxiosResponse } from 'axios';

export const DEMO_OWNER = {
	email: 'demo@market-alerts.example',
	password: 'Market-Alerts-1',
	firstName: 'Demo',
	lastName: 'Owner',
} as const;

export type WorkflowNode = {
	id?: string;
	name: string;
	type: string;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	[more: string]: unknown;
};

export type WorkflowJson = {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	[more: string]: unknown;
};

export type Execution = { id: string; status: string; mode: string; workflowId: string };

/** The part of n8n's own REST interface that setting up and trying things out needs. */
export class N8nApi {
	private readonly http: AxiosInstance;

	private cookie = '';

	constructor(url: string) {
		this.http = axios.create({
			baseURL: `${url}/rest`,
			timeout: 60_000,
			proxy: false,
			headers: { 'browser-id': 'market-alerts' },
			validateStatus: () => true,
		});
	}

	/** Makes the demo owner on the first run, and logs in. */
	async logIn(owner: typeof DEMO_OWNER = DEMO_OWNER): Promise<void> {
		const { email, password } = owner;
		const login = async () =>
			await this.http.post('/login', { emailOrLdapLoginId: email, password });
		let answer: AxiosResponse = await login();
		if (answer.status !== 200) {
			const made = await this.http.post('/owner/setup', owner);
			answer =
				made.status === 200 && made.headers['set-cookie'] !== undefined
					? (made as AxiosResponse)
					: await login();
		}
		if (answer.status !== 200)
			throw new Error(
				`n8n did not let the demo owner in: HTTP ${answer.status} ${text(answer.data)}`,
			);
		this.cookie = (answer.headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ');
	}

	async createCredential(
		name: string,
		type: string,
		data: object,
	): Promise<{ id: string; name: string }> {
		const made = await this.call<{ id: string }>('post', '/credentials', { name, type, data });
		return { id: made.id, name };
	}

	async listCredentials(): Promise<Array<{ id: string; name: string; type: string }>> {
		return await this.call('get', '/credentials');
	}

	async deleteCredential(id: string): Promise<void> {
		await this.call('delete', `/credentials/${id}`);
	}

	async createWorkflow(workflow: WorkflowJson): Promise<{ id: string; versionId: string }> {
		return await this.call('post', '/workflows', {
			settings: { executionOrder: 'v1' },
			...workflow,
		});
	}

	async getWorkflow(
		id: string,
	): Promise<WorkflowJson & { id: string; versionId: string; active: boolean }> {
		return await this.call('get', `/workflows/${id}`);
	}

	async updateWorkflow(id: string, change: object): Promise<{ id: string; versionId: string }> {
		return await this.call('patch', `/workflows/${id}`, change);
	}

	async listWorkflows(): Promise<Array<{ id: string; name: string; active: boolean }>> {
		return await this.call('get', '/workflows');
	}

	async publish(id: string): Promise<void> {
		const { versionId } = await this.getWorkflow(id);
		await this.call('post', `/workflows/${id}/activate`, { versionId });
	}

	async unpublish(id: string): Promise<void> {
		await this.call('post', `/workflows/${id}/deactivate`, {});
	}

	/** n8n unpublishes a little after it said so, and won't delete before. */
	async deleteWorkflow(id: string): Promise<void> {
		const { isArchived } = await this.getWorkflow(id);
		if (isArchived !== true) await this.call('post', `/workflows/${id}/archive`, {});
		for (let tries = 1; ; tries += 1) {
			try {
				await this.call('delete', `/workflows/${id}`);
				return;
			} catch (error) {
				if (tries === 40 || !/HTTP 409/.test((error as Error).message)) throw error;
			}
			await sleep(500);
		}
	}

	async listExecutions(workflowId: string): Promise<Execution[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const page = await this.call<{ results: Execution[] }>(
			'get',
			`/executions?filter=${filter}&limit=100`,
		);
		return page.results;
	}

	/** An execution with its run data, as n8n stores it: flattened. */
	async getExecution(id: string): Promise<Execution & { data: string }> {
		return await this.call('get', `/executions/${id}`);
	}

	async runManually(
		id: string,
		trigger: string,
	): Promise<{ executionId?: string; waitingForWebhook?: boolean }> {
		const workflowData = await this.getWorkflow(id);
		return await this.call('post', `/workflows/${id}/run?pushRef=market-alerts`, {
			workflowData,
			triggerToStartFrom: { name: trigger },
		});
	}

	private async call<T>(
		method: 'get' | 'post' | 'patch' | 'delete',
		path: string,
		body?: object,
	): Promise<T> {
		const answer = await this.http.request({
			method,
			url: path,
			...(body === undefined ? {} : { data: body }),
			headers: { cookie: this.cookie, 'push-ref': 'market-alerts' },
		});
		if (answer.status >= 300) {
			throw new Error(
				`n8n answered ${method} ${path.split('?')[0]} with HTTP ${answer.status}: ${text(answer.data)}`,
			);
		}
		const { data } = answer.data as { data?: unknown };
		return (data ?? answer.data) as T;
	}
}

const text = (data: unknown): string =>
	(typeof data === 'string' ? data : (JSON.stringify(data) ?? '')).slice(0, 500);
