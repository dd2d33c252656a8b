import { SharedConnections, type LivePorts } from '../../core/market';
import { wsSocketFactory } from '../../core/ports/system';
import type { LiveServer } from '../contracts/liveSource';
import type { FastClock } from './FastClock';
import { fixedRandom } from './fixedRandom';
import { loopbackHttp } from './loopbackHttp';
import type { LoopbackProvider } from './LoopbackProvider';
import { silentLog } from './silentLog';

/** How trades happen at one provider. */
export type TradeFloor<T> = {
	/** Waits until somebody listens to them. */
	readonly listened: () => Promise<void>;
	/** One more happens, and stands in the history. */
	readonly happen: () => T;
	readonly tell: (trade: T) => void;
	readonly last: () => T;
};

/** A provider's server as the contract of live sources wants it. */
export function liveServer<T>(provider: LoopbackProvider, floor: TradeFloor<T>): LiveServer {
	return {
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
		listened: floor.listened,
		get open() {
			return provider.open;
		},
		get connections() {
			return provider.connections;
		},
		until: async (holds) => await provider.until(holds),
		close: async () => await provider.close(),
	};
}

/** The world of one process, with a fast clock and nothing but loopback. */
export const livePorts = (clock: FastClock): LivePorts => ({
	clock,
	timer: clock,
	random: fixedRandom(0.5),
	log: silentLog(),
	http: loopbackHttp,
	sockets: wsSocketFactory(),
	shared: new SharedConnections(),
});
