import type { EpochMs } from '../../ports';

/** Notices which symbols have been silent for too long, and which are heard again; each once. */
export class SilenceWatch {
	private readonly heardAt = new Map<string, number>();

	private readonly silent = new Map<string, number>();

	constructor(
		symbols: readonly string[],
		private readonly afterMs: number,
		now: EpochMs,
	) {
		for (const symbol of symbols) this.heardAt.set(symbol, now);
	}

	heard(symbol: string, now: EpochMs): void {
		this.heardAt.set(symbol, now);
	}

	forget(symbol: string): void {
		this.heardAt.delete(symbol);
		this.silent.delete(symbol);
	}

	/** After an interruption the waiting begins anew. */
	beginAnew(now: EpochMs, isMeant: (symbol: string) => boolean = () => true): void {
		for (const symbol of this.heardAt.keys()) {
			if (!this.silent.has(symbol) && isMeant(symbol)) this.heardAt.set(symbol, now);
		}
	}

	look(now: EpochMs): { readonly fell: Heard[]; readonly back: Heard[] } {
		const fell: Heard[] = [];
		const back: Heard[] = [];
		for (const [symbol, at] of this.heardAt) {
			const isSilent = now - at > this.afterMs;
			const since = this.silent.get(symbol);
			if (isSilent && since === undefined) {
				this.silent.set(symbol, at);
				fell.push({ symbol, since: at as EpochMs });
			} else if (!isSilent && since !== undefined) {
				this.silent.delete(symbol);
				back.push({ symbol, since: since as EpochMs });
			}
		}
		return { fell, back };
	}
}

/** A symbol, and when it was last heard before it fell silent. */
export type Heard = { readonly symbol: string; readonly since: EpochMs };
