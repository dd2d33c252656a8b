import fc from 'fast-check';

import {
	advanceAlert,
	nextDueAt,
	noAlert,
	type AlertInput,
	type AlertPolicy,
	type AlertState,
	type AlertStep,
} from '../../../core/alerts';
import { epochMs } from '../../../core/ports';

const MINUTE_MS = 60_000;
const policy = (more: Partial<AlertPolicy> = {}): AlertPolicy => ({
	fire: 'onChange',
	cooldownMs: 0,
	holdForMs: 0,
	holdForCandles: 0,
	keepFiringForMs: 0,
	remindEveryMs: 0,
	hasReset: false,
	maxPerDay: undefined,
	maxAlerts: undefined,
	notifyResolved: false,
	...more,
});

const CANDLE_MINUTES = 5;
const minutes = (count: number): number => count * MINUTE_MS;

/** What a letter stands for, besides `c` the clock, `s` asleep and `.` nothing. */
const VERDICTS: Readonly<
	Record<string, Pick<Extract<AlertInput, { kind: 'verdict' }>, 'outcome' | 'pulse' | 'reset'>>
> = {
	h: { outcome: 'holds', pulse: false, reset: 'fails' },
	H: { outcome: 'holds', pulse: false, reset: 'holds' },
	p: { outcome: 'holds', pulse: true, reset: 'fails' },
	P: { outcome: 'holds', pulse: true, reset: 'holds' },
	f: { outcome: 'fails', pulse: false, reset: 'fails' },
	r: { outcome: 'fails', pulse: false, reset: 'holds' },
	x: { outcome: 'fails', pulse: false, reset: 'unknown' },
	u: { outcome: 'unknown', pulse: false, reset: 'unknown' },
};

/** The input a letter stands for; `undefined` for a minute in which nothing comes. */
function inputOf(letter: string, minute: number, { hasReset, fire }: AlertPolicy) {
	const eventAt = epochMs(minutes(minute));
	if (letter === '.') return undefined;
	if (letter === 'c') return { kind: 'clock', eventAt } as const;
	if (letter === 's') return { kind: 'asleep', eventAt } as const;
	const verdict = VERDICTS[letter];
	if (verdict === undefined) throw new Error(`${letter} stands for nothing`);
	const { reset, ...rest } = verdict;
	const candle = epochMs(eventAt - (eventAt % minutes(CANDLE_MINUTES)));
	return {
		kind: 'verdict',
		...rest,
		...(hasReset ? { reset } : {}),
		...(fire === 'oncePerCandle' ? { candle } : {}),
		eventAt,
		eventId: `e${minute}`,
	} as const;
}

const asStored = (alert: AlertState) => JSON.parse(JSON.stringify(alert)) as AlertState;

const TOLD = { firing: 'T', reminder: 'M', resolved: 'R' } as const;
const PHASES = { inactive: '.', pending: 'p', firing: 'F', recovering: 'r' } as const;

/**
 * One letter a minute: `h` holds, `p` holds with an edge, `f` fails, `r` fails and the reset holds, `x` fails and
 * the reset is unknown, `H`, `P` as the small ones while the reset holds, `u` unknown, `s` asleep, `c` the clock,
 * `.` nothing. Out comes, for each, `T` told, `M` reminded, `R` resolved, `-` not, and the phase it is in then.
 */
