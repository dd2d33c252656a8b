import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { noiseField } from '../host/noiseOptions';
import { ruleParameters } from '../host/ruleParameters';
import { outputsExpression } from './outputs';

export class MarketRule implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Market Rule',
		name: 'marketRule',
		icon: { light: 'file:marketRule.svg', dark: 'file:marketRule.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["ruleName"] }}',
		description: 'Judges items with a rule, and alerts when the rule begins to hold',
		defaults: { name: 'Market Rule' },
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsExpression,
		parameterPane: 'wide',
		usableAsTool: true,
		properties: [...ruleParameters(), noiseField('withoutClock')],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { executeMarketRule } = await import('./execute');
		return await executeMarketRule(this);
	}
}
