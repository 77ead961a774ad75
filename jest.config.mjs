const shared = {
	testEnvironment: 'node',
	moduleFileExtensions: ['mts', 'ts', 'js', 'mjs', 'cjs', 'json', 'node'],
	transform: {
		'\\.(mts|ts|mjs)$': [
			'@swc/jest',
			{
				jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
				module: { type: 'commonjs', ignoreDynamic: true },
				sourceMaps: 'inline',
			},
		],
	},
	modulePathIgnorePatterns: ['<rootDir>/test/n8n-host/node_modules', '<rootDir>/dist'],
	watchPathIgnorePatterns: ['<rootDir>/test/n8n-host'],
};

const project = (displayName, folders, extra = {}) => ({
	...shared,
	displayName,
	testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.mts`),
	...extra,
});

export default {
	// A loaded machine is slow, not wrong: no test measures time.
	testTimeout: 60_000,
	projects: [
		project('unit', ['core', 'nodes', 'house']),
		project('contract', ['contract']),
		project('conformance', ['conformance']),
		project('engine', ['engine']),
		project('e2e', ['e2e']),
	],
};
