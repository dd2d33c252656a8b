import { z } from 'zod/v4';

import { catalogue, findFact, type FactParam } from '../facts';
import { decorators, operators, type Comparison } from './operators';
import { duration, ruleDocumentSchema } from './schema';

type Json = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of rule documents that ships, for editors: every part with its description, every
 * operator and fact by name, the parameters of each fact. Any other fact is a column and stays free text.
 *
 * It takes whatever `compileRule` takes; what only the compiler can know (that a named condition exists, an
 * edge with `holdFor`) it leaves to it. Draft 7, which editors know best.
 */
export function ruleJsonSchema(): Json {
	const { properties, ...whole } = z.toJSONSchema(ruleDocumentSchema, {
		io: 'input',
		target: 'draft-7',
		reused: 'inline',
		// The pattern of an instant may do without seconds, "date-time" may not.
		override: ({ jsonSchema }) => delete jsonSchema.format,
	}) as { properties: Record<string, Json> };
	const { conditions, namedConditions, resetWhen, include } = properties;
	return {
		title: 'Market Alerts: rule document, version 1',
		...whole,
		properties: {
			...properties,
			conditions: { ...described(conditions), ...GROUP },
			namedConditions: {
				...described(namedConditions),
				type: 'object',
				additionalProperties: CONDITION,
			},
			resetWhen: { ...described(resetWhen), ...GROUP },
			include: {
				...described(include),
				type: 'array',
				items: {
					anyOf: [
						FACT_NAME,
						{ allOf: [FACT], propertyNames: { enum: ['fact', 'params', 'path'] } },
					],
				},
			},
		},
		definitions: { condition: condition(), fact: fact(), factName },
	};
}

const CONDITION = { $ref: '#/definitions/condition' };
const FACT = { $ref: '#/definitions/fact' };
/** At the top stands a group, or a name for one. */
const GROUP = {
	allOf: [
		CONDITION,
		{ anyOf: ['all', 'any', 'not', 'condition'].map((group) => ({ required: [group] })) },
	],
};

const described = (schema: Json | undefined): Json => ({ description: schema?.['description'] });
const choice = (names: ReadonlyArray<{ readonly name: string; readonly description: string }>) =>
	names.map(({ name, description }) => ({ const: name, description }));

const FACT_NAME = { $ref: '#/definitions/factName' };
const factName = {
	description: 'A fact by name, or a field of the item; a dot goes into an object',
	anyOf: [...choice(catalogue), { type: 'string', minLength: 1 }],
};
const OPERATOR = {
	description: `What is compared, and how; before it perhaps ${decorators.map((one) => `"${one}:"`).join(', ')}`,
	anyOf: [
		...choice(operators.map(({ name, words }) => ({ name, description: words }))),
		{
			type: 'string',
			pattern: `^((${decorators.join('|')}):)+(${operators.map(({ name }) => name).join('|')})$`,
		},
	],
};

function condition(): Json {
	const list = { type: 'array', minItems: 1, items: CONDITION };
	return {
		description: 'A comparison of a fact with a value or another fact, or a group of conditions',
		type: 'object',
		properties: {
			all: { ...list, description: 'Every one of these must hold' },
			any: { ...list, description: 'One of these is enough' },
			not: { description: 'This must not hold', allOf: [CONDITION] },
			condition: { type: 'string', minLength: 1, description: 'One of "namedConditions"' },
			operator: OPERATOR,
			value: {
				description: 'A value, or another fact: { "fact": "previousClose" }',
				if: { type: 'object', required: ['fact'] },
				then: FACT,
			},
			priority: { type: 'integer', minimum: 1, description: 'Higher ones are looked at first' },
			name: { type: 'string' },
		},
		oneOf: [['all'], ['any'], ['not'], ['condition'], ['fact', 'operator', 'value']].map(
			(required) => ({ required }),
		),
		if: { required: ['fact', 'operator'] },
		then: { allOf: [FACT, ...values()] },
	};
}

function fact(): Json {
	const groups = new Map<string, { names: string[]; params: readonly FactParam[] }>();
	for (const { name, params } of catalogue) {
		const key = JSON.stringify(params);
		groups.set(key, { names: [...(groups.get(key)?.names ?? []), name], params });
	}
	const column = { not: { enum: catalogue.map(({ name }) => name) } };
	return {
		description: 'A fact with its parameters',
		type: 'object',
		required: ['fact'],
		properties: {
			fact: FACT_NAME,
			params: { type: 'object', description: 'Parameters of the fact' },
			path: { type: 'string', description: 'JSONPath into the fact, such as "$.total"' },
		},
		allOf: [
			...[...groups.values()].map(({ names, params }) => takes({ enum: names }, params)),
			takes(column, findFact('price')?.params ?? []),
		],
	};
}

/** Facts of these names take these parameters and no others. */
const takes = (names: Json, params: readonly FactParam[]): Json => ({
	if: { properties: { fact: names } },
	then: {
		properties: {
			params: {
				properties: Object.fromEntries(params.map((param) => [param.name, parameter(param)])),
				additionalProperties: false,
			},
		},
	},
});

function parameter({ type, min, max, options, default: fallback, description }: FactParam): Json {
	const common = { description, ...(fallback === undefined ? {} : { default: fallback }) };
	switch (type) {
		case 'integer':
		case 'number':
			return { ...common, type, minimum: min, maximum: max };
		case 'interval':
		case 'duration':
			return { ...common, ...DURATION };
		case 'options':
			return { ...common, enum: options };
		case 'text':
			return { ...common, type: 'string', minLength: 1 };
	}
}

const { pattern } = z.toJSONSchema(duration, { target: 'draft-7' });
const DURATION = { type: 'string', pattern };
const NUMBER = {
	anyOf: [
		{ type: 'number' },
		{ type: 'string', pattern: '^\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?\\s*$' },
	],
};
const pairOf = (items: Json): Json => ({ type: 'array', items, minItems: 2, maxItems: 2 });
const text = (pattern: string): Json => ({ type: 'string', pattern });

const COMPARED_WITH: Readonly<Record<Exclude<Comparison, 'any'>, Json>> = {
	number: { anyOf: [NUMBER, FACT] },
	range: { anyOf: [pairOf(NUMBER), FACT] },
	percent: {
		type: 'object',
		required: ['percent', 'of'],
		properties: {
			percent: { type: 'number', exclusiveMinimum: 0, maximum: 1_000 },
			of: { anyOf: [NUMBER, FACT] },
		},
	},
	text: { anyOf: [{ type: 'string', minLength: 1 }, FACT] },
	times: { anyOf: [pairOf(text('^([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d)?$')), FACT] },
	dates: { anyOf: [pairOf(text('^\\d{4}-\\d{2}-\\d{2}$')), FACT] },
};

/** What each kind of operator is compared with; a decorated one may compare otherwise. */
function values(): Json[] {
	const rule = (names: readonly string[], value: Json): Json => ({
		if: { properties: { operator: { enum: names } } },
		then: { properties: { value } },
	});
	const kinds = Object.entries(COMPARED_WITH).map(([compares, value]) =>
		rule(
			operators.filter((one) => one.compares === compares).map(({ name }) => name),
			value,
		),
	);
	return [...kinds, rule(['in', 'notIn'], { anyOf: [{ type: 'array' }, FACT] })];
}
