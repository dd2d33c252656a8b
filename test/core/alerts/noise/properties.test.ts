import fc from 'fast-check';

import { keyOf, type NoiseInput } from '../../../../core/alerts';
import { pagerActionOf } from '../../../../core/delivery';
import { composeMessage } from '../../../../core/pipeline/composeMessage';
import {
	accountOf,
	clockOf,
	lineOfHeld,
	lineOfTold,
	playNoise,
	readTimeline,
	type Play,
} from '../../../fakes/playNoise';

const START = Date.UTC(2026, 10, 30, 20);
const UNTIL = '2026-12-01T02:00:00Z';

const settings = fc.record(
	{
		groupBy: fc.subarray(['rule', 'desk', 'severity']),
		groupWait: fc.constantFrom('0s', '30s', '10m'),
		groupInterval: fc.constantFrom('1m', '30m'),
		silences: fc.subarray([
			{ matchers: ['symbol=A'], until: UNTIL },
			{ matchers: ['desk=tech'], from: '2026-11-30T22:00:00Z', until: UNTIL },
		]),
		inhibit: fc.subarray([
			{ source: ['rule=index'], target: ['rule!=index'] },
			{ source: ['symbol=B'], target: ['rule=*'], equal: ['desk'], muteFor: '20m' },
		]),
		quietHours: fc.record({
			intervals: fc.constant([{ times: [{ from: '22:00', to: '01:00' }] }]),
			passCritical: fc.boolean(),
		}),
		flapping: fc.constant({ maxChanges: 2, window: '30m', calmFor: '20m' }),
		budget: fc.record({
			messages: fc.integer({ min: 1, max: 3 }),
			per: fc.constantFrom('10m', '1h'),
			passCritical: fc.boolean(),
		}),
	},
	{ requiredKeys: [] },
);

const SUBJECTS = [
	'index/I {desk=tech}',
	'A {desk=tech}',
	'b/A {severity=critical}',
	'B {desk=oil, to=email:me}',
	'C {to=email:me&chat:all}',
	'D',
];

/** What happens at a moment, some time after the one before: of each subject one thing at most. */
const moment = fc.record({
	afterSeconds: fc.constantFrom(0, 5, 60, 400, 1_500, 4_000),
	happening: fc.dictionary(
		fc.constantFrom(...SUBJECTS),
		fc.constantFrom('fires', 'fires', 'reminds', 'ends', 'vanishes'),
		{ minKeys: 1, noNullPrototype: true },
	),
});
const timelines = fc.array(moment, { minLength: 1, maxLength: 25 }).map((moments) => {
	let at = START;
	return moments.map(({ afterSeconds, happening }) => {
		at += afterSeconds * 1_000;
		const all = Object.entries(happening).map(([subject, verb]) => `${subject} ${verb}`);
		return `${clockOf(at)} ${all.join(', ')}`;
	});
});

const alertsOf = (inputs: readonly NoiseInput[]) =>
	inputs.flatMap((input) => (input.kind === 'alerts' ? input.alerts : []));
const tellingOf = (play: Play) => play.told.map(lineOfTold);

/** The same inputs with the alerts of each in another order. */
const turned = (inputs: readonly NoiseInput[]): NoiseInput[] =>
	inputs.map((input) =>
		input.kind === 'alerts' ? { ...input, alerts: [...input.alerts].reverse() } : input,
	);

/** Only what rules can tell that notify ends: it begins, goes on, and is over, again and again. */
function asEpisodes(inputs: readonly NoiseInput[]): NoiseInput[] {
	const on = new Map<string, string>();
	return inputs.flatMap((input): NoiseInput[] => {
		if (input.kind !== 'alerts') return [];
		const alerts = input.alerts.flatMap((item) => {
			const { alert } = item;
			const key = keyOf(alert);
			const episodeId = on.get(key) ?? `of ${alert.id}`;
			if (on.has(key) === (alert.state === 'firing')) return [];
			if (alert.state === 'firing') on.set(key, episodeId);
			if (alert.state === 'resolved') on.delete(key);
			return [{ ...item, alert: { ...alert, episodeId } }];
		});
		return alerts.length === 0 ? [] : [{ ...input, alerts }];
	});
}

