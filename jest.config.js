// `Infinity` and `NaN` are read from the global object, which in Jest costs a call each time (infra/dev/fast-environment.js), and cannot be bound to anything else.
const optimizer = { globals: { vars: { Infinity: '1/0', NaN: '0/0' } } };
const swc = (parser, transform) => ['@swc/jest', { jsc: { parser: { syntax: 'typescript', ...parser }, target: 'es2022', transform: { optimizer, ...transform } }, module: { type: 'es6' }, sourceMaps: 'inline' }];

/** Jest runs the TypeScript sources of every package as ES modules: the `source` export condition points at them. */
export default {
  roots: ['<rootDir>/models/src', '<rootDir>/services', '<rootDir>/dashboards', '<rootDir>/infra'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.ts$': swc({}, {}),
    '^.+\\.tsx$': swc({ tsx: true }, { react: { runtime: 'automatic', importSource: 'preact' } }),
  },
  testEnvironment: '<rootDir>/infra/dev/fast-environment.js',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  testTimeout: 180_000,
  maxWorkers: 2,
  // Modules of ended tests stay in a worker's memory, and collecting garbage takes longer and longer.
  workerIdleMemoryLimit: '1500MB',
  testSequencer: '<rootDir>/infra/dev/long-first.js',
  reporters: ['default', '<rootDir>/infra/dev/totals-reporter.js'],
};
