import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { marketDataParameters, subtitle } from './description';
import { requestCredentials, requestMethods } from '../sources';

export class MarketData implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Market Data',
		name: 'marketData',
		icon: { light: 'file:marketData.svg', dark: 'file:marketData.dark.svg' },
		group: ['input'],
		version: 1,
		subtitle,
		description:
			'Gets quotes, past candles or indicators of stocks and crypto pairs, finds symbols, and tells whether the market is open',
		defaults: { name: 'Market Data' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: requestCredentials(),
		properties: marketDataParameters(),
	};

	methods = requestMethods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { executeMarketData } = await import('./execute');
		return await executeMarketData(this);
	}
}
