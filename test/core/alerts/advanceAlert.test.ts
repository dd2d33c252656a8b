import {
	advanceAlert,
	nextDueAt,
	noAlert,
	type AlertPolicy,
	type AlertState,
} from '../../../core/alerts';
import { epochMs } from '../../../core/ports';

const MINUTE_MS = 60_000;
const policy = (more: Partial<AlertPolicy> = {}): AlertPolicy => ({
	fire: 'onChange',
	cooldownMs: 0,
	holdForMs: 0,
	keepFiringForMs: 0,
	remindEveryMs: 0,
	hasReset: false,
	maxPerDay: undefined,
	notifyResolved: false,
	...more,
});

/**
 * One letter a minute: `h` holds, `p` holds with an edge, `f` fails, `u` unknown, `c` the clock, `.` nothing.
 * Out comes, for each, `T` told, `-` not; with the state's count of episodes held back.
 */
function play(letters: string, rules: AlertPolicy) {
	let alert: AlertState = noAlert;
	const told: string[] = [];
	const started: number[] = [];
	let heldBack = 0;
	[...letters].forEach((letter, minute) => {
		const eventAt = epochMs(minute * MINUTE_MS);
		if (letter === '.') {
			told.push('-');
			return;
		}
		const outcomes = { h: 'holds', p: 'holds', f: 'fails', u: 'unknown' } as const;
		const step =
			letter === 'c'
				? advanceAlert(alert, { kind: 'clock', eventAt }, rules)
				: advanceAlert(
						alert,
						{
							kind: 'verdict',
							outcome: outcomes[letter as keyof typeof outcomes],
							pulse: letter === 'p',
							eventAt,
							eventId: `e${minute}`,
						},
						rules,
					);
		alert = step.alert;
		told.push(step.transition === undefined ? '-' : step.transition.state === 'firing' ? 'T' : 'R');
		if (step.transition !== undefined) {
			started.push(step.transition.episode.startedAt / MINUTE_MS);
			heldBack += step.transition.heldBack;
		}
	});
	return { told: told.join(''), started, heldBack, alert };
}

