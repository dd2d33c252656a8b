import { canonicalPair, type LivePorts, type Source } from '../../../core/market';
import type { PollBudget } from '../budget';
import { readAddress, readLimit, readLive, rehearsable, type LiveSettings } from '../readLive';
import type { ChosenSource, ReadSource, Received, SourceStart } from '../SourceFace';

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
	/** Of one round; `undefined` for what can't be polled. */
	readonly costOf: (
		receive: Received['receive'],
		symbols: number,
	) => Pick<PollBudget, 'calls' | 'weightEach'> | undefined;
	readonly create: (settings: S, ports: LivePorts, start: SourceStart) => Source;
};

export const readPairVenue =
	<S extends VenueSettings>(venue: CoreVenue<S>): ReadSource =>
	async (request) => {
		const { usual } = venue;
		const { options } = request;
		const limitPerMinute = readLimit(options['limitPerMinute'], usual.limitPerMinute);
		const settings = venue.toSettings(
			{
				...readLive(request, {
					interval: usual.interval,
					canonical: venue.canonical ?? canonicalPair,
				}),
				restBaseUrl: readAddress(options['restBaseUrl'], usual.restBaseUrl),
				streamBaseUrl: readAddress(options['streamBaseUrl'], usual.streamBaseUrl),
			},
			limitPerMinute,
		);
		venue.check(settings);
		return rehearsable(settings, (of) => ({
			...choose(venue, of),
			...pollingOf(venue, of, limitPerMinute),
		}));
	};

function choose<S extends VenueSettings>(venue: CoreVenue<S>, settings: S): ChosenSource {
	const { source, provider, create } = venue;
	const { symbols, receive, interval, delivery, restBaseUrl, streamBaseUrl } = settings;
	const of = receive === 'trades' || receive === 'quotes' ? undefined : interval;
	return {
		name: source,
		isLive: true,
		symbols,
		calendar: 'crypto',
		// Streamed or polled, it's the same market.
		identity: [source, symbols, receive, of, restBaseUrl, streamBaseUrl],
		description: `${receive} of ${symbols.length} symbols by ${provider} (${delivery})`,
		create: (ports, start) => create(settings, ports, start),
	};
}

function pollingOf<S extends VenueSettings>(
	{ provider, costOf }: CoreVenue<S>,
	{ symbols, receive, delivery, pollEveryMs }: S,
	perMinute: number,
): Pick<ChosenSource, 'polling'> {
	const cost = delivery === 'poll' ? costOf(receive, symbols.length) : undefined;
	if (cost === undefined) return {};
	return {
		polling: {
			...cost,
			symbols: symbols.length,
			everyMs: pollEveryMs,
			perMinute,
			allows: `${provider} allows your IP address`,
		},
	};
}
