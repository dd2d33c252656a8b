import {
	SharedConnections,
	type LivePorts,
	type PairSettings,
	type Source,
} from '../../core/market';
import { wsSocketFactory } from '../../core/ports/system';
import type { LiveServer, LiveSetup } from '../contracts/liveSource';
import type { FastClock } from './FastClock';
import { fixedRandom } from './fixedRandom';
import { loopbackHttp } from './loopbackHttp';
import type { LoopbackProvider } from './LoopbackProvider';
import { silentLog } from './silentLog';

/** How trades happen at one provider. */
export type TradeFloor = {
	readonly channel: string;
	/** One more trade happens, and stands in the history. */
	readonly happen: () => object;
	readonly tell: (trade: object) => void;
	readonly last: () => object;
};

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

/** A provider's server as the contract of live sources wants it. */
export function pairSetup(
	create: (
		settings: PairSettings,
		ports: LivePorts,
		start: { cursor: unknown; play: string },
	) => Source,
	provider: LoopbackProvider,
	clock: FastClock,
	floor: TradeFloor,
	more: Partial<PairSettings>,
): LiveSetup {
	const shared = new SharedConnections();
	const server: LiveServer = {
		tell: (count) => {
			for (let told = 0; told < count; told += 1) floor.tell(floor.happen());
		},
		happen: (count) => {
			for (let happened = 0; happened < count; happened += 1) floor.happen();
		},
		repeat: () => floor.tell(floor.last()),
		sendAll: (text) => (typeof text === 'string' ? provider.sendAll(text) : provider.raw(text)),
		dribble: () => provider.dribble(),
		cut: (code, reason) => provider.cut(code, reason),
		ignoreNext: (count) => {
			for (let one = 0; one < count; one += 1) provider.refusals.push('silence');
		},
		refuseNext: (count, status, headers, body) => {
			for (let one = 0; one < count; one += 1) {
				provider.refusals.push({ status, ...(headers && { headers }), ...(body && { body }) });
			}
		},
		listened: async () => await provider.until(() => provider.isListenedTo(floor.channel)),
		get open() {
			return provider.open;
		},
		get connections() {
			return provider.connections;
		},
		until: async (holds) => await provider.until(holds),
		close: async () => await provider.close(),
	};
	const open = (start: { cursor: unknown; play: string }) =>
		create(
			{ ...pairSettings(provider), ...more },
			{
				clock,
				timer: clock,
				random: fixedRandom(0.5),
				log: silentLog(),
				http: loopbackHttp,
				sockets: wsSocketFactory(),
				shared,
			},
			start,
		);
	return { server, clock, open };
}
