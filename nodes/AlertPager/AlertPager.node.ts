import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { WHEN_SENDING } from '../host/outputParameters';
import { pagerParameters } from './description';

export class AlertPager implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Alert Pager',
		name: 'alertPager',
		icon: { light: 'file:alertPager.svg', dark: 'file:alertPager.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: 'PagerDuty',
		description:
			'Opens an incident in PagerDuty for each alert, and resolves it when the alert is over',
		defaults: { name: 'Alert Pager' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		outputNames: ['Sent'],
		usableAsTool: true,
		credentials: [
			{ name: 'marketAlertsPagerDutyApi', required: true, displayOptions: WHEN_SENDING },
		],
		properties: pagerParameters(),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { executeAlertPager } = await import('./execute');
		return await executeAlertPager(this);
	}
}
