import type { EpochMs } from '../../../ports';
import type { Quote } from '../../model';
import { KnownKey } from '../../KnownKey';
import { ProviderFailure } from '../../ProviderFailure';
import {
	neverAborted,
	patientWith,
	sortOut,
	statusBy,
	unknownSymbol,
	unreadableRow,
	type FoundSymbol,
	type MarketRequests,
	type MarketStatus,
	type Patiently,
	type RequestPorts,
	type Told,
} from '../../requests';
import { usEquities } from '../../sessions';
import type { FinnhubAccount } from './account';
import { DailyFundamentals } from './fundamentals';
import { readQuote } from './parse';
import { finnhubLimit, FinnhubRest } from './rest';
import { checkAddress, finnhubDefaults, type FinnhubSettings } from './settings';
import { parseSymbols, type FinnhubSymbol } from './symbols';

export type FinnhubRequestSettings = Pick<FinnhubSettings, 'plan' | 'restBaseUrl'>;

const EXAMPLE = 'AAPL or BINANCE:BTCUSDT';

/** Finnhub, asked once; its budget is that of the triggers with the same key. Free keys have no candles. */
export function createFinnhubRequests(
	settings: FinnhubRequestSettings,
	ports: RequestPorts & { readonly account: FinnhubAccount },
): MarketRequests {
	checkAddress("The credential's REST address", settings.restBaseUrl, 'https:', 'http:');
	return new FinnhubRequests(settings, ports);
}

class FinnhubRequests implements MarketRequests {
	readonly provider = 'Finnhub';

	private readonly rest: FinnhubRest;

	private readonly fundamentals: DailyFundamentals;

	private readonly patiently: Patiently;

	private readonly venue: string;

	constructor(
		{ plan, restBaseUrl }: FinnhubRequestSettings,
		private readonly ports: RequestPorts & { readonly account: FinnhubAccount },
	) {
		const { account, clock, patienceMs, shared } = ports;
		const limit = finnhubLimit(plan, restBaseUrl, ports);
		this.rest = new FinnhubRest(restBaseUrl, new KnownKey(account), limit, ports);
		const scope = `${restBaseUrl} ${account.id}`;
		this.fundamentals = new DailyFundamentals(this.rest, shared.lists, scope, clock);
		this.patiently = patientWith(limit, patienceMs, ports);
		this.venue =
			restBaseUrl === finnhubDefaults.restBaseUrl
				? 'usual'
				: new URL(restBaseUrl).host.replace(/[#~]/g, '_');
	}

	/** One call for each symbol. */
	async quotes(names: readonly string[], signal = neverAborted) {
		const { instruments, failed } = sortOut(names, (name) => parseSymbols([name]));
		const told = new Map<string, Told<Quote> | Error>(failed);
		await Promise.all(
			[...instruments].map(async ([name, instrument]) => {
				told.set(name, await this.quote(name, instrument, signal));
			}),
		);
		return told;
	}

	async search(text: string, signal = neverAborted): Promise<FoundSymbol[]> {
		if (text.trim() === '') return [];
		const rows = await this.patiently(
			async () => await this.rest.search(text.trim(), signal),
			signal,
		);
		return rows.flatMap(toFound);
	}

	/** Whether it's open by Finnhub, when it opens and closes by our calendar. */
	async status(signal = neverAborted): Promise<MarketStatus> {
		const raw = await this.patiently(async () => await this.rest.marketStatus(signal), signal);
		const { isOpen, session } = raw;
		if (typeof isOpen !== 'boolean') throw unreadableRow('the market status has no isOpen');
		const known = SESSIONS[String(session)] ?? 'closed';
		return {
			...statusBy(usEquities, this.ports.clock.now()),
			isOpen,
			session: isOpen ? 'regular' : known === 'regular' ? 'closed' : known,
			toldBy: 'provider',
			raw,
		};
	}

	/** What concerns this symbol only is its own error; the rest is thrown. */
	private async quote(
		name: string,
		instrument: FinnhubSymbol,
		signal: AbortSignal,
	): Promise<Told<Quote> | Error> {
		try {
			const [fundamentals, raw] = await Promise.all([
				this.fundamentals.of(instrument, signal),
				this.patiently(
					async () => await this.rest.quote(instrument.providerSymbol, signal),
					signal,
				),
			]);
			return this.toTold(name, instrument, raw, fundamentals);
		} catch (error) {
			if (error instanceof ProviderFailure && error.kind === 'plan') return error;
			throw error;
		}
	}

	private toTold(
		name: string,
		instrument: FinnhubSymbol,
		raw: unknown,
		fundamentals: Parameters<typeof readQuote>[2],
	): Told<Quote> | Error {
		const receivedAt: EpochMs = this.ports.clock.now();
		const item = readQuote({ instrument, venue: this.venue }, raw, fundamentals, receivedAt);
		if (item === 'unknown') return unknownSymbol(name, EXAMPLE);
		if ('unreadable' in item) return unreadableRow(item.unreadable);
		// The reader makes quotes only.
		return { event: item.event as Quote, raw };
	}
}

const SESSIONS: Readonly<Record<string, MarketStatus['session']>> = {
	'pre-market': 'pre',
	regular: 'regular',
	'post-market': 'post',
};

function toFound(row: unknown): FoundSymbol[] {
	if (typeof row !== 'object' || row === null) return [];
	const { symbol, description, type } = row as Readonly<Record<string, unknown>>;
	if (typeof symbol !== 'string') return [];
	return [
		{
			symbol,
			providerSymbol: symbol,
			...(typeof description === 'string' && description !== '' ? { name: description } : {}),
			...(typeof type === 'string' && type !== '' ? { kind: type } : {}),
		},
	];
}
