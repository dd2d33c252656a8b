// Unit, contract and in-process workflow tests; the real n8n is driven by `npm run e2e`.
module.exports = {
	testEnvironment: 'node',
	// Servers on loopback take their time on a busy machine; a test that hangs is found all the same.
	testTimeout: 30_000,
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
	setupFiles: ['<rootDir>/test/setup.ts'],
	transform: {
		'^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/test/tsconfig.json' }],
		// It's ESM only, which Node can require and jest can't.
		'/trading-signals/.+\\.js$': [
			'ts-jest',
			{ tsconfig: { allowJs: true, module: 'commonjs', target: 'es2023' }, diagnostics: false },
		],
	},
	transformIgnorePatterns: ['/node_modules/(?!trading-signals/)'],
};
