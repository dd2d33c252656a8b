import type { Block } from './page';

/** What the page says becomes of an item: a word, perhaps with details. */
export type Outcome = { readonly what: string; readonly details: readonly string[] };

/** A table whose columns are items, in time. */
export type Timeline = {
	readonly line: number;
	readonly items: ReadonlyArray<Readonly<Record<string, unknown>>>;
	/** What becomes of each item, by the id of the rule; `outcome` where there's one rule only. */
	readonly outcomes: ReadonlyMap<string, readonly Outcome[]>;
};

/** A JSON block with all the page claims about it. */
export type Example = {
	readonly line: number;
	readonly text: string;
	readonly json: unknown;
	readonly timelines: readonly Timeline[];
	/** What the node says, or the import. */
	readonly quotes: readonly string[];
};

export type Json = Record<string, unknown>;
export const isObject = (json: unknown): json is Json =>
	typeof json === 'object' && json !== null && !Array.isArray(json);
const has = (json: unknown, ...keys: string[]) => isObject(json) && keys.some((key) => key in json);

export type Kind =
	/** Conditions, a document or a list of documents. */
	| 'rule'
	/** A rule from elsewhere; the next block is what becomes of it. */
	| 'foreign'
	/** An alert of a rule that the page shows. */
	| 'alert'
	/** An item as a rule that the page shows lets it pass. */
	| 'passed';

/** What an example is; a block that is none of these can't be checked. */
export function kindOf({ json, line }: Example): Kind {
	if (has(json, 'alert')) return 'alert';
	if (has(json, 'marketAlerts')) return 'passed';
	if (has(json, 'index', 'ruleSet', 'event')) return 'foreign';
	if (Array.isArray(json) || has(json, 'conditions', 'all', 'any', 'not', 'condition')) {
		return 'rule';
	}
	throw new Error(`line ${line}: nobody knows how to run this block`);
}

/** The documents of a rule, with what the node's fields fill in. */
export const documentsOf = ({ json }: Example): Json[] =>
	(Array.isArray(json) ? (json as Json[]) : [json as Json]).map((one) => ({
		version: 1,
		id: 'example',
		name: one['id'] ?? 'Example',
		...('conditions' in one ? one : { conditions: one }),
	}));

/** The items of a timeline; those that name no symbol are of the rule's. */
export function itemsOf(example: Example, { items }: Timeline): Json[] {
	const [symbol] = (documentsOf(example)[0]?.['symbols'] ?? ['SHOP']) as readonly string[];
	return items.map((item) => ({ symbol, ...item }));
}

/** A Monday, 10:00 in New York. */
const START = Date.parse('2026-11-30T15:00:00Z');
const UNIT_MS: Readonly<Record<string, number>> = {
	s: 1_000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
};

/** Every JSON block, with the timelines and quotes up to the next block or heading. */
export function examplesOf(blocks: readonly Block[]): Example[] {
	const examples: Example[] = [];
	let open: { timelines: Timeline[]; quotes: string[] } | undefined;
	for (const block of blocks) {
		if (block.kind === 'code' && block.language === 'json') {
			const claims = { timelines: [], quotes: [] };
			examples.push({
				line: block.line,
				text: block.text,
				json: JSON.parse(block.text) as unknown,
				...claims,
			});
			open = claims;
		} else if (block.kind === 'heading') {
			open = undefined;
		} else if (block.kind === 'quote') {
			if (open === undefined) throw new Error(`line ${block.line}: a quote of no example`);
			open.quotes.push(...block.lines);
		} else if (block.kind === 'table' && block.rows[0]?.[0] === 'time') {
			if (open === undefined) throw new Error(`line ${block.line}: a timeline of no example`);
			open.timelines.push(toTimeline(block.rows, block.line));
		}
	}
	return examples;
}

function toTimeline(rows: Extract<Block, { kind: 'table' }>['rows'], line: number): Timeline {
	const [times = [], ...others] = rows;
	const items = times.slice(1).map((time, index): Record<string, unknown> => ({
		eventAt: toInstant(time, line),
		eventId: `event ${index + 1}`,
	}));
	const outcomes = new Map<string, Outcome[]>();
	for (const [head = '', ...cells] of others) {
		const [, of] = /^\*\*(.+)\*\*$/.exec(head) ?? [];
		if (of !== undefined) {
			outcomes.set(of, cells.map(toOutcome));
			continue;
		}
		const field = head.replaceAll('`', '');
		cells.forEach((cell, index) => {
			if (cell !== '') Object.assign(items[index] ?? {}, { [field]: toValue(cell) });
		});
	}
	if (outcomes.size === 0) throw new Error(`line ${line}: a timeline without an outcome`);
	return { line, items, outcomes };
}

/** `90s` after the start, or an instant. */
function toInstant(cell: string, line: number): number {
	const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(cell) ?? [];
	const at =
		amount === undefined
			? Date.parse(cell.replace(' ', 'T'))
			: START + Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
	if (Number.isNaN(at)) throw new Error(`line ${line}: ${JSON.stringify(cell)} is no time`);
	return at;
}

function toValue(cell: string): unknown {
	const text = cell.replaceAll('`', '');
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

/** `**alert** (firstSight)` */
function toOutcome(cell: string): Outcome {
	const [, what = '', details = ''] =
		/^([^(]*)(?:\((.*)\))?$/.exec(cell.replace(/[*`]/g, '')) ?? [];
	return {
		what: what.trim(),
		details: details === '' ? [] : details.split(',').map((one) => one.trim()),
	};
}
