import { hostOf } from './channels/webhook/channel';

/** A recipient as reports and the log may show it: `m…@example.com`, a URL's host. */
export function redactRecipient(recipient: string): string {
	const host = hostOf(recipient);
	if (host !== undefined) return host;
	const [, first, domain] = /([^\s<>@])[^\s<>@]*@([^\s<>@]+)/.exec(recipient) ?? [];
	return first === undefined || domain === undefined ? '…' : `${first}…@${domain}`;
}
