import { configWithoutCloudSupport } from '@n8n/node-cli/eslint';
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** n8n's rules are about what n8n loads; the core knows nothing of n8n. */
const FACES = ['nodes/**/*.ts', 'credentials/**/*.ts'];
const n8n = configWithoutCloudSupport
	// It brings a typescript-eslint of its own; ours is newer and stricter.
	.filter(
		(config) =>
			!/^typescript-eslint\//.test(config.name ?? '') &&
			config.plugins?.['@typescript-eslint'] === undefined,
	)
	.map((config) => ({
		...config,
		...(config.files?.some((pattern) => pattern === '**/*.ts') ? { files: FACES } : {}),
		...(config.plugins?.['n8n-nodes-base'] === undefined
			? {}
			: { plugins: { ...config.plugins, 'n8n-nodes-base': nodesBase } }),
	}));

/** Outside libraries enter through one file each. */
const ONE_IMPORTER = {
	'json-rules-engine': 'core/rules/evaluateRule.ts',
	luxon: 'core/market/sessions/zonedTime.ts',
	liquidjs: 'core/delivery/template.ts',
	nodemailer: 'core/ports/system/nodemailerTransport.ts',
	ws: 'core/ports/system/wsSocketFactory.ts',
	'csv-parse': 'core/market/sources/replay/rows.ts',
	'@streamparser/json': 'core/market/sources/replay/jsonRows.ts',
	'jsonpath-plus': 'core/market/readPath.ts',
	'node:sqlite': 'core/storage/sqlite.ts',
};
/** The folders of the core in the order data flows: each may import those before it. */
const FLOW = [
	'ports',
	'resilience',
	'storage',
	'market',
	'facts',
	'rules',
	'alerts',
	'delivery',
	'pipeline',
];
const importDirection = FLOW.map((folder, index) => ({
	files: [`core/${folder}/**/*.ts`],
	rules: {
		'no-restricted-imports': [
			'error',
			{
				paths: Object.entries(ONE_IMPORTER)
					.filter(([, file]) => !file.startsWith(`core/${folder}/`))
					.map(([name, file]) => ({ name, message: `${name} enters through ${file}` })),
				patterns: [
					{
						group: [
							'n8n-workflow',
							'n8n-core',
							'**/nodes/**',
							...FLOW.slice(index + 1).flatMap((below) => [`**/${below}`, `**/${below}/**`]),
						],
						message: `${folder}/ imports only what stands above it in the tree (style: the tree)`,
					},
				],
			},
		],
	},
}));

const noWorld = {
	files: ['core/**/*.ts'],
	ignores: ['core/ports/system/**'],
	rules: {
		'no-restricted-globals': [
			'error',
			...['setTimeout', 'setInterval', 'setImmediate', 'fetch', 'WebSocket', 'process'].map(
				(name) => ({
					name,
					message: 'Ask a port: core/ports.',
				}),
			),
		],
		'no-restricted-syntax': [
			'error',
			{
				selector: "MemberExpression[object.name='Date'][property.name='now']",
				message: 'Ask the Clock port.',
			},
			{
				selector: "NewExpression[callee.name='Date'][arguments.length=0]",
				message: 'Ask the Clock port.',
			},
			{
				selector: "MemberExpression[object.name='Math'][property.name='random']",
				message: 'Ask the Random port.',
			},
		],
	},
};

const oneImporter = Object.entries(ONE_IMPORTER).map(([name, file]) => ({
	files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
	rules: {
		'no-restricted-imports': ['error', { name, message: `${name} enters through ${file}` }],
	},
}));

export default tseslint.config(
	globalIgnores(['dist', 'coverage', 'test-output', 'node_modules']),
	...n8n,
	{
		files: ['**/*.ts', '**/*.mts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: {
			parserOptions: {
				project: ['./test/tsconfig.json', './scripts/tsconfig.json'],
				tsconfigRootDir: import.meta.dirname,
			},
		},
		rules: {
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-non-null-assertion': 'error',
			'@typescript-eslint/consistent-type-imports': 'error',
			// An interface may be asynchronous where one implementation isn't.
			'@typescript-eslint/require-await': 'off',
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
			],
			'max-lines': ['warn', { max: 330, skipBlankLines: true, skipComments: true }],
		},
	},
	...importDirection,
	...oneImporter,
	noWorld,
	{
		// n8n loads them with the node's description, long before anything runs.
		files: ['nodes/sources/*/index.ts', 'nodes/sources/*.ts'],
		ignores: [
			'nodes/sources/{openPast,openPorts,openRequests,readLive,readSource,rehearse,showOutages}.ts',
		],
		rules: {
			'@typescript-eslint/no-restricted-imports': [
				'error',
				{
					patterns: [
						{
							group: [
								'**/core/**',
								'**/read*',
								'**/openPast',
								'**/openPorts',
								'**/openRequests',
								'**/rehearse',
								'**/showOutages',
							],
							allowTypeImports: true,
							message: 'A face imports nothing heavy; load it when a trigger starts.',
						},
					],
				},
			],
		},
	},
	{
		files: ['test/**/*.ts', 'test/**/*.mts', 'bench/**/*.mts', 'scripts/**/*.mts'],
		rules: {
			// Tests look into what comes back; matchers and JSON are `any`.
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-member-access': 'off',
			'@typescript-eslint/no-unsafe-argument': 'off',
			'@typescript-eslint/no-unsafe-return': 'off',
			'@typescript-eslint/no-unsafe-call': 'off',
			'@typescript-eslint/no-explicit-any': 'off',
			'@typescript-eslint/unbound-method': 'off',
			'@typescript-eslint/no-non-null-assertion': 'off',
			'@typescript-eslint/no-require-imports': 'off',
			'@typescript-eslint/no-base-to-string': 'off',
			'@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
			'max-lines': 'off',
		},
	},
	{
		files: ['nodes/host/ruleParameters.ts', 'nodes/host/conditionRow.ts'],
		rules: {
			// Its lists are made from the catalogue, and json-rules-engine is a name.
			'n8n-nodes-base/node-param-default-missing': 'off',
			'n8n-nodes-base/node-param-description-miscased-json': 'off',
		},
	},
	{
		files: ['nodes/sources/budget.ts'],
		rules: {
			// Its list is a sentence, not a choice of things with ids.
			'n8n-nodes-base/node-param-display-name-wrong-for-dynamic-options': 'off',
			'n8n-nodes-base/node-param-description-wrong-for-dynamic-options': 'off',
			'n8n-nodes-base/node-param-display-name-miscased': 'off',
		},
	},
	{
		files: ['credentials/**/*.ts'],
		rules: {
			// It takes "allowUnauthorizedCerts", a switch, for a secret.
			'@n8n/community-nodes/credential-password-field': 'off',
			// And a webhook's address or an integration's key for none.
			'@n8n/community-nodes/credential-unnecessary-password': 'off',
		},
	},
	{
		files: ['package.json'],
		rules: {
			// We're a self-hosted package: run-time dependencies are the rule engine, mail and templates.
			'@n8n/community-nodes/no-runtime-dependencies': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			'import-x/no-unresolved': 'off',
			// Domain errors become n8n's in one place, nodes/host/nodeErrors.ts; the rule sees one file at a time.
			'@n8n/community-nodes/require-node-api-error': 'off',
		},
	},
);
