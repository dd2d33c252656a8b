import type { Clock, HttpClient, Log, Random, SocketFactory, Timer } from '../../ports';
import type { SharedConnections } from '../SharedConnections';

/** What a live source needs of the world. */
export type LivePorts = {
	readonly clock: Clock;
	readonly timer: Timer;
	readonly random: Random;
	readonly log: Log;
	readonly http: HttpClient;
	readonly sockets: SocketFactory;
	readonly shared: SharedConnections;
};
