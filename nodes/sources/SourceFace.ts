import type { INodeProperties, ITriggerFunctions } from 'n8n-workflow';

import type { CalendarName, LivePorts, Source } from '../../core/market';
import type { PollBudget } from './budget';

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
};

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
