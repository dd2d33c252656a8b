import { epochMs, type EpochMs } from '../../../ports';
import { toEventId, toStream } from '../../eventId';
import type { Candle, Quote } from '../../model';
import {
	checkCandles,
	countCandles,
	matchSymbols,
	statusBy,
	type CandlesTold,
	type CandlesWanted,
	type FoundSymbol,
	type MarketRequests,
	type MarketStatus,
	type Told,
} from '../../requests';
import { calendars, type CalendarName } from '../../sessions';
import { SourceError } from '../../Source';
import { KNOWN_SYMBOLS, simulatedInstrument, type SimulatedInstrument } from './instruments';
import { PricePath, tickOf, TICKS_PER_MINUTE } from './PricePath';

export type SimulatedRequestSettings = {
	readonly seed: number;
	/** Whose hours the market status is that of; prices move round the clock. */
	readonly market: CalendarName;
};

const SOURCE = 'simulated';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const INTERVAL_MS = {
	'1m': MINUTE_MS,
	'5m': 5 * MINUTE_MS,
	'15m': 15 * MINUTE_MS,
	'30m': 30 * MINUTE_MS,
	'1h': 60 * MINUTE_MS,
	'4h': 240 * MINUTE_MS,
	'1d': DAY_MS,
};
/** More minutes take seconds to work out: some four years. */
const MOST_MINUTES = 2_200_000;
const SYMBOL = /^[\p{L}\p{N}][\p{L}\p{N}./:_-]{0,29}$/u;

/**
 * A market that makes itself up, asked once: what it says of a moment follows from seed and symbol alone, so
 * candles of any length fit each other and the quotes. The trigger's Simulated Market, whose play begins when it's
 * started, has the same start prices and other moves.
 */
export function createSimulatedRequests(
	settings: SimulatedRequestSettings,
	ports: { readonly clock: { now(): EpochMs } },
): MarketRequests {
	const calendar = calendars.find(({ name }) => name === settings.market);
	if (calendar === undefined) {
		const names = calendars.map(({ name }) => name).join(', ');
		refuse(`Market is ${JSON.stringify(settings.market)}; choose ${names}.`);
	}
	const told = new Simulated(settings.seed);
	const source = { provider: 'Simulated Market', intervals: Object.keys(INTERVAL_MS) };
	return {
		...source,
		quotes: async (names) => {
			const now = ports.clock.now();
			return new Map(names.map((name) => [name, orError(() => told.quote(toSymbol(name), now))]));
		},
		candles: async (wanted) => {
			checkCandles(wanted, source);
			return told.candles(toSymbol(wanted.symbol), wanted, ports.clock.now());
		},
		search: async (text) => matchSymbols(text, KNOWN_SYMBOLS.map(toFound)),
		status: async (): Promise<MarketStatus> => statusBy(calendar, ports.clock.now()),
	};
}

class Simulated {
	constructor(private readonly seed: number) {}

	quote(symbol: string, now: EpochMs): Told<Quote> {
		const instrument = simulatedInstrument(symbol);
		const today = Math.floor(now / DAY_MS) * DAY_MS;
		const day = this.fold(instrument, today, now, now);
		const round = rounded(instrument);
		const previousClose = round(this.pathOf(instrument).priceAt(tickOf(today)));
		const price = day.close;
		const change = price - previousClose;
		const { tick, peRatio, startPrice } = instrument;
		const event: Quote = {
			type: 'quote',
			...this.common(symbol, 'quote', now),
			eventAt: now,
			receivedAt: now,
			price,
			bid: round(price - tick),
			ask: round(price + tick),
			open: day.open,
			high: day.high,
			low: day.low,
			previousClose,
			change: round(Math.abs(change)) * Math.sign(change),
			changePercent: Number(((change / previousClose) * 100).toPrecision(6)),
			volume: day.volume,
			peRatio: peRatio === null ? null : Number(((peRatio * price) / startPrice).toPrecision(4)),
			session: 'regular',
		};
		return { event, raw: event };
	}

