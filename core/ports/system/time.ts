import { epochMs, type Clock, type Random, type Timer } from '../index';

export const systemClock: Clock = { now: () => epochMs(Date.now()) };

export const systemRandom: Random = { next: () => Math.random() };

export const systemTimer: Timer = {
	async sleep(durationMs, signal) {
		if (signal?.aborted) return;
		await new Promise<void>((resolve) => {
			const done = () => {
				clearTimeout(timeout);
				signal?.removeEventListener('abort', done);
				resolve();
			};
			const timeout = setTimeout(done, durationMs);
			signal?.addEventListener('abort', done, { once: true });
		});
	},
};
