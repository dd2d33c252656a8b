import { NodeHelpers, type INodeProperties, type INodeTypeDescription } from 'n8n-workflow';

import { findFact } from '../../../core/facts';
import { sourceCredentials, sourceFields, sourceName, sourceOptions } from '../../../nodes/sources';
import { FUNDAMENTALS } from '../../../nodes/sources/eventsOf';
import { faces } from '../../../nodes/sources/faces';
import { readSource } from '../../../nodes/sources/readSource';

const values = faces.map(({ value }) => value);

/** The fields of a node with this source, as the editor fills them in. */
function parametersOf(source: string, properties: INodeProperties[]) {
	const description = { properties } as INodeTypeDescription;
	return (
		NodeHelpers.getNodeParameters(properties, { source }, true, false, null, description) ?? {}
	);
}

function contextOf(parameters: Readonly<Record<string, unknown>>) {
	return {
		getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
		getNode: () => ({ credentials: {} }),
		getCredentials: async () => ({ keyId: 'key', secretKey: 'secret', apiKey: 'key' }),
	} as unknown as Parameters<typeof readSource>[0];
}

/** What a user has to fill in. */
const FILLED: Readonly<Record<string, object>> = {
	customRest: { url: 'https://api.example.com/quotes', symbols: 'SHOP' },
	customWebSocket: { url: 'wss://stream.example.com', symbols: 'SHOP' },
};
const read = async (source: string, more: object, of: object = {}) =>
	await readSource(
		contextOf({ ...parametersOf(source, sourceFields({ receive: true })), ...more }),
		{
			maxBatchSize: 100,
			...of,
		},
	);

describe('the sources', () => {
	it('stand in the order of their names, each value once', () => {
		const names = faces.map(({ name }) => name);
		expect(names).toEqual([...names].sort((one, other) => one.localeCompare(other, 'en')));
		expect(new Set(values).size).toBe(values.length);
		for (const name of names) expect(sourceName()).toContain(JSON.stringify(name));
	});

	it.each(faces)('$name lacks only what the catalogue knows', ({ events }) => {
		for (const fact of events?.without ?? []) expect(findFact(fact)).toMatchObject({ name: fact });
	});

	it.each(FUNDAMENTALS)('%s comes with quotes, where a source knows it', (fact) => {
		expect(findFact(fact)?.offeredBy).toEqual(['quote']);
		expect(faces.some(({ events }) => events?.without.includes(fact) === false)).toBe(true);
	});

	it.each(values.filter((value) => value !== 'replay'))(
		'%s is read under its own name',
		async (value) => {
			const chosen = await read(value, FILLED[value] ?? {});
			expect(chosen.name).toBe(value);
			expect(chosen.identity[0]).toBe(value);
			expect(chosen.description).not.toBe('');
		},
	);

	it.each(values)('%s gives its fields fresh each time, one of each name at a time', (value) => {
		const first = sourceFields({ receive: true });
		expect(sourceFields({ receive: true })).not.toBe(first);
		for (const receive of ['quotes', 'candles']) {
			const shown = first
				.filter((field) =>
					NodeHelpers.displayParameter(
						{ source: value, receive, delivery: 'poll', method: 'POST', rowsAre: 'candles' },
						field,
						null,
						null,
					),
				)
				.map(({ name }) => name);
			expect(new Set(shown).size).toBe(shown.length);
		}
	});

	it('have one credential field each at most, which knows all of its sources', () => {
		expect(sourceCredentials()).toEqual([
			{
				name: 'marketAlertsAlpacaApi',
				required: true,
				displayOptions: { show: { source: ['alpaca'] } },
			},
			{
				name: 'marketAlertsHttpApi',
				required: false,
				displayOptions: { show: { source: ['customRest', 'customWebSocket'] } },
			},
			{
				name: 'marketAlertsFinnhubApi',
				required: true,
				displayOptions: { show: { source: ['finnhub'] } },
			},
		]);
	});

	it('share an option that is the same for several', () => {
		const silent = sourceOptions().filter(({ name }) => name === 'silentAfter');
		expect(silent).toHaveLength(1);
		expect(silent[0]?.displayOptions?.show?.['/source']).toEqual([
			'alpaca',
			'binance',
			'coinbase',
			'customRest',
			'customWebSocket',
			'finnhub',
			'kraken',
		]);
	});

	it('refuse a name that is none, and say which there are', async () => {
		await expect(read('nasdaq', {})).rejects.toThrow(
			`Source is "nasdaq"; choose one of ${faces.map(({ name }) => name).join(', ')}.`,
		);
	});
});

describe('a node that knows by itself what it wants to receive', () => {
	it('has no fields for that, but the simulated market keeps its interval', () => {
		const fields = sourceFields({ receive: false });
		expect(fields.filter(({ name }) => name === 'receive')).toEqual([]);
		const interval = fields.filter(({ name }) => name === 'interval');
		expect(interval.map(({ displayOptions }) => displayOptions?.show?.['source'])).toEqual([
			['simulated'],
		]);
	});

	it.each(['alpaca', 'binance', 'coinbase', 'kraken'])(
		'says it when %s is read',
		async (source) => {
			const receive = { receive: 'candles', interval: '5m' } as const;
			const chosen = await read(source, { delivery: 'poll', receive: 'nonsense' }, { receive });
			expect(chosen.description).toMatch(/^candles of 2 symbols/);
			expect(chosen.identity).toContain('5m');
		},
	);
});
