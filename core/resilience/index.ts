/**
 * Policies for a world that fails: how long to wait, how often to try, how much and how often to ask. Values
 * over a clock; nothing here knows what is tried.
 */
export { exponentialBackoff, type Backoff, type BackoffSettings } from './backoff';
export { withDeadline } from './deadline';
export { RateLimit, type RateLimitSettings } from './rateLimit';
export { retry, type Attempt, type Retried, type RetryPolicy } from './retry';
export { SlidingLimit, type Allowance } from './SlidingLimit';
export { Turns } from './turns';
