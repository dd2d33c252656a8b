import assert from 'node:assert/strict';

import type { BrowserContext } from 'playwright-core';

import { Editor, openBrowser } from './Editor.mts';
import { openFake, type Fake, type FakeName } from './providers.mts';
import type { Running } from './harness.mts';

/** A source as somebody sets it up by hand, and what its server then has to say. */
type ByHand = {
	readonly source: string;
	readonly fake: FakeName;
	readonly fill: (editor: Editor, host: string) => Promise<void>;
	/** Again and again while the test-run listens. */
	readonly speak: (server: Fake) => void;
	/** Shown in the output of the test-run. */
	readonly shows: string;
};

const now = (): string => new Date().toISOString();
let id = 0;

async function addresses(editor: Editor, host: string): Promise<void> {
	await editor.addOption('REST Address');
	await editor.type('restBaseUrl', `http://${host}`);
	await editor.addOption('Stream Address');
	await editor.type('streamBaseUrl', `ws://${host}`);
}

const BY_HAND: readonly ByHand[] = [
	{
		source: 'Binance',
		fake: 'Binance',
		fill: async (editor, host) => {
			await editor.type('symbols', 'BTC/USDT');
			await editor.choose('receive', 'Trades');
			await addresses(editor, host);
		},
		speak: (server) => {
			id += 1;
			server['emit']('btcusdt@aggTrade', {
				...{ e: 'aggTrade', E: Date.now(), s: 'BTCUSDT', a: id, f: id, l: id, m: true, M: true },
				...{ p: '50000.1', q: '0.5', T: Date.now() },
			});
		},
		shows: '50000.1',
	},
	{
		source: 'Coinbase',
		fake: 'Coinbase',
		fill: async (editor, host) => {
			await editor.type('symbols', 'BTC/USD');
			await editor.choose('delivery', 'Poll');
			await editor.type('pollEvery', '5s');
			await addresses(editor, host);
		},
		speak: (server) =>
			server['products'].set('BTC-USD', {
				...{ product_id: 'BTC-USD', price: '50123.45', price_percentage_change_24h: '-0.24' },
				...{ volume_24h: '3', best_bid_price: '50123.44', best_ask_price: '50123.46' },
			}),
		shows: '50123.45',
	},
	{
		source: 'Kraken',
		fake: 'Kraken',
		fill: async (editor, host) => {
			await editor.type('symbols', 'BTC/USD');
			await addresses(editor, host);
		},
		speak: (server) => {
			server['pairs'].set('BTC/USD', 'XXBTZUSD');
			server['emit']('ticker', [
				{ symbol: 'BTC/USD', last: 50_123.45, bid: 50_123.44, ask: 50_123.46, timestamp: now() },
			]);
		},
		shows: '50123.45',
	},
	{
		source: 'Alpaca',
		fake: 'Alpaca',
		fill: async (editor) => {
			await editor.type('symbols', 'AAPL');
			await editor.choose('delivery', 'Poll');
		},
		speak: (server) =>
			server['snapshots'].set('AAPL', {
				latestTrade: { t: now(), x: 'V', p: 186.42, s: 100, c: ['@'], i: 812, z: 'C' },
				latestQuote: { t: now(), bx: 'V', bp: 185.9, bs: 2, ax: 'V', ap: 186.5, as: 1, c: ['R'] },
			}),
		shows: '186.42',
	},
	{
		source: 'Custom REST',
		fake: 'Json',
		fill: async (editor, host) => {
			await editor.paste('url', `http://${host}/quotes?symbols=[[symbols]]`);
			await editor.type('symbols', 'SHOP');
			await editor.paste('rowsPath', '$.data');
		},
		speak: (server) => {
			server['answer'] = () => ({ body: { data: [{ symbol: 'SHOP', price: 61.75 }] } });
		},
		shows: '61.75',
	},
	{
		source: 'Custom WebSocket',
		fake: 'JsonSocket',
		fill: async (editor, host) => {
			await editor.type('url', `ws://${host}/`);
			await editor.paste('subscribeMessage', '{ "sub": [[symbols]] }');
			await editor.type('symbols', 'SHOP');
		},
		speak: (server) => server['send']({ symbol: 'SHOP', price: 61.25 }),
		shows: '61.25',
	},
];

/** Every source that reaches over the network: chosen, filled in and test-run in the editor. */
export async function checkSourceEditor({ n8n, api }: Running): Promise<string> {
	const browser = await openBrowser();
	const context = await browser.newContext({
		viewport: { width: 1440, height: 1000 },
		permissions: ['clipboard-read', 'clipboard-write'],
	});
	try {
		await new Editor(await context.newPage(), 'login').logIn(n8n.url);
		for (const [index, one] of BY_HAND.entries()) {
			const server = await openFake(one.fake);
			try {
				if (one.source === 'Alpaca') {
					await api.createCredential('Alpaca on loopback', 'marketAlertsAlpacaApi', {
						keyId: server['keyId'],
						secretKey: server['secretKey'],
						plan: 'basic',
						dataBaseUrl: `http://${server.host}`,
						streamBaseUrl: `ws://${server.host}`,
					});
				}
				await setUp(context, n8n.url, one, server, `source-${index + 1}`);
			} finally {
				await server.close();
			}
		}
		return `${BY_HAND.map(({ source }) => source).join(', ')}; screenshots in test-output/`;
	} finally {
		await browser.close();
	}
}

async function setUp(
	context: BrowserContext,
	url: string,
	{ source, fill, speak, shows }: ByHand,
	server: Fake,
	series: string,
): Promise<void> {
	const page = await context.newPage();
	const editor = new Editor(page, series);
	const name = source.toLowerCase().replaceAll(' ', '-');
	const speaking = setInterval(() => speak(server), 300);
	try {
		await editor.newWorkflow(url);
		await editor.addNode('Market Data Trigger');
		await editor.choose('source', source);
		await editor.shoot(`${name}-chosen`);
		await fill(editor, server.host);
		await editor.shoot(`${name}-filled`);
		await page.getByTestId('node-execute-button').click();
		await page.getByText(/Events Branch \(\d+ items?\)/).waitFor({ timeout: 40_000 });
		await page.getByTestId('output-panel').getByText(shows).first().waitFor();
		await editor.shoot(`${name}-run`);
		assert.ok(server.connections > 0 || (server.requests?.length ?? 0) > 0);
	} catch (error) {
		await editor.shoot(`${name}-failed`);
		throw error;
	} finally {
		clearInterval(speaking);
		await page.close();
	}
}
