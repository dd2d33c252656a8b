import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { WHEN_SENDING } from '../host/outputParameters';
import { messageParameters } from './description';

/**
 * The field that decides about the credential. With the stroke the path begins at the node; without, n8n's editor takes the
 * field for a choice of how to log in, and shows it in the credential's dialog only.
 */
const CHANNEL = '/channel';

export class AlertMessage implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Alert Message',
		name: 'alertMessage',
		icon: { light: 'file:alertMessage.svg', dark: 'file:alertMessage.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["channel"] }}',
		description:
			'Sends alerts to Telegram, Slack or Discord, each once, and says there when they are over',
		defaults: { name: 'Alert Message' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		outputNames: ['Sent'],
		usableAsTool: true,
		credentials: [
			{
				name: 'marketAlertsTelegramApi',
				required: true,
				displayOptions: { ...WHEN_SENDING, show: { [CHANNEL]: ['telegram'] } },
			},
			{
				name: 'marketAlertsSlackApi',
				required: true,
				displayOptions: { ...WHEN_SENDING, show: { [CHANNEL]: ['slack'] } },
			},
			{
				name: 'marketAlertsDiscordApi',
				required: true,
				displayOptions: { ...WHEN_SENDING, show: { [CHANNEL]: ['discord'] } },
			},
		],
		properties: messageParameters(),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { executeAlertMessage } = await import('./execute');
		return await executeAlertMessage(this);
	}
}
