import {
	advanceNoise,
	compileNoise,
	keyOf,
	nextNoiseAt,
	noNoise,
	type AlertItem,
	type HeldRecord,
	type NoiseInput,
	type NoiseMessage,
	type NoiseState,
} from '../../core/alerts';
import { epochMs, type EpochMs } from '../../core/ports';
import { alertItem } from './alertItem';

/** A Monday. */
const DAY_ONE = Date.UTC(2026, 10, 30);
const DAY_MS = 86_400_000;

/** `09:30`, `09:30:05`, `d2 07:00` */
export function momentOf(text: string): EpochMs {
	const [, day = '1', clock = ''] = /^(?:d(\d+) )?([\d:]+)$/.exec(text.trim()) ?? [];
	const [hours = NaN, minutes = NaN, seconds = 0] = clock.split(':').map(Number);
	const at = DAY_ONE + (Number(day) - 1) * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
	if (Number.isNaN(at)) throw new Error(`"${text}" is no moment`);
	return epochMs(at);
}

export function clockOf(at: number): string {
	const day = Math.floor((at - DAY_ONE) / DAY_MS) + 1;
	const clock = new Date(at).toISOString().slice(11, 19).replace(/:00$/, '');
	return day === 1 ? clock : `d${day} ${clock}`;
}

const STATES = { fires: 'firing', reminds: 'reminder', ends: 'resolved' } as const;
type Verb = keyof typeof STATES | 'vanishes';

const HAPPENING = /^(?:(\w+)\/)?([A-Z\d]+)(?: \{([^}]*)\})? (fires|reminds|ends|vanishes)$/;

/**
 * Alerts with ids of their own: `SHOP fires`, `index/SPY ends` of the rule "index", `SHOP {severity=critical,
 * desk=tech, to=email:me} fires`. `vanishes` is an end that nobody tells.
 */
export class Alerts {
	private readonly episodes = new Map<string, { id: string; startedAt: EpochMs }>();

	private made = 0;

	of(text: string, at: EpochMs): { verb: Verb; alert: AlertItem } {
		const [, rule = 'r', symbol = '', options = '', word = ''] = HAPPENING.exec(text.trim()) ?? [];
		if (symbol === '') throw new Error(`"${text}" says nothing that happens`);
		const verb = word as Verb;
		const {
			severity = 'warning',
			to = '',
			...labels
		} = Object.fromEntries(
			options.split(',').flatMap((one) => {
				const [name = '', value = ''] = one.trim().split('=');
				return name === '' ? [] : [[name, value]];
			}),
		) as Record<string, string>;
		const of = `${rule}/${symbol}`;
		if (verb === 'fires') {
			this.episodes.set(of, { id: `${of} since ${clockOf(at)}`, startedAt: at });
		}
		const { id, startedAt } = this.episodes.get(of) ?? { id: `${of} from before`, startedAt: at };
		this.made += 1;
		const reason = { fact: 'price', operator: 'lessThan', left: 59, right: 60, holds: true };
		return {
			verb,
			alert: {
				...alertItem({
					id: `${of} ${word} ${clockOf(at)} #${this.made}`,
					episodeId: id,
					ruleId: rule,
					ruleName: `Rule ${rule}`,
					symbol,
					state: verb === 'vanishes' ? 'firing' : STATES[verb],
					severity: severity as AlertItem['alert']['severity'],
					labels,
					startedAt,
					eventAt: at,
					eventId: `event ${this.made}`,
					deliver: to
						.split('&')
						.filter((one) => one !== '')
						.map((one) => ({ channel: one.split(':')[0] ?? '', to: one.split(':')[1] ?? '' })),
				}),
				title: `${verb === 'ends' ? 'Resolved: ' : ''}${symbol}: Rule ${rule}`,
				text: `${symbol}: price 59 is less than 60.`,
				because: [reason],
			},
		};
	}
}