describe('whatever is set, and whatever happens', () => {
	it('tells each alert once, alone or with others, or has it in the ledger', () => {
		const seen = { told: 0, held: 0, merged: 0, waiting: 0 };
		fc.assert(
			fc.property(settings, timelines, (set, timeline) => {
				const inputs = readTimeline(timeline.join(';'));
				const play = playNoise(set, inputs);
				const account = accountOf(play);
				expect(account.told + account.held).toBe(alertsOf(inputs).length);
				const ids = play.told.flatMap(({ message }) =>
					message.members.map(({ alert }) => alert.alert.id),
				);
				expect(new Set(ids).size).toBe(ids.length);
				const known = new Set(alertsOf(inputs).map(({ alert }) => alert.id));
				expect(ids.filter((id) => !known.has(id))).toEqual([]);
				seen.told += account.told;
				seen.held += account.held;
				seen.merged += play.told.filter(({ message }) => message.by !== 'alert').length;
				seen.waiting += play.ledger.filter(({ ended }) => ended === undefined).length;
			}),
			{ numRuns: 600 },
		);
		for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
	});

	it('leaves waiting, when nothing is due any more, only what a source still inhibits', () => {
		fc.assert(
			fc.property(settings, timelines, (set, timeline) => {
				const { ledger, state } = playNoise(set, readTimeline(timeline.join(';')));
				const waiting = ledger.filter(({ ended }) => ended === undefined);
				expect(waiting.map(({ by }) => by).filter((by) => by !== 'inhibit')).toEqual([]);
				expect(waiting.map(lineOfHeld).length).toBe(Object.keys(state.muted).length);
				expect(state.quiet.held).toEqual({});
				expect(state.budget.held).toEqual({});
			}),
			{ numRuns: 250 },
		);
	});

	it('says the same again, and the same as if it had never been stored', () => {
		fc.assert(
			fc.property(settings, timelines, (set, timeline) => {
				const inputs = readTimeline(timeline.join(';'));
				const stored = playNoise(set, inputs);
				const kept = playNoise(set, inputs, (state) => state);
				expect(kept.told).toEqual(stored.told);
				expect(kept.ledger).toEqual(stored.ledger);
			}),
			{ numRuns: 150 },
		);
	});

	it('does not mind the order of alerts of one moment', () => {
		fc.assert(
			fc.property(settings, timelines, (set, timeline) => {
				const inputs = readTimeline(timeline.join(';'));
				const [one, other] = [playNoise(set, inputs), playNoise(set, turned(inputs))];
				expect(tellingOf(other)).toEqual(tellingOf(one));
				expect(other.told.map(({ message }) => message.id)).toEqual(
					one.told.map(({ message }) => message.id),
				);
			}),
			{ numRuns: 250 },
		);
	});

	it('keeps to the budget of each destination', () => {
		let full = 0;
		fc.assert(
			fc.property(
				settings,
				timelines,
				fc.integer({ min: 1, max: 3 }),
				(set, timeline, messages) => {
					const perMs = 3_600_000;
					const budget = { messages, per: '1h', passCritical: false };
					const { told } = playNoise({ ...set, budget }, readTimeline(timeline.join(';')));
					for (const { at, message } of told) {
						for (const to of message.members[0]?.alert.alert.deliver ?? []) {
							const within = told.filter(
								(one) =>
									one.at <= at &&
									one.at > at - perMs &&
									one.message.members[0]?.alert.alert.deliver.some((own) => own.to === to.to),
							);
							expect(within.length).toBeLessThanOrEqual(messages);
							full += within.length === messages ? 1 : 0;
						}
					}
				},
			),
			{ numRuns: 250 },
		);
		expect(full).toBeGreaterThan(100);
	});

	it('never tells an end in a message before the beginning', () => {
		fc.assert(
			fc.property(settings, timelines, (set, timeline) => {
				const { told } = playNoise(set, readTimeline(timeline.join(';')));
				const last = new Map<string, number>();
				for (const { message } of told) {
					for (const { alert } of message.members) {
						const key = `${alert.alert.ruleId}/${alert.alert.symbol}`;
						expect(alert.alert.eventAt).toBeGreaterThanOrEqual(last.get(key) ?? 0);
						last.set(key, alert.alert.eventAt);
					}
				}
			}),
			{ numRuns: 250 },
		);
	});

	it('leaves no incident open of what is over', () => {
		const seen = { opened: 0, closed: 0, stillOpen: 0 };
		fc.assert(
			fc.property(settings, timelines, (set, timeline) => {
				const { told } = playNoise(set, asEpisodes(readTimeline(timeline.join(';'))));
				const open = new Set<string>();
				const going = new Set<string>();
				for (const { message } of told) {
					const { alert } = composeMessage(message);
					for (const id of [...(alert.closes ?? []), alert.episodeId]) open.delete(id);
					if (pagerActionOf(alert) === 'trigger') open.add(alert.episodeId);
					for (const { alert: member } of message.members) {
						if (member.alert.state === 'resolved') going.delete(keyOf(member.alert));
						else going.add(keyOf(member.alert));
					}
					seen.opened += alert.state === 'firing' ? 1 : 0;
					seen.closed += alert.closes?.length ?? 0;
				}
				expect(open.size).toBeLessThanOrEqual(going.size);
				if (going.size === 0) expect([...open]).toEqual([]);
				else expect(open.size).toBeGreaterThan(0);
				seen.stillOpen += open.size;
			}),
			{ numRuns: 400 },
		);
		for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
	});

	it('ends each message of several when its last member does, if all ends are told', () => {
		let ended = 0;
		fc.assert(
			fc.property(timelines, (timeline) => {
				const fired = timeline.filter((one) => !/vanishes|reminds/.test(one));
				const inputs = readTimeline(fired.join(';'));
				const { told, state } = playNoise({ groupBy: ['desk'], groupInterval: '1m' }, inputs);
				for (const id of Object.keys(state.waves)) {
					const states = told
						.filter(({ message }) => message.episodeId === id)
						.map(({ message }) => message.state);
					expect(states).not.toContain('resolved');
				}
				ended += told.filter(({ message }) => message.state === 'resolved').length;
			}),
			{ numRuns: 400 },
		);
		expect(ended).toBeGreaterThan(100);
	});
});
