import { createMemoryStore } from '../../../core/storage';
import { describeStore } from '../../contracts/store';
import { FakeClock } from '../../fakes/FakeClock';

describeStore('the memory', async () => createMemoryStore(new FakeClock()));
