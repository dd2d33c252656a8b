import {
	NodeConnectionTypes,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IExecuteFunctions,
	type INodeCredentialTestResult,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { WHEN_SENDING } from '../host/outputParameters';
import { webhookParameters } from './description';

export class AlertWebhook implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Alert Webhook',
		name: 'alertWebhook',
		icon: { light: 'file:alertWebhook.svg', dark: 'file:alertWebhook.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: 'POST',
		description: 'Posts alerts as JSON, each once',
		defaults: { name: 'Alert Webhook' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		outputNames: ['Sent'],
		usableAsTool: true,
		credentials: [
			{
				name: 'marketAlertsWebhookApi',
				required: false,
				testedBy: 'webhookSecretsTest',
				displayOptions: WHEN_SENDING,
			},
		],
		properties: webhookParameters(),
	};

	methods = {
		credentialTest: {
			async webhookSecretsTest(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const { testSecrets } = await import('./testSecrets');
				return testSecrets(credential.data ?? {});
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { executeAlertWebhook } = await import('./execute');
		return await executeAlertWebhook(this);
	}
}
