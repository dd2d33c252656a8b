import Ajv from 'ajv';

import { alertItemSchema } from '../../core/alerts';
import { compileRule } from '../../core/rules';
import { importRules } from '../../core/rules/import';
import { ruleJsonSchema } from '../../core/rules/jsonSchema';
import { closeSharedStore } from '../../nodes/host/store';
import { documentsOf, examplesOf, isObject, itemsOf, kindOf, type Kind } from './examples';
import { judge } from './judge';
import { parsePage, readPage } from './page';

afterAll(async () => await closeSharedStore());

const validate = new Ajv({ extendRefs: 'fail' }).compile(ruleJsonSchema());

describe.each(['rules.md', 'recipes.md'])('the examples of docs/%s', (page) => {
	const examples = examplesOf(parsePage(readPage(page)));
	const ofKind = (kind: Kind) => examples.filter((example) => kindOf(example) === kind);

	/** What the rule of an id made of the items the page shows first with it. */
	async function runOf(ruleId: unknown) {
		const example = ofKind('rule').find(({ json }) => isObject(json) && json['id'] === ruleId);
		const [timeline] = example?.timelines ?? [];
		if (example === undefined || timeline === undefined) {
			throw new Error(`there's no timeline of ${String(ruleId)}`);
		}
		const { left } = await judge(example.text, itemsOf(example, timeline));
		return (eventId: unknown) =>
			left(timeline.items.findIndex((item) => item['eventId'] === eventId));
	}

	for (const example of ofKind('rule')) {
		const { line, text, quotes, timelines } = example;
		const isRefused = quotes[0]?.startsWith('Rule "') === true;

		it(`line ${line}: the node says what the page quotes`, async () => {
			const { error, hints } = await judge(text, [
				{ symbol: 'SHOP', eventId: 'event 1', price: 60 },
			]);
			// Each example is checked for something.
			expect(quotes.length + timelines.length).toBeGreaterThan(0);
			if (isRefused) expect([error]).toEqual(quotes);
			else expect(error).toBeUndefined();
			if (!isRefused && quotes.length > 0) expect(hints).toEqual(quotes);
		});

		it(`line ${line}: the JSON Schema and the compiler take it, if it isn't refused`, () => {
			for (const document of documentsOf(example)) {
				if (isRefused) {
					expect(() => compileRule(document)).toThrow();
				} else {
					compileRule(document);
					expect(validate(document) === true ? [] : validate.errors).toEqual([]);
				}
			}
		});

		for (const timeline of timelines) {
			it(`line ${timeline.line}: the items become what the timeline says`, async () => {
				const { error, outcome } = await judge(text, itemsOf(example, timeline));
				expect(error).toBeUndefined();
				for (const [ruleId, expected] of timeline.outcomes) {
					const actual = expected.map((__, item) =>
						outcome(item, ruleId === 'outcome' ? undefined : ruleId),
					);
					// Details the page leaves out are left out.
					const shown = actual.map(({ what, details }, item) => ({
						what,
						details: details.filter((one) => expected[item]?.details.includes(one)),
					}));
					expect(shown).toEqual(expected);
				}
			});
		}
	}

	for (const { line, json } of ofKind('alert')) {
		it(`line ${line}: the alert is what comes out`, async () => {
			const shown = json as { alert: { ruleId: string; eventId: string } };
			const alert = (await runOf(shown.alert.ruleId))(shown.alert.eventId);
			expect(alert).toMatchObject(filledIn(shown));
			expect(alertItemSchema.safeParse(alert).error).toBeUndefined();
		});
	}

	for (const { line, json } of ofKind('passed')) {
		it(`line ${line}: the item is what comes out`, async () => {
			const shown = json as { eventId: string; marketAlerts: { why: [{ ruleId: string }] } };
			const passed = (await runOf(shown.marketAlerts.why[0].ruleId))(shown.eventId);
			expect(passed).toMatchObject(filledIn(shown));
		});
	}

	for (const example of ofKind('foreign')) {
		it(`line ${example.line}: is imported as the next block, with these notes`, () => {
			const next = examples[examples.indexOf(example) + 1];
			const { rules } = importRules(example.json);
			expect(rules[0]?.document).toEqual(next?.json);
			expect(rules[0]?.notCarriedOver).toEqual(example.quotes);
		});
	}
});

/** What the page shows, where `…` stands for what it leaves out. */
function filledIn(shown: object): object {
	const fill = (one: unknown): unknown => {
		if (one === '…') return expect.stringMatching(/./);
		if (Array.isArray(one)) return one.map(fill);
		if (!isObject(one)) return one;
		return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, fill(value)]));
	};
	return fill(shown) as object;
}
