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
import { emailParameters } from './description';

export class AlertEmail implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Alert Email',
		name: 'alertEmail',
		icon: { light: 'file:alertEmail.svg', dark: 'file:alertEmail.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["toEmail"] }}',
		description: 'Sends alerts by e-mail, each once, saying why',
		defaults: { name: 'Alert Email' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		outputNames: ['Sent'],
		usableAsTool: true,
		credentials: [
			{
				name: 'marketAlertsSmtpApi',
				required: true,
				testedBy: 'smtpConnectionTest',
				displayOptions: WHEN_SENDING,
			},
		],
		properties: emailParameters(),
	};

	methods = {
		credentialTest: {
			async smtpConnectionTest(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const { testSmtp } = await import('./testSmtp');
				return await testSmtp(credential.data ?? {});
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { executeAlertEmail } = await import('./execute');
		return await executeAlertEmail(this);
	}
}
