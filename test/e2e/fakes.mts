// The services that unit tests talk to, for a real n8n: what lies in test/fakes is not written as modules of this kind.

/** What every one of them has. */
type Service = {
	readonly baseUrl: string;
	/** Told at each request, before it's answered. */
	onRequest: () => void;
	readonly requests: ReadonlyArray<{ readonly path: string; readonly json: Record<string, any> }>;
	credential(): Record<string, string>;
	close(): Promise<void>;
};

export type Telegram = Service & {
	readonly messages: ReadonlyArray<{ chat: string; text: string; edits: number }>;
};

export type Slack = Service & {
	readonly messages: ReadonlyArray<{ ts: string; text: string; thread_ts?: string }>;
};

export type Discord = Omit<Service, 'credential'> & {
	readonly webhookUrl: string;
	readonly messages: ReadonlyArray<{ description: string; color: number; edits: number }>;
};

export type PagerDuty = Service & {
	readonly incidents: ReadonlyArray<{
		key: string;
		state: 'triggered' | 'acknowledged' | 'resolved';
		payloads: ReadonlyArray<Record<string, any>>;
	}>;
};

async function open<Fake>(name: string): Promise<Fake> {
	const module = (await import(`../fakes/${name}.ts`)) as Record<string, { open(): Promise<Fake> }>;
	return await module[name]!.open();
}

export const openTelegram = async (): Promise<Telegram> => await open('TelegramServer');
export const openSlack = async (): Promise<Slack> => await open('SlackServer');
export const openDiscord = async (): Promise<Discord> => await open('DiscordServer');
export const openPagerDuty = async (): Promise<PagerDuty> => await open('PagerDutyServer');
