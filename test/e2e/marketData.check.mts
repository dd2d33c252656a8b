import { Editor, openBrowser } from './Editor.mts';
import type { Running } from './harness.mts';

/** Every operation of Market Data, chosen and filled in by hand, on the market that needs no account. */
export async function checkMarketData({ n8n }: Running): Promise<string> {
	const browser = await openBrowser();
	const context = await browser.newContext({
		viewport: { width: 1440, height: 1000 },
		permissions: ['clipboard-read', 'clipboard-write'],
	});
	const editor = new Editor(await context.newPage(), 'market-data');
	const { page } = editor;
	const run = async (expected: string | RegExp): Promise<void> => {
		await page.getByTestId('node-execute-button').click();
		await page.getByTestId('output-panel').getByText(expected).first().waitFor();
	};
	try {
		await editor.logIn(n8n.url);
		await editor.newWorkflow(n8n.url);
		await editor.addTrigger('Trigger manually');
		await page.keyboard.press('n');
		await page.getByTestId('node-creator-search-bar').fill('Market Data');
		await editor.shoot('creator');
		await page.keyboard.press('Escape');
		await editor.select('When clicking');
		await editor.addNode('Market Data', QUOTES);
		await editor.type('symbols', 'SHOP, BTC/USD');
		await run('2 items');
		await editor.shoot('quote');

		await editor.choose('operation', 'Get Candles');
		await editor.type('symbols', 'SHOP');
		await editor.choose('interval', '15 Minutes');
		await editor.type('last', '48');
		await editor.addOption('Include Running Candle');
		await run('48 items');
		await editor.shoot('candles');
		await editor.choose('range', 'Between Two Times');
		await editor.shoot('candles-between');

		await editor.choose('operation', 'Get Indicator');
		await editor.choose('indicator', 'MACD Signal');
		await editor.type('fast', '8');
		await editor.choose('return', 'Series');
		await editor.type('values', '20');
		await run('20 items');
		await editor.shoot('indicator');

		await editor.choose('operation', 'Search Symbols');
		await editor.type('text', 'usd');
		await run('3 items');
		await editor.shoot('search');

		await editor.choose('resource', 'Market');
		await editor.choose('market', 'Currencies (Forex)');
		await run('nextCloseAt');
		await editor.shoot('status');

		await editor.choose('resource', 'Instrument');
		await editor.choose('operation', 'Get Quote');
		await editor.type('symbols', 'two words');
		await page.getByTestId('node-execute-button').click();
		const wrong = page.getByText('Symbol "two words" can\'t be one').first();
		await wrong.waitFor();
		await editor.shoot('wrong');

		for (const source of ['Alpaca', 'Binance', 'Coinbase', 'Kraken']) {
			await editor.choose('source', source);
			await editor.shoot(`source-${source.toLowerCase()}`);
		}
		return `${await wrong.innerText()}; screenshots in test-output/`;
	} catch (error) {
		await editor.shoot('failed');
		throw error;
	} finally {
		await browser.close();
	}
}

const QUOTES = 'Get quotes of stocks or crypto';
