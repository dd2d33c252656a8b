import type { Account } from '../../KnownKey';

export type AlpacaAccount = Account<AlpacaKey>;

export type AlpacaKey = { readonly keyId: string; readonly secretKey: string };
