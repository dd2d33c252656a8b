import {
	createSimulatedMarket,
	type InstrumentSettings,
	type ScriptedEvent,
	type SimulatedMarketSettings,
} from '../../../core/market';
import { readDuration, readSymbols, refuse } from '../readLive';
import type { ReadSource, SourceRequest } from '../SourceFace';

type ScriptRow = {
	readonly at?: string;
	readonly kind?: ScriptedEvent['kind'];
	readonly symbol?: string;
	readonly percent?: number;
	readonly for?: string;
};

/** Least time between two quotes; n8n is no place for thousands of executions a second. */
const LEAST_INTERVAL_MS = 10;

export const readSimulated: ReadSource = async (request) => {
	const settings = readSettings(request);
	const { symbols } = settings;
	return {
		name: 'simulated',
		isLive: false,
		symbols,
		identity: ['simulated', settings],
		description: `a simulated market of ${symbols.length} symbols`,
		create: (ports, start) => createSimulatedMarket(settings, ports, start),
	};
};

function readSettings(request: SourceRequest): SimulatedMarketSettings {
	const { read } = request;
	const symbols = readSymbols(request);
	if (symbols.length === 0) refuse('Symbols is empty; name at least one, such as SHOP.');
	const intervalMs = duration(read('interval', '1s'), 'Interval');
	if (intervalMs < LEAST_INTERVAL_MS) {
		refuse(`Interval is ${intervalMs} ms; ${LEAST_INTERVAL_MS} ms is the least.`);
	}
	const script = read('script', {}) as { event?: readonly ScriptRow[] };
	return {
		seed: Number(read('seed', 1)) || 0,
		symbols,
		intervalMs,
		scenario: read('scenario', 'demo') === 'demo' ? 'demo' : 'calm',
		instruments: readInstruments(read),
		script: (script.event ?? []).map((row, index) => toScriptedEvent(row, index + 1)),
	};
}

export function readInstruments(read: SourceRequest['read']): InstrumentSettings[] {
	const { instrument = [] } = read('instruments', {}) as { instrument?: InstrumentSettings[] };
	return instrument.map(toInstrument);
}

function toInstrument(row: InstrumentSettings): InstrumentSettings {
	const symbol = String(row.symbol).trim().toUpperCase();
	const startPrice = Number(row.startPrice);
	if (symbol === '') refuse('An instrument has no symbol; fill it in, or remove the instrument.');
	if (!(startPrice > 0)) {
		refuse(`Start Price of ${symbol} is ${JSON.stringify(row.startPrice)}; use a number above 0.`);
	}
	return {
		symbol,
		startPrice,
		driftPercent: Number(row.driftPercent) || 0,
		volatilityPercent: Math.abs(Number(row.volatilityPercent)) || 0,
	};
}

function toScriptedEvent(row: ScriptRow, number: number): ScriptedEvent {
	const symbol = String(row.symbol ?? '')
		.trim()
		.toUpperCase();
	const kind = row.kind ?? 'crash';
	const field = (name: string) => `${name} of scripted event ${number}`;
	if (symbol === '') refuse(`${field('Symbol')} is empty; name one, such as SHOP.`);
	const atMs = duration(row.at ?? '10s', field('At'));
	if (kind === 'silence') {
		return { kind, atMs, symbol, forMs: duration(row.for ?? '5s', field('For')) };
	}
	const percent = Number(row.percent ?? 5);
	if (!Number.isFinite(percent)) {
		refuse(`${field('Percent')} is ${JSON.stringify(row.percent)}; use a number such as 5.`);
	}
	if (kind === 'gap') return { kind, atMs, symbol, percent };
	return { kind, atMs, symbol, percent, forMs: duration(row.for ?? '5s', field('For')) };
}

const duration = (given: unknown, field: string): number =>
	readDuration(given, field, '200ms, 1s or 5m');