	candles(symbol: string, wanted: CandlesWanted, now: EpochMs): CandlesTold {
		const { interval, range, running } = wanted;
		// Checked: the interval is one of ours.
		const intervalMs = INTERVAL_MS[interval as keyof typeof INTERVAL_MS];
		const present = Math.floor(now / intervalMs) * intervalMs;
		const end = present + (running ? intervalMs : 0);
		const [from, to] =
			'last' in range
				? [end - range.last * intervalMs, end]
				: [Math.ceil(range.from / intervalMs) * intervalMs, Math.min(range.to, end)];
		if ((to - from) / MINUTE_MS > MOST_MINUTES) {
			refuse(
				`${Math.ceil((to - from) / intervalMs)} candles of ${interval} are more than the Simulated Market works out; ask for fewer than ${Math.floor((MOST_MINUTES * MINUTE_MS) / intervalMs)}.`,
			);
		}
		countCandles(wanted, Math.ceil((to - from) / intervalMs));
		const instrument = simulatedInstrument(symbol);
		const candles: Array<Told<Candle>> = [];
		for (let startAt = from; startAt < to; startAt += intervalMs) {
			const endAt = startAt + intervalMs;
			const isClosed = endAt <= now;
			const event: Candle = {
				type: 'candle',
				...(isClosed
					? this.common(symbol, `candle ${interval}`, startAt)
					: this.common(symbol, `running ${interval}`, now)),
				eventAt: epochMs(isClosed ? endAt : now),
				receivedAt: now,
				interval,
				startAt: epochMs(startAt),
				endAt: epochMs(endAt),
				...this.fold(instrument, startAt, endAt, now),
				closed: isClosed,
			};
			candles.push({ event, raw: event });
		}
		return { candles };
	}

	/** What happened from a moment to another, or to now; a candle closes where the next one opens. */
	private fold(instrument: SimulatedInstrument, from: number, to: number, now: number) {
		const path = this.pathOf(instrument);
		const round = rounded(instrument);
		const until = Math.min(to, now);
		let [open, high, low, close, volume] = [0, 0, Number.POSITIVE_INFINITY, 0, 0];
		path.walk(tickOf(from), tickOf(until) + 1, (price, tick) => {
			open ||= price;
			high = Math.max(high, price);
			low = Math.min(low, price);
			close = price;
			if (tick % TICKS_PER_MINUTE === 0 && tick < tickOf(until)) {
				volume += path.volumeAt(tick / TICKS_PER_MINUTE);
			}
		});
		return {
			open: round(open),
			high: round(high),
			low: round(low),
			close: round(close),
			volume,
		};
	}

	private pathOf({ symbol, startPrice, volatilityPercent }: SimulatedInstrument): PricePath {
		return new PricePath(this.seed, symbol, startPrice, volatilityPercent);
	}

	private common(symbol: string, kind: string, sequence: number) {
		const stream = toStream(SOURCE, `${this.seed} ${symbol} ${kind}`, 'asked');
		return {
			source: SOURCE,
			symbol,
			providerSymbol: symbol,
			eventId: toEventId(stream, sequence),
			quality: [],
		};
	}
}

/** Never zero: a price that rounds away stays at one tick. */
const rounded =
	({ tick }: SimulatedInstrument) =>
	(price: number): number =>
		Number(Math.max(Math.round(price / tick) * tick, tick).toFixed(6));

/** @throws SourceError quoting what can't be one */
function toSymbol(name: string): string {
	const symbol = name.toUpperCase();
	if (SYMBOL.test(symbol)) return symbol;
	return refuse(
		`Symbol ${JSON.stringify(name.slice(0, 60))} can't be one; use letters and digits, such as SHOP or BTC/USD.`,
	);
}

function orError<T>(make: () => T): T | SourceError {
	try {
		return make();
	} catch (error) {
		if (error instanceof SourceError) return error;
		throw error;
	}
}

const toFound = ({ symbol, name }: (typeof KNOWN_SYMBOLS)[number]): FoundSymbol => ({
	symbol,
	providerSymbol: symbol,
	name,
});

function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
