import {
	addSeen,
	hasSeen,
	nothingSeen,
	parseEventId,
	toEventId,
	toStream,
} from '../../../core/market';

describe('event ids', () => {
	it.each([
		['replay', 'trades.csv', 'k3f9'],
		['simulated', '42', 'k3f9'],
		['binance', 'BTCUSDT trade', 'spot'],
		['binance', 'BTCUSDT candle 1m', 'stream.example:9443'],
	])('of %s are positions in a stream', (source, tape, play) => {
		const stream = toStream(source, tape, play);
		expect(parseEventId(toEventId(stream, 1_700_000_000_000))).toEqual({
			stream,
			sequence: 1_700_000_000_000,
		});
	});

	it('of Binance need one number to be remembered, not a thousand ids', () => {
		const stream = toStream('binance', 'BTCUSDT trade', 'spot');
		let seen = nothingSeen;
		for (let id = 1; id <= 50; id += 1) seen = addSeen(seen, toEventId(stream, id));
		expect(seen).toEqual({ streams: { [stream]: 50 }, others: [] });
		expect(hasSeen(seen, toEventId(stream, 49))).toBe(true);
		expect(hasSeen(seen, toEventId(stream, 51))).toBe(false);
	});

	it('of others stay what they are', () => {
		expect(parseEventId('binance:BTCUSDT')).toBeUndefined();
		expect(parseEventId('elsewhere:XBT~spot#1')).toBeUndefined();
	});
});
