import type { Account } from '../../KnownKey';

export type FinnhubAccount = Account<FinnhubKey>;

export type FinnhubKey = { readonly apiKey: string };