describe('advanceAlert', () => {
	it.each<[string, Partial<AlertPolicy>, string, string]>([
		['tells when it begins to hold', {}, 'ffhhhfh', '--T---T'],
		['tells a level that holds at first sight', {}, 'hhf', 'T--'],
		['waits for an answer before its first sight', {}, 'uuh', '--T'],
		['goes on firing while data is unknown', {}, 'fhuuhf', '-T----'],
		['stays quiet while data is unknown', {}, 'fuuf', '----'],
		['tells at every match', { fire: 'everyMatch' }, 'hhfhu', 'TT-T-'],
		['tells once, ever', { fire: 'once' }, 'fhfhfh', '-T----'],
		['tells each edge', {}, 'fppfp', '-TT-T'],
		['tells an edge while a level goes on', {}, 'fhphf', '-TT--'],
		['stays quiet within the cooldown', { cooldownMs: 5 * MINUTE_MS }, 'hfhfh', 'T----'],
		['tells again after the cooldown', { cooldownMs: 5 * MINUTE_MS }, 'hf....h', 'T-----T'],
		['tells at the very end of the cooldown', { cooldownMs: 5 * MINUTE_MS }, 'hf...h', 'T----T'],
		[
			'tells what still holds when the cooldown ends',
			{ cooldownMs: 5 * MINUTE_MS },
			'hfhhhhh',
			'T----T-',
		],
		['tells it by the clock if no event comes', { cooldownMs: 5 * MINUTE_MS }, 'hfh..c', 'T----T'],
		['does not tell by the clock before its time', { cooldownMs: 5 * MINUTE_MS }, 'hfh.c', 'T----'],
		[
			'does not tell by the clock what no longer holds',
			{ cooldownMs: 5 * MINUTE_MS },
			'hfhf.c',
			'T-----',
		],
		['does not tell an edge later', { cooldownMs: 5 * MINUTE_MS }, 'pfp...c', 'T------'],
		[
			'counts the cooldown for every match',
			{ fire: 'everyMatch', cooldownMs: 3 * MINUTE_MS },
			'hhhhhhh',
			'T--T--T',
		],
		['does nothing by the clock alone', {}, 'cc', '--'],
		['waits until it has held for long enough', { holdForMs: 2 * MINUTE_MS }, 'fhhhh', '---T-'],
		[
			'begins to wait anew when it fails in between',
			{ holdForMs: 2 * MINUTE_MS },
			'hhfhhh',
			'-----T',
		],
		['goes on waiting while data is unknown', { holdForMs: 2 * MINUTE_MS }, 'huuh', '---T'],
		[
			'tells by the clock what has held for long enough',
			{ holdForMs: 2 * MINUTE_MS },
			'h.c',
			'--T',
		],
		['does not tell by the clock after an unknown', { holdForMs: 2 * MINUTE_MS }, 'huc', '---'],
		['does not tell by the clock what only waits', { holdForMs: 3 * MINUTE_MS }, 'h.c', '---'],
		[
			'waits for the longer of holding and cooldown',
			{ holdForMs: 2 * MINUTE_MS, cooldownMs: 6 * MINUTE_MS },
			'hhhfhhhhhh',
			'--T-----T-',
		],
		['tells that it is over, if it was told', { notifyResolved: true }, 'fhhfhf', '-T-RTR'],
		[
			'does not resolve what was never told',
			{ notifyResolved: true, holdForMs: 5 * MINUTE_MS },
			'hhf',
			'---',
		],
		[
			'does not resolve what the cooldown kept quiet',
			{ notifyResolved: true, cooldownMs: 9 * MINUTE_MS },
			'hfhf',
			'TR--',
		],
		['does not resolve while data is unknown', { notifyResolved: true }, 'huuf', 'T--R'],
		['resolves once', { notifyResolved: true }, 'hfff', 'TR--'],
		['stays quiet once the day has had enough', { maxPerDay: 2 }, 'hfhfhfhf', 'T-T-----'],
	])('%s', (_, rules, verdicts, told) => {
		expect(play(verdicts, policy(rules)).told).toBe(told);
	});

	it('tells a held back episode with the time it began', () => {
		expect(play('hfhhhh', policy({ cooldownMs: 5 * MINUTE_MS })).started).toEqual([0, 2]);
	});

	it('counts episodes that ended untold', () => {
		const { heldBack } = play('hfhfhf......h', policy({ cooldownMs: 5 * MINUTE_MS }));
		expect(heldBack).toBe(2);
	});

	it('does not count as held back what was only waiting', () => {
		const rules = policy({ holdForMs: 2 * MINUTE_MS });
		expect(play('hfhfhhh', rules).heldBack).toBe(0);
		expect(play('hf', rules).alert).toMatchObject({ phase: 'inactive', heldBack: 0 });
	});

	it('keeps the time at which it began to hold', () => {
		expect(play('fhhh', policy({ holdForMs: 2 * MINUTE_MS })).started).toEqual([1]);
	});

	it('tells again on the next day, by the clock at midnight if no event comes before', () => {
		const day = 24 * 60;
		const letters = `hfh${'.'.repeat(day - 4)}`;
		const rules = policy({ maxPerDay: 1 });
		expect(play(`${letters}hh`, rules).told.indexOf('T', 1)).toBe(day);
		expect(play(`${letters}.c`, rules).told.indexOf('T', 1)).toBe(day);
		expect(nextDueAt(play('hfh', rules).alert, rules)).toBe(day * MINUTE_MS);
	});

	it('says what keeps it quiet, and until when', () => {
		const rules = policy({ holdForMs: 2 * MINUTE_MS, maxPerDay: 1 });
		const begin = (alert: AlertState, at: number) =>
			advanceAlert(
				alert,
				{ kind: 'verdict', outcome: 'holds', pulse: false, eventAt: epochMs(at), eventId: 'e' },
				rules,
			).quiet;
		expect(begin(noAlert, 0)).toEqual({ by: 'holdFor', until: 2 * MINUTE_MS });
		expect(begin(play('hhhf', rules).alert, 4 * MINUTE_MS)).toMatchObject({ by: 'maxPerDay' });
	});

	it('marks first sight only where it never judged before', () => {
		const sight = (letters: string) => play(letters, policy()).alert.episode?.firstSight;
		expect([sight('h'), sight('uh'), sight('fh'), sight('p')]).toEqual([true, true, false, false]);
	});

	it('leaves the state it was given as it was', () => {
		const before = Object.freeze({ ...noAlert });
		advanceAlert(
			before,
			{ kind: 'verdict', outcome: 'holds', pulse: false, eventAt: epochMs(1), eventId: 'e' },
			policy(),
		);
		expect(before).toEqual(noAlert);
	});

	it('is due when the cooldown of what it holds back ends', () => {
		const rules = policy({ cooldownMs: 5 * MINUTE_MS });
		expect(nextDueAt(play('hfh', rules).alert, rules)).toBe(5 * MINUTE_MS);
		expect(nextDueAt(play('hf', rules).alert, rules)).toBeUndefined();
		expect(nextDueAt(play('h', rules).alert, rules)).toBeUndefined();
	});
});
