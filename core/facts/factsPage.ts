import { catalogue, type FactDefinition, type FactParam } from './catalogue';
import { timesParam } from './catalogue/definition';
import { findKind, type IndicatorKind } from './indicators';

/** docs/facts.md: every fact of the catalogue, for users. `npm run docs` writes it. */
export const factsPage = (): string =>
	`${[INTRO, ...SECTIONS.flatMap(writeSection)].join('\n\n')}\n`;

const INTRO = `# Facts

<!-- Written by \`npm run docs\` from core/facts/catalogue. Change it there. -->

A fact is a number, a text, or true or false, known about one instrument at one moment. Conditions name it, with \`params\` where
it has some; [rules.md](rules.md) says how. Prices are in the instrument's currency, percentages in percent points (5 means 5 %),
sizes in shares or base units.

A name that isn't here is a field of the item, read as it came; a dot goes into an object. A field of the item also goes before a
fact of the same name, as long as the fact has no parameters. A duration is text such as \`30s\`, \`5m\`, \`1h\`, \`1d\`.

Every fact that is a number, and every field of the item, takes the parameter \`times\` as well: ${takes(timesParam)} that it
is multiplied by. \`{ "fact": "averageVolume", "params": { "interval": "5m", "times": 3 } }\` is three times the average volume. What
has only \`times\` counts as having no parameters.`;

type Section = {
	readonly kind: FactDefinition['kind'];
	readonly title: string;
	readonly about: string;
	/** Between what a fact says and its parameters. */
	readonly columns: ReadonlyArray<readonly [head: string, of: (fact: FactDefinition) => string]>;
};

const needsVolume = catalogue
	.filter(({ name }) => findKind(name)?.needsVolume === true)
	.map(({ name }) => `\`${name}\``)
	.join(', ');

const SECTIONS: readonly Section[] = [
	{
		kind: 'column',
		title: 'Of the event',
		about: `What the event or the item carries itself. Text that is a number counts as one. Where it's missing, it is unknown (\`notOffered\`).
\`change\` and \`changePercent\` are worked out from price and previous close, \`spread\` and \`spreadPercent\` from bid and ask, where the
source has none. With an \`interval\`, open, high, low, close and volume are those of a candle.
Most sources know no figures of a company (\`week52High\`, \`week52Low\`, \`marketCap\`, \`peRatio\`): Finnhub's quotes have them, those of the Simulated
Market only \`peRatio\`; [sources.md](sources.md) says what each source has.`,
		columns: [
			[
				'offered by',
				({ offeredBy = [] }) => [...offeredBy.map((kind) => `${kind}s`), 'items'].join(', '),
			],
		],
	},
	{
		kind: 'window',
		title: 'Over a span',
		about: `What the price did before the event: over a span of time (\`over\`) or a number of candles (\`last\`); one of the two is needed where
a fact takes them. Unknown (\`warmingUp\`) until the span was watched from its beginning, or there are as many candles. The price that stood
when a span of time began is one of the span, so that events may come less often than it is long. A span of time is exact to a 500th of itself.`,
		columns: [],
	},
	{
		kind: 'indicator',
		title: 'Indicators',
		about: `Worked out from candles. Unknown (\`warmingUp\`) until there are as many candles as "ready after" says for the parameters' defaults;
where one calculation gives several facts, that is when the slowest of them is there. Unknown (\`invalid\`) where a formula comes to 0 / 0,
as flat prices make some do. Values are rounded to 12 digits before they're compared.

${needsVolume} need candles or trades with a volume, and are unknown (\`notOffered\`) on quotes: the volume of a session doesn't say what was
traded in between.`,
		columns: [['ready after', (fact) => String(kindOf(fact).warmUp(defaultsOf(fact)))]],
	},
	{
		kind: 'time',
		title: 'Of time',
		about: `What the time of the event says.`,
		columns: [],
	},
];

function writeSection({ kind, title, about, columns }: Section): string[] {
	const facts = catalogue.filter((fact) => fact.kind === kind);
	const params = facts.flatMap(paramsOf);
	const names = [...new Set(params.map(({ name }) => name))];
	const isShared = (name: string) =>
		facts.every((fact) => paramsOf(fact).some((param) => param.name === name));
	const shared = names.filter(isShared).map((name) => `\`${name}\``);
	const ofItsOwn = (fact: FactDefinition) =>
		paramsOf(fact)
			.filter(({ name, required }) => !isShared(name) || required === true)
			.map(briefly)
			.join(', ');
	return [
		`## ${title}`,
		about,
		table(
			['fact', 'label', 'unit', 'what it says', ...columns.map(([head]) => head), 'parameters'],
			facts.map((fact) => [
				`\`${fact.name}\``,
				fact.label,
				fact.unit ?? fact.type,
				fact.description,
				...columns.map(([, of]) => of(fact)),
				ofItsOwn(fact),
			]),
		),
		...(shared.length === 0 ? [] : [`Each of them takes ${shared.join(', ')} as well.`]),
		table(
			['parameter', 'what it takes', 'meaning'],
			names.map((name) => describeParams(params.filter((param) => param.name === name))),
		),
	];
}

/** Those that set it apart; `times` goes for all. */
const paramsOf = ({ params }: FactDefinition): FactParam[] =>
	params.filter(({ name }) => name !== timesParam.name);

/** `period` 14: the default where there is one. */
function briefly({ name, default: fallback, required, min }: FactParam): string {
	if (required === true) return `\`${name}\`, at least ${(min ?? 0) / 60_000}m`;
	return fallback === undefined ? `\`${name}\`` : `\`${name}\` ${fallback}`;
}

/** One row for all parameters of a name. */
function describeParams(params: readonly FactParam[]): string[] {
	const [first] = params;
	const meanings = new Set(params.map(({ description }) => description));
	return first === undefined ? [] : [`\`${first.name}\``, takes(first), [...meanings].join('; ')];
}

function takes({ type, min, max, options = [], default: fallback }: FactParam): string {
	switch (type) {
		case 'options':
			return options
				.map((option) => `\`${option}\`${option === fallback ? ' (default)' : ''}`)
				.join(', ');
		case 'interval':
		case 'duration':
			return 'a duration';
		case 'integer':
		case 'number': {
			const range = min === undefined || max === undefined ? '' : ` from ${min} to ${max}`;
			return `a ${type === 'integer' ? 'whole ' : ''}number${range}`;
		}
		case 'text':
			return fallback === undefined ? 'a text' : `a text (default \`${fallback}\`)`;
	}
}

function kindOf({ name }: FactDefinition): IndicatorKind {
	const kind = findKind(name);
	if (kind === undefined) throw new Error(`the catalogue names an unknown ${name}`);
	return kind;
}

const defaultsOf =
	({ params }: FactDefinition) =>
	(name: string): number =>
		Number(params.find((param) => param.name === name)?.default ?? 0);

const table = (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string =>
	[head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
