import { advanceNoise, compileNoise, nextNoiseAt, noiseSchema, noNoise } from '../../core/alerts';
import { composeMessage } from '../../core/pipeline/composeMessage';
import { clockOf, momentOf, readTimeline } from '../fakes/playNoise';
import { codesOf, parsePage, readPage, tablesOf, type Block } from './page';

const page = parsePage(readPage('alerts.md'));
const headings = page.flatMap((block, at) => (block.kind === 'heading' ? [[block.text, at]] : []));
const from = Number(headings.find(([text]) => text === 'Noise control')?.[1]);
const to = Number(headings.find(([text, at]) => text === 'Alert Email' && Number(at) > from)?.[1]);
const section = page.slice(from, to);

/** A JSON block, and the timeline that follows it. */
const examples = section.flatMap((block, at) => {
	if (block.kind !== 'code' || block.language !== 'json') return [];
	const next = section[at + 1];
	if (next?.kind !== 'table' || next.rows[0]?.[0] !== 'time') {
		throw new Error(`line ${block.line}: settings without a timeline`);
	}
	return [{ line: block.line, settings: JSON.parse(block.text) as object, table: next }];
});

type Outcome = { readonly told: readonly string[]; readonly held: readonly string[] };

/** What each moment of a timeline brings. */
function outcomesOf(settings: object, table: Extract<Block, { kind: 'table' }>) {
	const policy = compileNoise(settings);
	const outcomes = new Map<string, { told: string[]; held: Set<string> }>();
	let state = noNoise;
	const step = (input: Parameters<typeof advanceNoise>[1]) => {
		const next = advanceNoise(state, input, policy);
		const at = clockOf(input.at);
		const outcome = outcomes.get(at) ?? { told: [], held: new Set<string>() };
		state = next.state;
		outcome.told.push(...next.told.map((message) => composeMessage(message).title));
		for (const { ended, by } of next.held) if (ended === undefined) outcome.held.add(by);
		outcomes.set(at, outcome);
	};
	const pass = (until: number) => {
		for (
			let due = nextNoiseAt(state, policy);
			due !== undefined && due <= until;
			due = nextNoiseAt(state, policy)
		) {
			step({ kind: 'clock', at: due });
		}
	};
	const happenings = table.rows.slice(1).filter(([, happening]) => happening !== '');
	const timeline = happenings.map(([time, happening]) => `${time} ${happening}`).join(';');
	for (const input of readTimeline(timeline)) {
		pass(input.at - 1);
		step(input);
	}
	pass(Number.POSITIVE_INFINITY);
	return outcomes;
}

describe('noise control in docs/alerts.md', () => {
	it.each(examples)('line $line: tells and holds what the timeline says', ({ settings, table }) => {
		const outcomes = outcomesOf(settings, table);
		const hasHeld = table.rows[0]?.[3] === 'held';
		const shown = new Map<string, Outcome>();
		for (const [time = '', , told = '', held = ''] of table.rows.slice(1)) {
			shown.set(clockOf(momentOf(time)), {
				told: codesOf(told),
				held: held.split(', ').filter((one) => one !== ''),
			});
		}
		const actual = [...outcomes]
			.map(([at, { told, held }]) => [at, { told, held: hasHeld ? [...held] : [] }] as const)
			.filter(([at, { told, held }]) => shown.has(at) || told.length + held.length > 0);
		expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(shown));
	});

	it('shows an example of every setting', () => {
		const used = new Set(examples.flatMap(({ settings }) => Object.keys(settings)));
		expect([...used].sort()).toEqual(Object.keys(noiseSchema.shape).sort());
	});

	it('lists every setting, with its defaults', () => {
		const [rows = []] = tablesOf(section, 'setting');
		expect(rows.flatMap(([first = '']) => codesOf(first)).sort()).toEqual(
			Object.keys(noiseSchema.shape).sort(),
		);
		const defaults = new Map(
			rows.map(([first = '', , last = '']) => [codesOf(first)[0], codesOf(last)]),
		);
		const { groupWait, groupInterval, flapping, budget } = noiseSchema.parse({
			flapping: {},
			budget: { messages: 1 },
		});
		expect(defaults.get('groupWait')).toEqual([groupWait]);
		expect(defaults.get('groupInterval')).toEqual([groupInterval]);
		expect(defaults.get('flapping')).toEqual(Object.values(flapping ?? {}).map(String));
		expect(defaults.get('budget')).toEqual([budget?.per, String(budget?.passCritical)]);
	});
});
