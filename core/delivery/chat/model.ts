import type { EpochMs } from '../../ports';
import type { SendResult } from '../model';

export type Tone = 'info' | 'warning' | 'critical' | 'resolved';

/** What one alert says in a message; a message may tell several. Plain text. */
export type ChatPart = {
	/** The alert's episode, or else its id: what's told later under the same key takes its place. */
	readonly key: string;
	readonly title: string;
	readonly text: string;
	readonly tone: Tone;
};

/** What becomes of the first message of an episode when there's more to tell of it. */
export type FollowUp =
	/** It's rewritten, and says how things stand. */
	| 'edit'
	/** It's answered: a reply, a thread. */
	| 'reply'
	/** Nothing; a new message is sent. */
	| 'new';

/** One alert on its way to a chat. */
export type ChatJob = {
	readonly part: ChatPart;
	readonly alertId: string;
	/** Missing for tests and for items that are no alerts: nothing is remembered of those. */
	readonly episodeId?: string;
	readonly eventAt: EpochMs;
	readonly followUp: FollowUp;
	/** Only jobs with the same manner may share a message: silent ones, those for one topic. */
	readonly manner: string;
};

/** How one request to a chat ended. Ids are the service's own, as text. */
export type Posted =
	| {
			readonly status: 'sent';
			readonly messageId: string;
			/** Asks to be left alone this long now. */
			readonly restMs?: number;
	  }
	| Extract<SendResult, { status: 'failed' }>;

/** `gone`: the message to change or to answer isn't there any more, or can't be changed. */
export type Followed = Posted | { readonly status: 'gone' };

/** How a service wants its text. */
export type TextForm = {
	/** Most that one message may measure. */
	readonly limit: number;
	/** What a character measures, as the service counts: at least what it really takes. */
	readonly widthOf: (character: string) => number;
	/** Plain text → the service's markup, in which it looks the same. */
	readonly escape: (text: string) => string;
	/** A title in markup; `width` is what the marks around it measure. */
	readonly bold: { readonly mark: (escaped: string) => string; readonly width: number };
};

/** A chat of some service: one recipient, one account. Texts are in the service's markup. */
export interface Chat {
	readonly form: TextForm;
	post(text: string, tone: Tone): Promise<Posted>;
	edit(messageId: string, text: string, tone: Tone): Promise<Followed>;
	reply(messageId: string, text: string, tone: Tone): Promise<Followed>;
}
