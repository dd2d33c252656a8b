import { SourceError } from '../../../core/market';
import { compileColumns, type ColumnRequest } from '../../../core/pipeline';

const rsi = { fact: 'rsi', params: { period: 14, interval: '5m' } };

function messageOf(...requests: ColumnRequest[]): string {
	try {
		compileColumns(requests);
	} catch (error) {
		expect(error).toBeInstanceOf(SourceError);
		return (error as Error).message;
	}
	return '';
}

describe('compileColumns', () => {
	it('names a column after its fact, or as it was told', () => {
		expect(compileColumns([{ fact: rsi }, { fact: rsi, name: 'momentum' }])).toEqual([
			{ name: 'rsi_14_5m', fact: rsi },
			{ name: 'momentum', fact: rsi },
		]);
	});

	it('takes the name of a fact for the very fact', () => {
		expect(compileColumns([{ fact: { fact: 'obv' } }])).toEqual([
			{ name: 'obv', fact: { fact: 'obv' } },
		]);
	});

	it.each<[string, string, ColumnRequest[]]>([
		[
			'a fact there is none of',
			'Added fact 2: there is no fact "rsy" to work out. Did you mean "rsi"?',
			[{ fact: rsi }, { fact: { fact: 'rsy' } }],
		],
		[
			'a field of the event',
			'Added fact 1: "high" is on the events as it is; what can be added goes by a parameter: interval, candle, symbol, times.',
			[{ fact: { fact: 'high' }, name: 'top' }],
		],
		[
			'the session as the source says it',
			'Added fact 1: "session" is on the events as it is; what can be added goes by a parameter: calendar.',
			[{ fact: { fact: 'session' } }],
		],
		[
			'a parameter out of its range',
			'Added fact 1: parameter "period" of "rsi" is 0; use a whole number from 1 to 1000.',
			[{ fact: { fact: 'rsi', params: { period: 0 } } }],
		],
		[
			'a parameter of another fact',
			'Added fact 1: fact "rsi" takes no parameter "fast". It takes period, interval, candle, symbol, times.',
			[{ fact: { fact: 'rsi', params: { fast: 3 } } }],
		],
		[
			'a day’s fact of single events',
			'Added fact 1: "vwap" needs the parameter "interval", such as "5m".',
			[{ fact: { fact: 'vwap' } }],
		],
		[
			'two of the same name',
			'Added fact 2: the name "rsi_14_5m" is taken by another added fact; name one of the two differently, or remove it.',
			[{ fact: rsi }, { fact: rsi }],
		],
		[
			'the name of a field that events have',
			'Added fact 1: the name "volume" is a field of the events; use another, such as rsi_14_5m.',
			[{ fact: rsi, name: 'volume' }],
		],
		[
			'our own key',
			'Added fact 1: the name "marketAlerts" is a field of the events; use another, such as rsi_14_5m.',
			[{ fact: rsi, name: 'marketAlerts' }],
		],
		[
			'the name of a fact that rules would work out themselves',
			'Added fact 1: the name "rsi" is that of a fact that rules work out themselves; use another, such as rsi_14_5m.',
			[{ fact: rsi, name: 'rsi' }],
		],
		...['', 'my rsi', '14rsi', '__proto__', 'a.b'].map(
			(name): [string, string, ColumnRequest[]] => [
				`the name ${JSON.stringify(name)}`,
				`Added fact 1: the name ${JSON.stringify(name)} isn't one; use letters, digits and underscores, such as rsi_14_5m.`,
				[{ fact: rsi, name }],
			],
		),
	])('refuses %s', (_, message, requests) => {
		expect(messageOf(...requests)).toBe(message);
	});
});
