import { compileNoise, isQuietening, type AlertItem, type NoisePolicy } from '../alerts';
import type { FeedReport, Source } from '../market';
import type { Clock, Store } from '../ports';
import { AlertWatch } from './AlertWatch';
import type { HandOverPorts } from './HandOver';
import { inOrder } from './inOrder';
import { Journal } from './journal';
import { forgetKept, keepChanges, nothingKept, partKept, readKept } from './keptWatches';
import { NoiseControl } from './NoiseControl';
import { forgetNoise } from './noiseState';
import { openPlay, type PlaySettings } from './play';
import { Quietening } from './Quietening';
import type { Past } from './WarmUp';
import type { WatchedSettings } from './WatchedRules';
import { withStore } from './withStore';

/** What an execution gets: alerts in order, and news of the feed. */
export type AlertLoad = {
	readonly alerts: readonly AlertItem[];
	readonly reports: readonly FeedReport[];
};

export type AlertSettings = PlaySettings &
	WatchedSettings & {
		readonly source: string;
		/** What keeps alerts from becoming noise. */
		readonly noise?: NoisePolicy;
		/** Where candles of before the first event come from. */
		readonly past?: Past;
	};

export type AlertPorts = HandOverPorts<AlertLoad> & {
	readonly clock: Clock;
	/** Makes the source go on from a cursor. */
	readonly openSource: (start: { cursor: unknown; play: string }) => Source;
};

/**
 * From a source through rules to executions: every event is judged as it comes, and the workflow starts only
 * when an alert is to be told. Alerts, the states they came from and the source's cursor are written down
 * together, before anybody is told; what comes while a run is on gathers. What never ended (a crash) is
 * handed over again at the next start, same members, same ids.
 *
 * Resolves when `signal` aborts; a run that's still on is crossed out when it ends.
 * @throws SourceError what the user must fix
 */
export async function runAlerts(
	settings: AlertSettings,
	ports: AlertPorts,
	signal: AbortSignal,
): Promise<void> {
	const { owner, time } = settings;
	// A trigger that was published anew waits for the last run of its predecessor.
	await inOrder(`feed ${owner.workflowId}/${owner.nodeId}`, async () => {
		if (signal.aborted) return;
		const opened = await withStore(ports, signal, async (store) => {
			const journal = new Journal<AlertLoad>(store, owner);
			const all = await readKept(journal.key, store);
			const { kept, renewed, gone } = partKept(all, settings.rules);
			await store.commit([...forgetKept(journal.key, gone), ...keepChanges(journal.key, renewed)]);
			// A tape played anew is another history; the market is the same, whoever looks at it.
			const forget = async () =>
				time === 'tape'
					? [...forgetKept(journal.key, kept), ...(await forgetNoise(owner, store))]
					: [];
			const play = await openPlay(journal, settings, ports.clock, forget);
			const noise = await openNoise(settings, store);
			return { play, noise, kept: play.isNew && time === 'tape' ? nothingKept : kept };
		});
		if (opened === undefined) return;
		const { play, kept, noise } = opened;
		await new AlertWatch(settings, ports, play, kept, noise, signal).run();
	});
}

/** Where there's no noise control any more, what it held back is still let go. */
async function openNoise(
	{ noise: policy, owner }: AlertSettings,
	store: Store,
): Promise<Quietening | undefined> {
	const control = await NoiseControl.open(policy ?? compileNoise({}), owner, store);
	const isWanted = policy !== undefined && isQuietening(policy);
	return isWanted || control.isHolding ? new Quietening(control) : undefined;
}