function play(letters: string, rules: AlertPolicy) {
	let alert: AlertState = noAlert;
	const told: string[] = [];
	const phases: string[] = [];
	const started: number[] = [];
	let heldBack = 0;
	[...letters].forEach((letter, minute) => {
		const input = inputOf(letter, minute, rules);
		const step = input === undefined ? { alert } : advanceAlert(alert, input, rules);
		// The store gives it back as JSON.
		if (input !== undefined) expect(advanceAlert(asStored(alert), input, rules)).toEqual(step);
		expect(asStored(step.alert)).toEqual(step.alert);
		alert = step.alert;
		told.push(step.transition === undefined ? '-' : TOLD[step.transition.state]);
		phases.push(PHASES[alert.phase]);
		if (step.transition !== undefined) {
			started.push(step.transition.episode.startedAt / MINUTE_MS);
			heldBack += step.transition.heldBack;
		}
	});
	return { told: told.join(''), phases: phases.join(''), started, heldBack, alert };
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

describe('The life of an alert, minute by minute', () => {
	type Row = readonly [
		name: string,
		rules: Partial<AlertPolicy>,
		letters: string,
		told: string,
		phases: string,
	];
	const check = (_: string, rules: Partial<AlertPolicy>, letters: string, ...out: string[]) => {
		const { told, phases } = play(letters, policy(rules));
		expect([told, phases]).toEqual(out);
	};
	const hold2 = { holdForMs: minutes(2) };
	const keep3 = { keepFiringForMs: minutes(3), notifyResolved: true };
	const reset = { hasReset: true, notifyResolved: true };

	describe('on change', () => {
		it.each<Row>([
			['inactive while it fails', {}, 'ff', '--', '..'],
			['inactive to firing', {}, 'fh', '-T', '.F'],
			['firing to inactive', {}, 'hf', 'T-', 'F.'],
			['firing to inactive, told', { notifyResolved: true }, 'hf', 'TR', 'F.'],
			['unknown moves no inactive one', {}, 'fu', '--', '..'],
			['unknown moves no firing one', {}, 'hu', 'T-', 'FF'],
			['asleep moves no firing one', { notifyResolved: true }, 'hssh', 'T---', 'FFFF'],
			['what ended asleep is over at waking', { notifyResolved: true }, 'hssf', 'T--R', 'FFF.'],
			['the clock moves no inactive one', {}, 'fc', '--', '..'],
			['the clock moves no firing one', {}, 'hc', 'T-', 'FF'],
		])('%s', check);
	});

	describe('held for a time', () => {
		it.each<Row>([
			['inactive to pending to firing', hold2, 'fhhhf', '---T-', '.ppF.'],
			['pending to inactive', hold2, 'hhf', '---', 'pp.'],
			['pending fires by the clock, exactly then', hold2, 'h.c', '--T', 'ppF'],
			['pending stays so by a clock that is early', hold2, 'hc', '--', 'pp'],
			['pending stays so by an event that is early', hold2, 'hh', '--', 'pp'],
			['unknown moves no pending one', hold2, 'huuh', '---T', 'pppF'],
			['no clock fires a pending one after an unknown', hold2, 'hucc', '----', 'pppp'],
			['asleep ends a pending one', hold2, 'hshhh', '----T', 'p.ppF'],
			['nothing is left of it for the clock', hold2, 'hscc', '----', 'p...'],
			['fires late where only a late event comes', hold2, 'h....h', '-----T', 'pppppF'],
			[
				'fires, and waits for the cooldown untold',
				{ ...hold2, cooldownMs: minutes(7) },
				'hhhfhhhhhh',
				'--T------T',
				'ppF.ppFFFF',
			],
		])('%s', check);
	});

	describe('kept firing', () => {
		it.each<Row>([
			['firing to recovering to firing', keep3, 'hfffhff', 'T------', 'FrrrFrr'],
			['recovering to inactive', keep3, 'hffff', 'T---R', 'Frrr.'],
			['recovering to inactive, not told', { keepFiringForMs: minutes(1) }, 'hff', 'T--', 'Fr.'],
			['recovering ends by the clock, exactly then', keep3, 'hf..c', 'T---R', 'Frrr.'],
			['recovering stays so by a clock that is early', keep3, 'hf.c', 'T---', 'Frrr'],
			['holding again begins the wait anew', keep3, 'hffhfff', 'T------', 'FrrFrrr'],
			['unknown moves no recovering one', keep3, 'hfuuuh', 'T-----', 'FrrrrF'],
			['no clock ends a recovering one after an unknown', keep3, 'hfu.cf', 'T----R', 'Frrrr.'],
			['asleep moves no recovering one', keep3, 'hfs.cf', 'T----R', 'Frrrr.'],
			['is another episode when it ended before', keep3, 'hffffh', 'T---RT', 'Frrr.F'],
			[
				'what the cooldown keeps quiet ends at once',
				{ ...keep3, cooldownMs: minutes(10) },
				'hffffhf',
				'T---R--',
				'Frrr.F.',
			],
			[
				'with a time to hold: both waits',
				{ ...keep3, ...hold2 },
				'hhhfhffff',
				'--T-----R',
				'ppFrFrrr.',
			],
		])('%s', check);
	});

	describe('reset by conditions of its own', () => {
		it.each<Row>([
			['goes on until the reset holds', reset, 'hffhrfh', 'T---R-T', 'FFFF..F'],
			['goes on while the reset is unknown', reset, 'hxxr', 'T--R', 'FFF.'],
			['goes on while both hold', reset, 'hHH', 'T--', 'FFF'],
			['goes on while the conditions are unknown', reset, 'huur', 'T--R', 'FFF.'],
			[
				'ends at once what the cooldown kept quiet',
				{ ...reset, cooldownMs: minutes(9) },
				'hrhfh',
				'TR---',
				'F.F.F',
			],
			['ends at once what was only pending', { ...reset, ...hold2 }, 'hfhhh', '----T', 'p.ppF'],
			['a reset must last as long', { ...reset, ...keep3 }, 'hrrrr', 'T---R', 'Frrr.'],
			['one that does not last counts no more', { ...reset, ...keep3 }, 'hrf.c', 'T----', 'FrFFF'],
			[
				'one that comes back begins anew',
				{ ...reset, ...keep3 },
				'hrf.rrrr',
				'T------R',
				'FrFFrrr.',
			],
			[
				'one that is unknown for a while goes on',
				{ ...reset, ...keep3 },
				'hrx.r',
				'T---R',
				'Frrr.',
			],
			[
				'no clock ends it while the reset is unknown',
				{ ...reset, ...keep3 },
				'hrx.c',
				'T----',
				'Frrrr',
			],
			['a crossing counts after the reset only', { hasReset: true }, 'fpfprp', '-T---T', '.FFF.F'],
			['a crossing counts when the reset holds now', { hasReset: true }, 'fpP', '-TT', '.FF'],
			[
				'a crossing kept quiet wants no reset',
				{ hasReset: true, cooldownMs: minutes(5) },
				'fprp..p',
				'-T----T',
				'.F....F',
			],
		])('%s', check);
	});

	describe('reminded', () => {
		const remind = (every: number) => ({ remindEveryMs: minutes(every), notifyResolved: true });
		it.each<Row>([
			['by events', remind(3), 'hhhhhhh', 'T--M--M', 'FFFFFFF'],
			['by the clock', remind(3), 'h..c..c', 'T--M--M', 'FFFFFFF'],
			['counted from when it was told', remind(3), 'h...hhh', 'T---M--', 'FFFFFFF'],
			['not once it is over', remind(2), 'hhhfc', 'T-MR-', 'FFF..'],
			['not while it is unknown', remind(2), 'huuc', 'T---', 'FFFF'],
			['at the next answer', remind(2), 'huuh', 'T--M', 'FFFF'],
			['not asleep', remind(3), 'hs.ch', 'T---M', 'FFFFF'],
			['not while it waits to be told', { ...remind(2), ...hold2 }, 'hh.c', '---T', 'pppF'],
			['not while it recovers', { ...remind(2), ...keep3 }, 'hf.chf', 'T---M-', 'FrrrFr'],
			['while it was not reset', { ...remind(2), hasReset: true }, 'hff', 'T-M', 'FFF'],
			[
				'not while nobody knows whether it was reset',
				{ ...remind(2), hasReset: true },
				'hxcf',
				'T--M',
				'FFFF',
			],
			['within the cooldown', { ...remind(2), cooldownMs: minutes(9) }, 'hhhhh', 'T-M-M', 'FFFFF'],
			[
				'which begins the cooldown anew',
				{ ...remind(3), cooldownMs: minutes(4) },
				'hhhhfhhh',
				'T--MR--T',
				'FFFF.FFF',
			],
			[
				'not beyond the number a day',
				{ ...remind(2), maxPerDay: 2 },
				'hhhhhhh',
				'T-M----',
				'FFFFFFF',
			],
			[
				'of the first time only, if told once',
				{ ...remind(2), fire: 'once' },
				'hhhfhhh',
				'T-MR---',
				'FFF.FFF',
			],
		])('%s', check);

		it('goes on the next day where the day had enough', () => {
			const rules = policy({ ...remind(2), maxPerDay: 2 });
			const day = 24 * 60;
			const { alert } = play('hhh', rules);
			expect(nextDueAt(alert, rules)).toBe(minutes(day));
			const at = (minute: number) =>
				advanceAlert(alert, { kind: 'clock', eventAt: epochMs(minutes(minute)) }, rules);
			expect(at(day - 1).transition).toBeUndefined();
			expect(at(day)).toMatchObject({
				transition: { state: 'reminder' },
				alert: { toldThatDay: 1, toldAt: minutes(day) },
			});
		});
	});

	describe('kept quiet', () => {
		const cooldown = { cooldownMs: minutes(5) };
		it.each<Row>([
			['told when the cooldown is over', cooldown, 'hfhhhh', 'T----T', 'F.FFFF'],
			['not by the clock after an unknown', cooldown, 'hfh.uch', 'T-----T', 'F.FFFFF'],
			['not by the clock after sleep', cooldown, 'hfhs.ch', 'T-----T', 'F.FFFFF'],
			['never, if it is over before', cooldown, 'hfhfff', 'T-----', 'F.F...'],
			['a crossing is over with its event', cooldown, 'pfp..cf', 'T------', 'F......'],
			[
				'a crossing beside a level that was told leaves the level as it was',
				cooldown,
				'fhphhhhhf',
				'-T-------',
				'.FFFFFFF.',
			],
			[
				'a crossing beside a level that waits leaves the level waiting',
				cooldown,
				'hfhphhh',
				'T----T-',
				'F.FFFFF',
			],
		])('%s', check);

		it('counts a crossing that it did not tell beside a level', () => {
			const { started, heldBack } = play('hfhphh', policy(cooldown));
			expect(started).toEqual([0, 2]);
			expect(heldBack).toBe(1);
		});
	});

	describe('each event for itself', () => {
		const perCandle = { fire: 'oncePerCandle' } as const;
		it.each<Row>([
			['every match', { fire: 'everyMatch' }, 'hhfhush', 'TT-T--T', 'FF.FFFF'],
			['closed candles', { fire: 'onCandleClose' }, 'hhfh', 'TT-T', 'FF.F'],
			['once per candle', perCandle, 'hhfhhhhhfhh', 'T----T----T', 'FF...FFF..F'],
			['late in a candle', perCandle, 'ffhhhh', '--T--T', '..FFFF'],
			['an edge once per candle', perCandle, 'fpfpfp', '-T---T', '.F...F'],
			[
				'once per candle and cooldown',
				{ ...perCandle, cooldownMs: minutes(7) },
				'hhhhhhhhhhhhhhh',
				'T------T------T',
				'FFFFFFFFFFFFFFF',
			],
			[
				'once per candle, told by the clock',
				{ ...perCandle, cooldownMs: minutes(2) },
				'ffffhhc.hhh',
				'----T-T---T',
				'....FFFFFFF',
			],
		])('%s', check);
	});

	describe('once', () => {
		it.each<Row>([
			['never again', { fire: 'once' }, 'hfhfcph', 'T------', 'F.F..FF'],
			['but told that it is over', { fire: 'once', notifyResolved: true }, 'hfhf', 'TR--', 'F.F.'],
			['after it held', { fire: 'once', ...hold2 }, 'hfhhhf', '----T-', 'p.ppF.'],
		])('%s', check);
	});

	describe('held at a number of candles', () => {
		const three = { holdForCandles: 3 };
		it.each<Row>([
			['the first is the one at which it began', three, 'fhhhhf', '---T--', '.ppFF.'],
			['in a row', three, 'hhfhhhf', '-----T-', 'pp.ppF.'],
			['once told it goes on', three, 'hhhhhfhhh', '--T-----T', 'ppFFF.ppF'],
			['an unknown neither counts nor breaks the row', three, 'huhuh', '----T', 'ppppF'],
			['sleep breaks it', three, 'hhshhh', '-----T', 'pp.ppF'],
			['the clock does not count', three, 'hhcch', '----T', 'ppppF'],
			['one is the event itself', { holdForCandles: 1 }, 'hf', 'T-', 'F.'],
			[
				'then the cooldown, which the clock ends',
				{ ...three, cooldownMs: minutes(6) },
				'hhhfhhhcc',
				'--T-----T',
				'ppF.ppFFF',
			],
			[
				'what ends it is not counted',
				{ ...three, keepFiringForMs: minutes(2), notifyResolved: true },
				'hhhffhhfff',
				'--T------R',
				'ppFrrFFrr.',
			],
		])('%s', check);

		it('says how many are missing, and that no clock will do', () => {
			const rules = policy(three);
			const { alert } = play('h', rules);
			const input = inputOf('h', 1, rules);
			if (input === undefined) throw new Error('h is a verdict');
			expect(advanceAlert(alert, input, rules).quiet).toEqual({ by: 'holdFor', candles: 1 });
			expect(nextDueAt(alert, rules)).toBeUndefined();
		});
	});

	describe('a number of times in all', () => {
		const twice = { maxAlerts: 2 };
		it.each<Row>([
			['then quiet', twice, 'hfhfhhf', 'T-T----', 'F.F.FF.'],
			['each event for itself', { ...twice, fire: 'everyMatch' }, 'hhhfh', 'TT---', 'FFF.F'],
			['crossings', twice, 'pfpfpfp', 'T-T----', 'F.F.F.F'],
			['reminders count', { ...twice, remindEveryMs: minutes(1) }, 'hhhhfh', 'TM----', 'FFFF.F'],
			[
				'that it is over is told all the same, and does not count',
				{ ...twice, notifyResolved: true },
				'hfhfhf',
				'TRTR--',
				'F.F.F.',
			],
			[
				'what was held back and told does',
				{ ...twice, cooldownMs: minutes(3) },
				'hfhhfhhhhh',
				'T--T------',
				'F.FF.FFFFF',
			],
			[
				'not by the clock either',
				{ ...twice, cooldownMs: minutes(3) },
				'hfh.chcfhcc',
				'T---T------',
				'F.FFFFF.FFF',
			],
		])('%s', check);

		it('goes on where the limit is raised', () => {
			const { alert } = play('hfhfh', policy(twice));
			const input = inputOf('h', 5, policy());
			if (input === undefined) throw new Error('h is a verdict');
			expect(advanceAlert(alert, input, policy({ maxAlerts: 3 })).transition?.state).toBe('firing');
			expect(advanceAlert(alert, input, policy(twice)).transition).toBeUndefined();
		});

		it('has nothing due once it was told', () => {
			const rules = policy({ maxAlerts: 1, remindEveryMs: minutes(1) });
			expect(nextDueAt(play('h', rules).alert, rules)).toBeUndefined();
		});
	});
});

describe('Whatever comes', () => {
	const upTo = (count: number) => fc.integer({ min: 0, max: count }).map(minutes);
	/** What compileRule lets through: `holdFor` and the like want something that lasts. */
	const policies = fc
		.record({
			fire: fc.constantFrom<AlertPolicy['fire'][]>(
				'onChange',
				'onChange',
				'onChange',
				'everyMatch',
				'once',
				'oncePerCandle',
				'onCandleClose',
			),
			cooldownMs: upTo(9),
			holdForMs: upTo(4),
			holdForCandles: fc.option(fc.integer({ min: 1, max: 3 }), { nil: 0, freq: 1 }),
			keepFiringForMs: upTo(4),
			remindEveryMs: upTo(4),
			hasReset: fc.boolean(),
			maxPerDay: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
			maxAlerts: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined, freq: 1 }),
			notifyResolved: fc.boolean(),
			hasEdge: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
		})
		.map(({ hasEdge, ...any }) => {
			const isEach = any.fire !== 'onChange' && any.fire !== 'once';
			const lasts = {
				holdForMs: 0,
				holdForCandles: 0,
				keepFiringForMs: 0,
				remindEveryMs: 0,
				notifyResolved: false,
			};
			const rules: AlertPolicy = {
				...any,
				...(isEach || hasEdge ? lasts : {}),
				hasReset: any.hasReset && !isEach,
			};
			return { rules, hasEdge };
		});
	const lives = policies.chain(({ rules, hasEdge }) =>
		fc.record({
			rules: fc.constant(rules),
			letters: fc
				.array(fc.constantFrom(...(hasEdge ? 'hHppPffrxus....' : 'hhhhhhHfffffrrxus....')), {
					maxLength: 60,
					size: 'max',
				})
				.map((all) => all.join('')),
			/** Just before midnight, so that days end in the middle of it. */
			begin: fc.constantFrom(0, 24 * 60 - 20),
		}),
	);
	type Life = { rules: AlertPolicy; letters: string; begin: number };
	type Moment = { at: number; input: AlertInput; before: AlertState; step: AlertStep };

	/** A life with the clock coming exactly when it is due, and at further minutes when told so. */
	function live({ rules, letters, begin }: Life, alsoAt: (minute: number) => boolean): Moment[] {
		const moments: Moment[] = [];
		let alert = noAlert;
		const take = (input: AlertInput) => {
			const step = advanceAlert(asStored(alert), input, rules);
			moments.push({ at: input.eventAt / MINUTE_MS, input, before: alert, step });
			alert = step.alert;
		};
		[...letters].forEach((letter, index) => {
			const minute = begin + index;
			for (let due = nextDueAt(alert, rules); due !== undefined; due = nextDueAt(alert, rules)) {
				// An event at the very moment speaks for itself.
				if (letter === '.' ? due > minutes(minute) : due >= minutes(minute)) break;
				take({ kind: 'clock', eventAt: due });
				if (moments.length > 1_000) throw new Error('the clock never comes to rest');
			}
			const input = inputOf(letter, minute, rules);
			if (input !== undefined) take(input);
			else if (alsoAt(minute)) take({ kind: 'clock', eventAt: epochMs(minutes(minute)) });
		});
		return moments;
	}
	const transitions = (moments: readonly Moment[]) =>
		moments.flatMap(({ at, step: { transition } }) =>
			transition === undefined ? [] : [{ at, ...transition }],
		);
	const coverage = { firing: 0, reminder: 0, resolved: 0, clock: 0 };
	const always = (holds: (life: Life, moments: Moment[]) => void) =>
		fc.assert(
			fc.property(lives, (life) => {
				const moments = live(life, () => false);
				for (const { state } of transitions(moments)) coverage[state] += 1;
				coverage.clock += moments.filter(({ input }) => input.kind === 'clock').length;
				holds(life, moments);
			}),
			{ numRuns: 400 },
		);

	it('the clock is due later than now, and changes something when it comes', () => {
		always(({ rules }, moments) => {
			for (const { input, before, step } of moments) {
				expect(nextDueAt(step.alert, rules) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(
					input.eventAt,
				);
				if (input.kind === 'clock') expect(step.alert).not.toEqual(before);
			}
		});
	});

	it('a clock that comes too early tells nothing, and changes nothing of what is told', () => {
		always((life, moments) => {
			const strip = (all: readonly Moment[]) =>
				transitions(all).map(({ at, state, episode }) => [at, state, episode.startedAt]);
			expect(strip(live(life, () => true))).toEqual(strip(moments));
		});
	});

	it('unknown and sleep tell nothing and end nothing that fires', () => {
		always((_, moments) => {
			for (const { input, before, step } of moments) {
				const isAnswer = input.kind === 'verdict' && input.outcome !== 'unknown';
				if (isAnswer || input.kind === 'clock') continue;
				expect(step.transition).toBeUndefined();
				if (before.phase !== 'pending') expect(step.alert.phase).toBe(before.phase);
			}
		});
	});

	it('an alert fires only after the cooldown, and no more often than the day and the rule allow', () => {
		always(({ rules }, moments) => {
			const told = transitions(moments).filter(({ state }) => state !== 'resolved');
			expect(told.length).toBeLessThanOrEqual(rules.maxAlerts ?? Number.POSITIVE_INFINITY);
			const perDay = new Map<number, number>();
			told.forEach(({ at, state, episode }, index) => {
				const last = told[index - 1]?.at ?? Number.NEGATIVE_INFINITY;
				if (state === 'firing') {
					expect(minutes(at - last)).toBeGreaterThanOrEqual(rules.cooldownMs);
					expect(minutes(at) - episode.startedAt).toBeGreaterThanOrEqual(rules.holdForMs);
				} else expect(minutes(at - last)).toBeGreaterThanOrEqual(rules.remindEveryMs);
				const day = Math.floor(at / (24 * 60));
				perDay.set(day, (perDay.get(day) ?? 0) + 1);
			});
			for (const count of perDay.values()) {
				expect(count).toBeLessThanOrEqual(rules.maxPerDay ?? Number.POSITIVE_INFINITY);
			}
		});
	});

	it('an episode is told once, then reminded, then over once', () => {
		always(({ rules }, moments) => {
			const story = new Map<string, string>();
			for (const { state, episode } of transitions(moments)) {
				const { eventId } = episode;
				story.set(eventId, `${story.get(eventId) ?? ''}${TOLD[state]}`);
			}
			for (const letters of story.values()) expect(letters).toMatch(/^TM*R?$/);
			if (rules.fire === 'once') expect(story.size).toBeLessThanOrEqual(1);
		});
	});

	it('each kind of alert came up often, and the clock too', () => {
		expect(Math.min(...Object.values(coverage))).toBeGreaterThan(80);
	});
});
