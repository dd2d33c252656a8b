/** Indicators from candles, on trading-signals where it has them in the usual convention. */
export { type Indicator, type IndicatorKind, type Params, type Values } from './Indicator';
export { findKind, kinds } from './kinds';
