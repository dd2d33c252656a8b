import { catalogue, columnName, type FactRef } from '../../../core/facts';

describe('columnName', () => {
	it.each<[string, FactRef]>([
		['rsi_14_5m', { fact: 'rsi', params: { interval: '5m', period: 14 } }],
		['rsi_14_5m', { fact: 'rsi', params: { interval: '5m' } }],
		['rsi_14', { fact: 'rsi' }],
		['rsi_9_1h_running', { fact: 'rsi', params: { period: 9, interval: '1h', candle: 'running' } }],
		['rsi_14_1h', { fact: 'rsi', params: { interval: '1h', candle: 'closed' } }],
		['rsi_14_5m_BTC_USD', { fact: 'rsi', params: { interval: '5m', symbol: 'BTC/USD' } }],
		['macd_12_26_9_5m', { fact: 'macd', params: { interval: '5m' } }],
		['macd_5_26_9_5m', { fact: 'macd', params: { interval: '5m', fast: 5 } }],
		['macd_12_5_9_5m', { fact: 'macd', params: { interval: '5m', slow: 5 } }],
		[
			'bollingerUpper_20_2_5_15m',
			{ fact: 'bollingerUpper', params: { multiplier: 2.5, interval: '15m' } },
		],
		['movePercent_15m', { fact: 'movePercent', params: { over: '15m' } }],
		['highest_20_1h', { fact: 'highest', params: { last: 20, interval: '1h' } }],
		['risingCount_5m', { fact: 'risingCount', params: { interval: '5m' } }],
		['high_1h', { fact: 'high', params: { interval: '1h' } }],
		['timeOfDay', { fact: 'timeOfDay', params: { timezone: 'UTC' } }],
		['timeOfDay_America_New_York', { fact: 'timeOfDay', params: { timezone: 'America/New_York' } }],
		['session_us_equities', { fact: 'session', params: { calendar: 'us-equities' } }],
		['averageVolume_20_5m_3', { fact: 'averageVolume', params: { interval: '5m', times: 3 } }],
		['order', { fact: 'order' }],
	])('makes %s', (name, fact) => {
		expect(columnName(fact)).toBe(name);
	});

	it('gives every fact of the catalogue a name of its own that can stand in an expression', () => {
		const names = catalogue.map(({ name: fact }) =>
			columnName({ fact, params: { interval: '5m', symbol: 'SPY' } }),
		);
		expect(new Set(names).size).toBe(catalogue.length);
		expect(names.filter((name) => !/^[A-Za-z][A-Za-z0-9_]*$/.test(name))).toEqual([]);
	});
});
