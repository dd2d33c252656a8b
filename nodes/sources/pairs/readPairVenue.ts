import { canonicalPair, type LivePorts, type Source } from '../../../core/market';
import { readAddress, readLimit, readLive, rehearsable, type LiveSettings } from '../readLive';
import type { ChosenSource, ReadSource, SourceStart } from '../SourceFace';

type VenueSettings = LiveSettings & {
	readonly restBaseUrl: string;
	readonly streamBaseUrl: string;
};

/** A venue without a key, as the core has it. */
export type CoreVenue<S extends VenueSettings> = {
	readonly source: string;
	readonly provider: string;
	readonly usual: {
		readonly interval: string;
		readonly restBaseUrl: string;
		readonly streamBaseUrl: string;
		readonly limitPerMinute: number;
	};
	readonly canonical?: (symbol: string) => string;
	readonly toSettings: (read: VenueSettings, limitPerMinute: number) => S;
	/** @throws SourceError naming what can't work */
	readonly check: (settings: S) => void;
	readonly create: (settings: S, ports: LivePorts, start: SourceStart) => Source;
};

export const readPairVenue =
	<S extends VenueSettings>(venue: CoreVenue<S>): ReadSource =>
	async (request) => {
		const { usual } = venue;
		const { options } = request;
		const settings = venue.toSettings(
			{
				...readLive(request, {
					interval: usual.interval,
					canonical: venue.canonical ?? canonicalPair,
				}),
				restBaseUrl: readAddress(options['restBaseUrl'], usual.restBaseUrl),
				streamBaseUrl: readAddress(options['streamBaseUrl'], usual.streamBaseUrl),
			},
			readLimit(options['limitPerMinute'], usual.limitPerMinute),
		);
		venue.check(settings);
		return rehearsable(settings, (of) => choose(venue, of));
	};

function choose<S extends VenueSettings>(venue: CoreVenue<S>, settings: S): ChosenSource {
	const { source, provider, create } = venue;
	const { symbols, receive, interval, delivery, restBaseUrl, streamBaseUrl } = settings;
	const of = receive === 'trades' || receive === 'quotes' ? undefined : interval;
	return {
		name: source,
		isLive: true,
		symbols,
		// Streamed or polled, it's the same market.
		identity: [source, symbols, receive, of, restBaseUrl, streamBaseUrl],
		description: `${receive} of ${symbols.length} symbols by ${provider} (${delivery})`,
		create: (ports, start) => create(settings, ports, start),
	};
}
