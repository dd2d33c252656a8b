import { alpaca } from './alpaca';
import { binance } from './binance';
import { coinbase } from './coinbase';
import { customRest } from './customRest';
import { customWebSocket } from './customWebSocket';
import { finnhub } from './finnhub';
import { kraken } from './kraken';
import { replay } from './replay';
import { simulated } from './simulated';
import type { SourceFace } from './SourceFace';

/** Every source, in the order of their names. */
export const faces: readonly SourceFace[] = [
	alpaca,
	binance,
	coinbase,
	customRest,
	customWebSocket,
	finnhub,
	kraken,
	replay,
	simulated,
];
