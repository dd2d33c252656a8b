import { hostOf } from './channels/webhook/channel';

/** A recipient as reports and the log may show it: `m…@example.com`, a URL's host, `#alerts`, a chat's last digits. */
export function redactRecipient(recipient: string): string {
	const host = hostOf(recipient);
	if (host !== undefined) return host;
	if (/^[#@][\w-]{1,80}$/.test(recipient)) return recipient;
	const [, last] = /^(?:-?\d{2,16}|[CDGUW][A-Z0-9]{4,9})([A-Z0-9]{4})$/.exec(recipient) ?? [];
	if (last !== undefined) return `…${last}`;
	const [, first, domain] = /([^\s<>@])[^\s<>@]*@([^\s<>@]+)/.exec(recipient) ?? [];
	return first === undefined || domain === undefined ? '…' : `${first}…@${domain}`;
}
