import { remakeRule, Rows, type CompiledRule, type RuleDocument } from '../rules';

const KEPT_READY = 1_024;

/**
 * Rules by number, each kept as the text of its document, and made ready again when it's wanted: a rule takes
 * some hundred bytes so, and some thousand when it is ready.
 */
export class RuleBook {
	private readonly numbers = new Map<string, number>();

	private readonly texts: string[] = [];

	private readonly fingerprints: string[] = [];

	/** Grows with each new rule, and stays when it is changed. */
	private readonly places: number[] = [];

	private readonly rows = new Rows(() => undefined);

	private readonly ready = new Map<number, CompiledRule>();

	/** Kept ready for good. */
	private readonly pinned = new Map<number, CompiledRule>();

	private put = 0;

	/** @param most rules that are kept ready, beside those that are looked at all the time; at least one */
	constructor(private readonly most = KEPT_READY) {}

	find(ruleId: string): number | undefined {
		return this.numbers.get(ruleId);
	}

	add(rule: CompiledRule): number {
		const number = this.rows.take();
		this.numbers.set(rule.document.id, number);
		this.places[number] = this.put += 1;
		this.change(number, rule);
		return number;
	}

	change(number: number, rule: CompiledRule): void {
		this.texts[number] = toText(rule.document);
		this.fingerprints[number] = rule.fingerprint;
		this.pinned.delete(number);
		this.keepReady(number, rule);
	}

	remove(ruleId: string): void {
		const number = this.numbers.get(ruleId);
		if (number === undefined) return;
		this.numbers.delete(ruleId);
		this.texts[number] = this.fingerprints[number] = '';
		this.ready.delete(number);
		this.pinned.delete(number);
		this.rows.give(number);
	}

	/** Rules come in the order they were first put in. */
	placeOf(number: number): number {
		return this.places[number] ?? 0;
	}

	/** Makes a rule stay ready, as one that is looked at again and again. */
	pin(number: number, rule: CompiledRule): void {
		this.pinned.set(number, rule);
	}

	rule(number: number): CompiledRule {
		const known = this.pinned.get(number) ?? this.ready.get(number);
		if (known !== undefined) return known;
		// Our own text, of a document that was checked.
		const said = JSON.parse(this.texts[number] ?? '') as RuleDocument;
		const rule = remakeRule({ ...UNSAID, ...said }, this.fingerprints[number] ?? '');
		this.keepReady(number, rule);
		return rule;
	}

	private keepReady(number: number, rule: CompiledRule): void {
		this.ready.delete(number);
		this.ready.set(number, rule);
		if (this.ready.size <= this.most) return;
		// The one made longest ago: which one doesn't matter much, and this costs nothing to find.
		for (const oldest of this.ready.keys()) {
			this.ready.delete(oldest);
			return;
		}
	}
}

/** What a document has when it says nothing of it. */
const UNSAID = {
	version: 1,
	fire: 'onChange',
	notifyResolved: false,
	severity: 'info',
	labels: {},
	include: [],
	deliver: [],
} as const satisfies Partial<RuleDocument>;

const UNSAID_TEXTS = new Map(
	Object.entries(UNSAID).map(([key, value]) => [key, JSON.stringify(value)]),
);

/** What goes without saying isn't kept, for every rule would repeat it. */
function toText(document: RuleDocument): string {
	const said = Object.entries(document).filter(
		([key, value]) => UNSAID_TEXTS.get(key) !== JSON.stringify(value),
	);
	return JSON.stringify(Object.fromEntries(said));
}
