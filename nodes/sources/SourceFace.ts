import type { INodeProperties, ITriggerFunctions } from 'n8n-workflow';

import type {
	CalendarName,
	LivePorts,
	MarketRequests,
	RequestPorts,
	Source,
} from '../../core/market';
import type { PollBudget } from './budget';
import type { EventsFace } from './eventsOf';

/**
 * A source as the editor shows it. It's at hand whenever n8n loads a node, so it imports nothing heavy; what
 * reads and opens it is loaded when a trigger starts.
 */
export type SourceFace = {
	/** The value of the field Source; an API, as the names of all fields are. */
	readonly value: string;
	readonly name: string;
	readonly description: string;
	/** A credential type; an optional one isn't asked for. */
	readonly credential?: { readonly name: string; readonly required: boolean };
	/** Fresh at each call, and shown for this source only. */
	readonly fields: () => SourceFields;
	/** What stands under Options. */
	readonly options: () => INodeProperties[];
	readonly load: () => Promise<ReadSource>;
	/** So that a rule on what it never tells is refused; none where the user's own mapping decides. */
	readonly events?: EventsFace;
	/** For the node that asks once; a source it can't ask has none. */
	readonly requests?: RequestFace;
};

/** A source as the Market Data node shows it. As light as the rest of the face. */
export type RequestFace = {
	/** In the list of sources. */
	readonly description: string;
	/** What stands in Symbols at first. */
	readonly symbol: string;
	readonly symbolsDescription: string;
	/** Lengths of candles, as the core has them; a test holds the two together. None: it has no candles. */
	readonly intervals: readonly string[];
	/** Which market; fresh at each call. */
	readonly market: () => INodeProperties[];
	/** What stands under Options. */
	readonly options: () => INodeProperties[];
	readonly load: () => Promise<OpenRequests>;
	/** What was before its events began, where that isn't what it tells when it's asked; it fits nothing later. */
	readonly loadPast?: () => Promise<OpenRequests>;
};

/** @throws SourceError quoting what the user must fix */
export type OpenRequests = (
	request: Pick<SourceRequest, 'context' | 'read' | 'options'>,
	ports: RequestPorts,
) => Promise<MarketRequests>;

/** The fields of a source, in the order they're shown. */
export type SourceFields = {
	/** Which market, and which symbols of it. */
	readonly market: INodeProperties[];
	/** Which events; a node that knows this by itself doesn't show them. */
	readonly receive: INodeProperties[];
	/** How they get here. */
	readonly delivery: INodeProperties[];
};

/** @throws SourceError quoting what the user must fix */
export type ReadSource = (request: SourceRequest) => Promise<ChosenSource>;

/** A trigger, or the editor that asks for a list. */
export type SourceContext = Pick<ITriggerFunctions, 'getNode' | 'getCredentials'> & {
	getNodeParameter(name: string, fallback?: unknown): unknown;
};

export type SourceRequest = {
	readonly context: Pick<SourceContext, 'getNode' | 'getCredentials'>;
	/** A field of the node. */
	readonly read: (name: string, fallback?: unknown) => unknown;
	/** What stands under Options. */
	readonly options: Readonly<Record<string, unknown>>;
	/** Instead of the node's own fields. */
	readonly receive?: Received;
	readonly maxBatchSize: number;
};

/** Which events of a source that offers several kinds. */
export type Received = {
	readonly receive: 'trades' | 'quotes' | 'candles' | 'runningCandles';
	/** Of candles. */
	readonly interval?: string;
};

/** A source as the user has set it up. */
export type ChosenSource = {
	/** The value of the field Source. */
	readonly name: string;
	/** It goes on for ever and reaches over the network. */
	readonly isLive: boolean;
	/** In our spelling; none means whatever there is. */
	readonly symbols: readonly string[];
	/** Whose hours its instruments keep, where that's the same for all. */
	readonly calendar?: CalendarName;
	/** What a cursor depends on: the settings without their pace. */
	readonly identity: readonly unknown[];
	/** For the log: "trades of 3 symbols by Binance (stream)". */
	readonly description: string;
	/** What asking again and again costs; none for a stream. */
	readonly polling?: PollBudget;
	readonly create: (ports: LivePorts, start: SourceStart) => Source;
	/** Another one for a test-run in the editor, where this one would let the user wait. */
	readonly forRehearsal?: ChosenSource;
};

export type SourceStart = { readonly cursor: unknown; readonly play: string };
