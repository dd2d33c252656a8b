/**
 * Events of our sources are numbered: `<stream>#<sequence>`, the stream being one play of one source
 * (`replay:trades.csv.gz~k3f9`, `simulated:42~k3f9`). Whoever keeps state needs to remember only the highest
 * sequence per stream. Ids of other origin are remembered one by one.
 *
 * A provider's own numbers are used where it has them (`binance:BTCUSDT trade~spot#123`): the same event has
 * the same id in every trigger and after every restart.
 *
 * The tail after `~` tells one play of a tape from the next: played again on purpose, its
 * events are new ones; played again after a crash, they're the same.
 */
export const toEventId = (stream: string, sequence: number): string => `${stream}#${sequence}`;

/** Names a stream: what is played, and which play of it. */
export const toStream = (source: string, tape: string, play: string): string =>
	`${source}:${tape.replaceAll('#', '_').replaceAll('~', '_')}~${play}`;

const OURS =
	/^((?:simulated|replay|binance|alpaca|coinbase|kraken|finnhub):[^#]*~[^#~]+)#(\d{1,16})$/;

export type EventPosition = { readonly stream: string; readonly sequence: number };

/** The position of one of our own events; `undefined` for an id of other origin. */
export function parseEventId(eventId: string): EventPosition | undefined {
	const [, stream, digits] = OURS.exec(eventId) ?? [];
	return stream === undefined ? undefined : { stream, sequence: Number(digits) };
}
