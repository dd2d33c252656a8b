import {
	NodeConnectionTypes,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';

import { sourceCredentials, sourceMethods, sourceName } from '../sources';
import { triggerParameters } from './description';

export class MarketDataTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Market Data Trigger',
		name: 'marketDataTrigger',
		icon: { light: 'file:marketDataTrigger.svg', dark: 'file:marketDataTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: sourceName(),
		description: 'Starts the workflow with quotes, trades or candles as they happen',
		eventTriggerDescription: 'Waiting for the market',
		activationMessage: 'The workflow now runs with each batch of market events.',
		defaults: { name: 'Market Data Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Events', 'Feed'],
		credentials: sourceCredentials(),
		properties: triggerParameters(),
	};

	methods = sourceMethods;

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const { startMarketData } = await import('./start');
		return await startMarketData(this);
	}
}
