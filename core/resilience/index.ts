/**
 * Policies for a world that fails: how long to wait, how often to try, how much to ask for. Values over a
 * clock; nothing here knows what is tried.
 */
export { exponentialBackoff, type Backoff, type BackoffSettings } from './backoff';
export { withDeadline } from './deadline';
export { RateLimit, type RateLimitSettings } from './rateLimit';
export { retry, type Attempt, type Retried, type RetryPolicy } from './retry';
export { Turns } from './turns';
