import { ApiServer, ServerLimit, type ApiReply, type ApiRequest } from './ApiServer.ts';
import type { Clock } from '../../core/ports';

export const ROUTING_KEY = 's3cr3t00000000000000000000000key';

export type Incident = {
	readonly key: string;
	state: 'triggered' | 'acknowledged' | 'resolved';
	readonly payloads: Array<Record<string, any>>;
};

/** The Events API v2. From https://developer.pagerduty.com/docs/events-api-v2/overview. */
export class PagerDutyServer extends ApiServer {
	/** One for each time its key was triggered anew. */
	readonly incidents: Incident[] = [];

	readonly services = new Set([ROUTING_KEY]);

	turnedAway = 0;

	private readonly limit = new ServerLimit(120, 60_000);

	private readonly clock: Clock | undefined;

	constructor(clock?: Clock) {
		super();
		this.clock = clock;
	}

	static async open(clock?: Clock): Promise<PagerDutyServer> {
		return await new PagerDutyServer(clock).listen();
	}

	credential() {
		return { routingKey: ROUTING_KEY, baseUrl: this.baseUrl };
	}

	protected answer({ method, path, json }: ApiRequest): ApiReply {
		if (path !== '/v2/enqueue') return { status: 404, text: 'Not Found' };
		if (method !== 'POST') return { status: 405, text: 'Method Not Allowed' };
		const waitMs = this.clock === undefined ? 0 : this.limit.admit(this.clock.now());
		if (waitMs > 0) {
			this.turnedAway += 1;
			return {
				status: 429,
				json: {
					status: 'throttle exceeded',
					message: 'Requests for this service are arriving too quickly.',
				},
			};
		}
		const errors = errorsOf(json, this.services);
		if (errors.length > 0) {
			return {
				status: 400,
				json: { status: 'invalid event', message: 'Event object is invalid', errors },
			};
		}
		const key = String(json['dedup_key'] ?? `made-${this.incidents.length}`);
		this.take(key, String(json['event_action']), json['payload'] as Record<string, any>);
		return {
			status: 202,
			json: { status: 'success', message: 'Event processed', dedup_key: key },
		};
	}

	private take(key: string, action: string, payload: Record<string, any>): void {
		const open = this.incidents.find((one) => one.key === key && one.state !== 'resolved');
		if (action === 'trigger') {
			if (open === undefined) this.incidents.push({ key, state: 'triggered', payloads: [payload] });
			else open.payloads.push(payload);
		} else if (open !== undefined) {
			open.state = action === 'resolve' ? 'resolved' : 'acknowledged';
		}
	}
}

/** What the service would find wrong with an event. */
export function errorsOf(event: Record<string, any>, services: ReadonlySet<string>): string[] {
	const errors: string[] = [];
	const { routing_key: key, event_action: action, dedup_key: dedup, payload } = event;
	if (typeof key !== 'string' || key.length !== 32) {
		errors.push("'routing_key' must be 32 characters long");
	} else if (!services.has(key)) errors.push(`Invalid routing key ${key}`);
	if (!['trigger', 'acknowledge', 'resolve'].includes(action as string)) {
		errors.push("'event_action' is missing or blank");
	}
	if (typeof dedup === 'string' && dedup.length > 255) {
		errors.push("'dedup_key' must be at most 255 characters");
	}
	if (action !== 'trigger') {
		if (dedup === undefined) errors.push("'dedup_key' is missing");
		return errors;
	}
	const { summary, source, severity, timestamp } = (payload ?? {}) as Record<string, unknown>;
	if (typeof summary !== 'string' || summary === '') {
		errors.push("'payload.summary' is missing or blank");
	} else if (summary.length > 1_024) errors.push("'payload.summary' is too long");
	if (typeof source !== 'string' || source === '') {
		errors.push("'payload.source' is missing or blank");
	}
	if (!['critical', 'error', 'warning', 'info'].includes(severity as string)) {
		errors.push(
			"'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
		);
	}
	if (timestamp !== undefined && Number.isNaN(Date.parse(String(timestamp)))) {
		errors.push("'payload.timestamp' is invalid");
	}
	return errors;
}
