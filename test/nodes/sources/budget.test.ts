import type { IDataObject, NodeParameterValueType } from 'n8n-workflow';

import { MarketDataTrigger } from '../../../nodes/MarketDataTrigger/MarketDataTrigger.node';
import { sayBudget } from '../../../nodes/sources/budget';
import { loadOptions } from '../../fakes/loadOptions';

type Parameters = Readonly<Record<string, NodeParameterValueType>>;

const ACCOUNT = { marketAlertsAlpacaApi: { keyId: 'key', secretKey: 'a-secret', plan: 'basic' } };
const symbols = (count: number, quote: string): string =>
	Array.from({ length: count }, (_, n) => `A${n}/${quote}`).join(', ');

async function shown(parameters: Parameters, credentials?: Readonly<Record<string, IDataObject>>) {
	const options = await loadOptions(
		new MarketDataTrigger(),
		'getRequestBudget',
		{ delivery: 'poll', ...parameters },
		credentials,
	);
	expect(options).toHaveLength(1);
	return { name: options[0]?.name, description: options[0]?.description };
}

describe('the request budget', () => {
	it.each<[string, Parameters, string, string]>([
		[
			'Binance, where calls have a weight',
			{ source: 'binance', symbols: symbols(780, 'USDT'), pollEvery: '20s' },
			'7,020 calls an hour, 234 of 6,000 weight a minute',
			'780 symbols every 20 s = 7,020 calls an hour of weight 2; Binance allows your IP address 6,000 weight a minute.',
		],
		[
			'Binance, where one call for all is cheaper',
			{ source: 'binance', symbols: symbols(781, 'USDT'), pollEvery: '20s' },
			'180 calls an hour, 240 of 6,000 weight a minute',
			'781 symbols every 20 s = 180 calls an hour of weight 80; Binance allows your IP address 6,000 weight a minute.',
		],
		[
			'Coinbase, whose quotes come a hundred at a time',
			{ source: 'coinbase', symbols: symbols(250, 'USD'), pollEvery: '15s' },
			'720 calls an hour, 12 of 600 a minute',
			'250 symbols every 15 s = 720 calls an hour; Coinbase allows your IP address 600 a minute.',
		],
		[
			'Kraken with a limit of the user',
			{
				source: 'kraken',
				receive: 'candles',
				symbols: symbols(5, 'USD'),
				pollEvery: '1h',
				options: { limitPerMinute: 10 },
			},
			'5 calls an hour, 0.1 of 10 a minute',
			'5 symbols every 3,600 s = 5 calls an hour; Kraken allows your IP address 10 a minute.',
		],
		[
			'an address that is asked for each symbol',
			{
				source: 'customRest',
				url: 'https://api.example.com/[[symbol]]',
				symbols: 'A, B, C',
				pollEvery: '15s',
			},
			'720 calls an hour, 12 of 60 a minute',
			'3 symbols every 15 s = 720 calls an hour; you allow 60 a minute.',
		],
	])('says what polling costs: %s', async (_, parameters, name, description) => {
		await expect(shown(parameters)).resolves.toEqual({ name, description });
	});

	it.each([
		['basic', '120 calls an hour, 2 of 200 a minute'],
		['plus', '120 calls an hour, 2 of 10,000 a minute'],
	])("knows the plan of Alpaca's credential: %s", async (plan, name) => {
		const account = { ...ACCOUNT.marketAlertsAlpacaApi, plan };
		const list = Array.from({ length: 201 }, (_, n) => `A${n}`)
			.join(', ')
			.replaceAll(/\d/g, (d) => 'ABCDEFGHIJ'[Number(d)] ?? '');
		const parameters = { source: 'alpaca', symbols: list, pollEvery: '1m' };
		await expect(shown(parameters, { marketAlertsAlpacaApi: account })).resolves.toMatchObject({
			name,
		});
	});

	it.each([
		['free', '2,880 calls an hour, 48 of 60 a minute'],
		['paid', '2,880 calls an hour, 48 of 300 a minute'],
	])("knows the plan of Finnhub's credential: %s", async (plan, name) => {
		const marketAlertsFinnhubApi = {
			apiKey: 'a-secret',
			plan,
			callsPerMinute: 300,
			streamedSymbols: 500,
		};
		const list = 'A, B, C, D, E, F, G, H, I, J, K, L';
		const parameters = { source: 'finnhub', symbols: list, pollEvery: '15s' };
		await expect(shown(parameters, { marketAlertsFinnhubApi })).resolves.toMatchObject({ name });
	});

	it('says why settings cannot work, as the start would', async () => {
		const parameters = { source: 'coinbase', receive: 'candles', pollEvery: '1s' };
		const { name, description } = await shown({ ...parameters, symbols: symbols(40, 'USD') });
		expect(name).toBe("These settings can't work; open for why");
		expect(description).toMatch(/^Poll Every is too short for 40 symbols: .* Use 4s or more/);
	});

	it('says that trades come by stream only', async () => {
		const { description } = await shown({ source: 'kraken', receive: 'trades' });
		expect(description).toMatch(/^Trades of Kraken come by stream only/);
	});

	it('never shows more than fits into the field', () => {
		const { short } = sayBudget({
			symbols: 2_048,
			everyMs: 25_000,
			calls: 2_048,
			weightEach: 2,
			perMinute: 10_000,
			allows: '',
		});
		expect(short.length).toBeLessThanOrEqual(60);
	});
});
