import {
	checkCoinbase,
	checkKraken,
	coinbaseDefaults,
	createCoinbase,
	createKraken,
	krakenDefaults,
	type LivePorts,
	type PairSettings,
	type Source,
} from '../../core/market';

type PairSource = {
	readonly provider: string;
	readonly defaults: {
		readonly streamBaseUrl: string;
		readonly restBaseUrl: string;
		readonly callsPerMinute: number;
	};
	/** @throws SourceError naming what can't work */
	readonly check: (settings: PairSettings) => void;
	readonly create: (
		settings: PairSettings,
		ports: LivePorts,
		start: { readonly cursor: unknown; readonly play: string },
	) => Source;
};

/** Venues of pairs, by the trigger's Source. */
export const pairSources = {
	coinbase: {
		provider: 'Coinbase',
		defaults: coinbaseDefaults,
		check: checkCoinbase,
		create: createCoinbase,
	},
	kraken: {
		provider: 'Kraken',
		defaults: krakenDefaults,
		check: checkKraken,
		create: createKraken,
	},
} satisfies Record<string, PairSource>;

export type PairSourceName = keyof typeof pairSources;

export const isPairSource = (source: unknown): source is PairSourceName =>
	typeof source === 'string' && Object.hasOwn(pairSources, source);