/** What happened: `09:00 SHOP fires, AAPL fires; 09:05 SHOP ends`. `10:00 nothing more` is the end of a tape. */
export function readTimeline(timeline: string): NoiseInput[] {
	const alerts = new Alerts();
	return timeline
		.split(';')
		.filter((part) => part.trim() !== '')
		.flatMap((part): NoiseInput[] => {
			const [, moment = '', rest = ''] =
				/^((?:d\d+ )?\d\d:\d\d(?::\d\d)?) ?(.*)$/.exec(part.trim()) ?? [];
			const at = momentOf(moment);
			if (rest === '') return [{ kind: 'clock', at }];
			if (rest === 'nothing more') return [{ kind: 'end', at }];
			const happened = rest.split(/, (?![^{]*\})/).map((one) => alerts.of(one, at));
			const told = happened.filter(({ verb }) => verb !== 'vanishes').map(({ alert }) => alert);
			const keys = happened
				.filter(({ verb }) => verb === 'vanishes')
				.map(({ alert }) => keyOf(alert.alert));
			return [
				...(told.length === 0 ? [] : [{ kind: 'alerts' as const, at, alerts: told }]),
				...(keys.length === 0 ? [] : [{ kind: 'over' as const, at, keys }]),
			];
		});
}

export type Told = { readonly at: EpochMs; readonly message: NoiseMessage };

export type Play = {
	readonly told: readonly Told[];
	/** The ledger as it stands in the end. */
	readonly ledger: readonly HeldRecord[];
	readonly state: NoiseState;
};

const asStored = (state: NoiseState) => JSON.parse(JSON.stringify(state)) as NoiseState;

/**
 * Plays a timeline, with a clock input at each moment one is due, and goes on after the last input until
 * nothing is due any more. The state goes through JSON at each step.
 */
export function playNoise(
	settings: unknown,
	inputs: Iterable<NoiseInput>,
	store: (state: NoiseState) => NoiseState = asStored,
	{ from = noNoise, until = Number.POSITIVE_INFINITY } = {},
): Play {
	const policy = compileNoise(settings);
	const told: Told[] = [];
	const ledger = new Map<number, HeldRecord>();
	let state = from;
	const step = (input: NoiseInput) => {
		const next = advanceNoise(state, input, policy);
		state = store(next.state);
		told.push(...next.told.map((message) => ({ at: input.at, message })));
		for (const record of next.held) ledger.set(record.number, record);
	};
	const passTime = (until: number) => {
		for (let due = nextNoiseAt(state, policy); due !== undefined && due <= until;) {
			step({ kind: 'clock', at: due });
			const next = nextNoiseAt(state, policy);
			if (next !== undefined && next <= due) throw new Error(`due at ${clockOf(due)} for ever`);
			due = next;
		}
	};
	for (const input of inputs) {
		passTime(input.at - 1);
		step(input);
	}
	passTime(until);
	return { told, ledger: [...ledger.values()], state };
}

/** Alerts that were told, alone or as members, and those that the ledger has. */
export const accountOf = ({ told, ledger }: Play) => ({
	told: told.reduce((sum, { message }) => sum + message.members.length, 0),
	// Of those that were let go, the newest went on.
	held: ledger.reduce(
		(sum, { count, ended }) => sum + (ended?.as === 'released' ? count - 1 : count),
		0,
	),
});

const MARKS = { firing: '', reminder: '~', resolved: '.' } as const;
const BY = {
	alert: '',
	group: ' together',
	quietHours: ' in a digest',
	budget: ' merged',
} as const;

/** `09:00:30 AAPL+SHOP. together`: a dot is an end, `~` a reminder, `×3` stands for three. */
export function lineOfTold({ at, message }: Told): string {
	const { by, members, state, stillFiring, closes } = message;
	const names = members.map(({ alert, count }) => {
		const { symbol, state: own, flapping } = alert.alert;
		return `${symbol}${MARKS[own]}${count > 1 ? `×${count}` : ''}${flapping ? ' flapping' : ''}`;
	});
	const whole = by === 'alert' || state === 'firing' ? '' : `, ${state}`;
	const others = stillFiring.length === 0 ? '' : `, still ${stillFiring.join('+')}`;
	const known = closes.map((id) => (id.includes(' ') ? id : 'a message'));
	const over = known.length === 0 ? '' : `, closes ${known.join('+')}`;
	return `${clockOf(at)} ${names.join('+')}${BY[by]}${whole}${others}${over}`;
}

/** `silence SHOP×2 released` */
export const lineOfHeld = ({ alert, by, count, ended }: HeldRecord): string =>
	`${by} ${alert.symbol}${count > 1 ? `×${count}` : ''} ${ended?.as ?? 'waiting'}`;
