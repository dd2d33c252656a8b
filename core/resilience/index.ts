/**
 * Policies for a world that fails: how long to wait, and how often to try. Values over a clock; nothing
 * here knows what is tried.
 */
export { exponentialBackoff, type Backoff, type BackoffSettings } from './backoff';
export { retry, type Attempt, type Retried, type RetryPolicy } from './retry';
