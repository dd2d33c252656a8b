import type { EpochMs } from '../ports';

/** Why a delivery didn't happen. */
export type FailureReason =
	| 'timeout'
	| 'unreachable'
	| 'rateLimited'
	| 'serverError'
	/** Our key or password wasn't accepted. */
	| 'auth'
	/** The other side understood and won't. */
	| 'refused'
	| 'invalidRecipient'
	/** The execution was stopped. */
	| 'cancelled';

/** What a channel says of one try. */
export type SendResult =
	| { readonly status: 'sent'; readonly receipt: string }
	| {
			readonly status: 'failed';
			readonly reason: FailureReason;
			/** For users: what happened and what to do; no secrets, no full address. */
			readonly message: string;
			readonly again: boolean;
			readonly retryAfterMs?: number;
	  };

/** How the telling of one alert to one recipient ended. */
export type DeliveryOutcome =
	| {
			readonly status: 'delivered';
			/** The recipient, shortened: `m…@example.com`, a URL's host. */
			readonly to: string;
			readonly at: EpochMs;
			readonly attempts: number;
			readonly receipt: string;
			/** It was delivered before; nothing was sent now. */
			readonly repeated?: true;
			/** It was sent, but that couldn't be written down. */
			readonly recorded?: false;
	  }
	| {
			readonly status: 'failed';
			readonly to: string;
			readonly reason: FailureReason;
			readonly message: string;
			readonly attempts: number;
	  };
