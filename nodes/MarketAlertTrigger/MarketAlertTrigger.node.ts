import {
	NodeConnectionTypes,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';

import { sourceCredentials, sourceMethods } from '../sources';
import { alertTriggerParameters } from './description';

export class MarketAlertTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Market Alert Trigger',
		name: 'marketAlertTrigger',
		icon: { light: 'file:marketAlertTrigger.svg', dark: 'file:marketAlertTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["ruleName"] }}',
		description: 'Judges every event of a feed, and starts the workflow when there is an alert',
		eventTriggerDescription: 'Waiting for the market',
		activationMessage: 'The workflow now runs when an alert fires.',
		defaults: { name: 'Market Alert Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Alert', 'Feed'],
		parameterPane: 'wide',
		credentials: sourceCredentials(),
		properties: alertTriggerParameters(),
	};

	methods = sourceMethods;

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const { startMarketAlerts } = await import('./start');
		return await startMarketAlerts(this);
	}
}
