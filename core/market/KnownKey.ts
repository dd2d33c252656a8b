import { ProviderFailure } from './ProviderFailure';

/** Who asks. The key is read anew at each connection and call, since it may be changed meanwhile. */
export type Account<Key> = {
	/** The same for all who share a key; not shown anywhere. */
	readonly id: string;
	readonly read: () => Promise<Key>;
};

/** An account's key as it was read last, so that it's never shown, whoever quotes it. */
export class KnownKey<Key extends Readonly<Record<string, string>>> {
	/** What must not be shown. */
	secrets: readonly string[] = [];

	constructor(private readonly account: Account<Key>) {}

	/** @throws ProviderFailure when it can't be read */
	async read(): Promise<Key> {
		try {
			const key = await this.account.read();
			this.secrets = Object.values(key);
			return key;
		} catch (error) {
			// Without the original's text: nobody knows what it quotes.
			throw new ProviderFailure(
				'auth',
				"isn't asked: its credential can't be read. Choose another one, or save it again.",
				undefined,
				{ cause: error },
			);
		}
	}
}
