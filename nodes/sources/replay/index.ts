import { symbolsField } from '../liveFields';
import type { SourceFace } from '../SourceFace';

export const replay: SourceFace = {
	value: 'replay',
	name: 'Replay',
	description: 'Recorded trades or candles from a file',
	fields: () => ({
		market: [
			symbolsField(
				'SHOP, AAPL, BTC/USD',
				'SHOP, AAPL, BTC/USD',
				'Separated by commas or line breaks. For a replay, none means all of the file.',
			),
			{
				displayName: 'File',
				name: 'filePath',
				type: 'string',
				default: '',
				required: true,
				placeholder: 'e.g. trades.csv.gz',
				description:
					'CSV, NDJSON or JSON, also gzipped. A name without a folder is looked up in .n8n/market-alerts/tapes.',
			},
			{
				displayName: 'Pace',
				name: 'pace',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'As Fast as the Workflow Follows',
						value: 'asFastAsPossible',
					},
					{
						name: 'As Recorded',
						value: 'recorded',
						description: 'With the time between events as it was',
					},
				],
				default: 'asFastAsPossible',
			},
			{
				displayName: 'Speed',
				name: 'speed',
				type: 'number',
				typeOptions: { minValue: 0.001, numberPrecision: 3 },
				default: 1,
				description: 'How many times as fast as recorded',
				displayOptions: { show: { pace: ['recorded'] } },
			},
		],
		receive: [],
		delivery: [],
	}),
	options: () => [],
	load: async () => (await import('./read')).readReplay,
	events: { kinds: ['trade', 'candle'], without: [], ownFields: true },
};
