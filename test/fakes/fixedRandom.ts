import type { Random } from '../../core/ports';

/** Always the same number: 1 takes the jitter out of a back-off. */
export const fixedRandom = (value = 1): Random => ({ next: () => value });
