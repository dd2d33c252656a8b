import { createMemoryStore } from '../../../core/storage';
import { describeStore } from '../../contracts/store';
import { FakeClock } from '../../fakes/FakeClock';

const clock = new FakeClock();

describeStore(
	'the memory',
	async () => createMemoryStore(clock),
	async (durationMs) => await clock.advance(durationMs),
);
