/** Jest runs the TypeScript sources of every package as ES modules: the `source` export condition points at them. */
export default {
  roots: ['<rootDir>/models/src', '<rootDir>/services', '<rootDir>/dashboards', '<rootDir>/infra'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' }, sourceMaps: 'inline' }],
    '^.+\\.tsx$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript', tsx: true }, target: 'es2022', transform: { react: { runtime: 'automatic', importSource: 'preact' } } }, module: { type: 'es6' }, sourceMaps: 'inline' }],
  },
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  testTimeout: 180_000,
  maxWorkers: 2,
  // Modules of ended tests stay in a worker's memory, and collecting garbage takes longer and longer.
  workerIdleMemoryLimit: '1500MB',
  testSequencer: '<rootDir>/infra/dev/long-first.js',
  reporters: ['default', '<rootDir>/infra/dev/totals-reporter.js'],
};
