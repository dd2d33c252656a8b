import type { KeptWatches } from '../../../core/pipeline/keptWatches';
import { WatchedRules } from '../../../core/pipeline/WatchedRules';
import { compileRule } from '../../../core/rules';
import { heapInUse } from '../../fakes/heapInUse';
import { silentLog } from '../../fakes/silentLog';

it('holds nothing of what was kept once its rules and instruments have it', () => {
	const symbols = Array.from({ length: 2_000 }, (_, index) => `S${index}`);
	const rule = compileRule({
		version: 1,
		id: 'r',
		name: 'r',
		symbols,
		conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
	});
	const series = { closed: Array.from({ length: 50 }, (_, at) => [at, 1, 1, 1, 1, 1] as const) };
	const keep = (): KeptWatches => ({
		watches: [],
		instruments: new Map(
			symbols.map((symbol) => [
				symbol,
				{
					seen: { streams: {}, others: [] },
					series: { 60_000: { depth: 2, closed: series.closed.map((row) => [...row] as never) } },
					windows: {},
					latest: {},
				},
			]),
		),
	});
	const open = () =>
		new WatchedRules(
			{ owner: { workflowId: 'w', nodeId: 'n' }, rules: [rule], time: 'wall' },
			keep(),
			silentLog(),
		);
	open();
	const before = heapInUse();
	const watched = open();
	const each = (heapInUse() - before) / symbols.length;
	// Fifty candles as an instrument has them, and not their rows beside them.
	expect(each).toBeLessThan(8_000);
	expect(watched.wakeAt(undefined)).toBeUndefined();
});
