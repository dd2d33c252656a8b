import type { LiveAlert } from '../../../../core/pipeline';
import { compileRule, type CompiledRule } from '../../../../core/rules';
import { Feed } from './Feed';
import type { GateTally } from './GateTally';
import { Live } from './Live';
import { Plain } from './Plain';
import type { Desk, Step, Tape } from './tapes';

/**
 * Plays each tape of a desk to two ways of asking, and looks after each step whether they tell the same.
 * @throws Error saying at which step they don't
 */
export async function compareGates(desk: Desk, tally: GateTally): Promise<void> {
	const rules = desk.documents.map((document) => compileRule(document));
	for (const [index, tape] of desk.tapes.entries()) {
		try {
			await compareOn(tape, rules, desk.atFirst, tally);
		} catch (cause) {
			throw new Error(`tape ${index}, ${(cause as Error).message}`, { cause });
		}
	}
}

async function compareOn(
	tape: Tape,
	rules: readonly CompiledRule[],
	atFirst: number,
	tally: GateTally,
): Promise<void> {
	const feed = new Feed(tape);
	const always = new Live('askAlways');
	const changed = new Live('askChanged');
	for (const rule of rules.slice(0, atFirst)) {
		always.put(rule);
		changed.put(rule);
	}
	tally.begin(tape);
	for (const [at, step] of tape.steps.entries()) {
		perform(step, rules, feed, [always, changed]);
		const comes = tape.steps[at + 1]?.kind ?? 'end';
		const mustDrain = step.kind === 'restore' || ['put', 'remove', 'end'].includes(comes);
		if (!mustDrain && (at + 1) % tape.drainEvery !== 0) continue;
		tally.listens = tape.drainEvery === 1;
		const expected = await always.drain();
		tally.listens = false;
		const told = await changed.drain();
		expectSame(at, 'told', linesOf(told), linesOf(expected));
		expectSame(at, 'due', [String(changed.nextDueAt)], [String(always.nextDueAt)]);
		tally.note(step, expected);
		if (step.kind !== 'restore') continue;
		changed.restore();
		// What the clock would tell waits for an event then, and what a new rule asks of another instrument, too.
		const isPutLater = tape.steps.slice(at).some(({ kind }) => kind === 'put');
		if (always.nextDueAt !== undefined || isPutLater) always.restore();
		else tally.count('restored alone');
	}
	const steps = tape.steps.length;
	expectSame(steps, 'kept', changed.kept(), always.kept());
	expectSame(steps, 'left out', [`${changed.counts.leftOut}`], [`${always.counts.leftOut}`]);
	tally.end(always.counts, changed.counts);
}

type Player = Pick<Live, 'put' | 'remove' | 'observe' | 'passTime'>;

/** Rules are put and removed where there are any. */
function perform(
	step: Step,
	rules: readonly CompiledRule[],
	feed: Feed,
	players: readonly Player[],
): void {
	const each = (act: (player: Player) => void) => players.forEach(act);
	const ruleAt = (index: number) => rules[index % rules.length];
	switch (step.kind) {
		case 'event': {
			const observation = feed.next(step);
			each((player) => player.observe(observation));
			return;
		}
		case 'passTime':
			feed.at += step.afterMs;
			each((player) => player.passTime(feed.at));
			return;
		case 'put': {
			const rule = ruleAt(step.index);
			if (rule !== undefined) each((player) => player.put(withTitle(rule, step.title)));
			return;
		}
		case 'remove': {
			const rule = ruleAt(step.index);
			if (rule !== undefined) each((player) => player.remove(rule.document.id));
			return;
		}
		case 'restore':
	}
}

const withTitle = (rule: CompiledRule, title: string | undefined): CompiledRule =>
	title === undefined ? rule : { ...rule, document: { ...rule.document, title } };

/**
 * Plays each tape of a desk to the way that asks always, its rules being as they are from the beginning, and looks
 * whether it tells what each rule by itself would.
 * @throws Error saying at which step it doesn't
 */
export async function compareWithPlain(desk: Desk): Promise<number> {
	const byId = new Map(desk.documents.map((document) => [document.id, compileRule(document)]));
	const rules = [...byId.values()];
	let told = 0;
	for (const tape of desk.tapes) {
		const feed = new Feed(tape);
		const always = new Live('askAlways');
		const plain = new Plain(rules);
		for (const rule of rules) always.put(rule);
		for (const [at, step] of tape.steps.entries()) {
			perform(step, [], feed, [always, plain]);
			const expected = await plain.drain();
			const found = (await always.drain()).map(({ id, episodeId, transition, verdict }) =>
				JSON.stringify([id, episodeId, transition, verdict], asWritten),
			);
			const lines = expected.map(({ id, episodeId, transition, verdict }) =>
				JSON.stringify([id, episodeId, transition, verdict], asWritten),
			);
			expectSame(at, 'told', found, lines);
			told += lines.length;
		}
	}
	return told;
}

/** Alerts in their order; those the clock tells at one moment have none. */
export function linesOf(alerts: readonly LiveAlert[]): string[] {
	const momentOf = ({ byClock, at }: LiveAlert, index: number) => (byClock ? `at ${at}` : index);
	const groups: Array<{ readonly moment: unknown; readonly lines: string[] }> = [];
	for (const [index, alert] of alerts.entries()) {
		const moment = momentOf(alert, index);
		const last = groups.at(-1);
		if (last?.moment === moment) last.lines.push(lineOf(alert));
		else groups.push({ moment, lines: [lineOf(alert)] });
	}
	return groups.flatMap(({ lines }) => lines.toSorted());
}

/** All that can be told of an alert, as text. */
const lineOf = (alert: LiveAlert): string => {
	const { rule, facts, observation, ...said } = alert;
	const { id, title } = rule.document;
	const values = rule.facts.map((ref) => facts.read(ref));
	return JSON.stringify([id, title, observation.eventId, said, values], asWritten);
};
/** JSON knows no NaN and no `undefined`, which must be told apart all the same. */
const asWritten = (_: string, value: unknown): unknown =>
	value === undefined || (typeof value === 'number' && !Number.isFinite(value))
		? String(value)
		: value;

export function expectSame(
	step: number,
	what: string,
	found: readonly string[],
	expected: readonly string[],
): void {
	const index = expected.findIndex((line, at) => line !== found[at]);
	if (index === -1 && found.length === expected.length) return;
	const at = index === -1 ? expected.length : index;
	throw new Error(
		`step ${step}, ${what} ${at}: found\n${found[at] ?? 'nothing'}\nexpected\n${expected[at] ?? 'nothing'}`,
	);
}
