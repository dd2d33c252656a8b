import type { LivePorts, PairSettings, Source } from '../../core/market';
import type { LiveSetup } from '../contracts/liveSource';
import type { FastClock } from './FastClock';
import { livePorts, liveServer, type TradeFloor } from './liveSetup';
import type { LoopbackProvider } from './LoopbackProvider';

export const pairSettings = (server: LoopbackProvider): PairSettings => ({
	symbols: ['BTC/USD'],
	receive: 'trades',
	interval: '5m',
	delivery: 'stream',
	pollEveryMs: 15_000,
	silentAfterMs: 20_000,
	streamBaseUrl: `ws://${server.host}`,
	restBaseUrl: `http://${server.host}`,
	callsPerMinute: 600,
});

/** A venue of pairs as the contract of live sources wants it. */
export function pairSetup<T>(
	create: (
		settings: PairSettings,
		ports: LivePorts,
		start: { cursor: unknown; play: string },
	) => Source,
	provider: LoopbackProvider,
	clock: FastClock,
	floor: TradeFloor<T>,
	more: Partial<PairSettings>,
): LiveSetup {
	const ports = livePorts(clock);
	const settings = { ...pairSettings(provider), ...more };
	return {
		server: liveServer(provider, floor),
		clock,
		open: (start) => create(settings, ports, start),
	};
}
