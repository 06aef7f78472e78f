import ts from 'typescript';
import tseslint from 'typescript-eslint';

/** What only `tsconfig.tests.json` has: tests, and what only tests import. */
const ofTests = ['**/*.test.ts', 'infra/tidy/*.ts', 'services/collectors/src/**/test-*.ts', 'services/{collectors,scoring}/src/testing/**'];

/**
 * The program of all tests. Beside `project` the linter knows no references, and would hold and infer every package's sources a second time; a program made here reads what was built
 * (`npm run build` first). It is made when the first test is read, so that who lints sources alone pays nothing.
 */
let made;
function testsProgram() {
  if (made === undefined) {
    const { fileNames, options, projectReferences } = ts.getParsedCommandLineOfConfigFile(`${import.meta.dirname}/tsconfig.tests.json`, {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (d) => { throw new Error(ts.flattenDiagnosticMessageText(d.messageText, ' ')); } });
    made = ts.createProgram({ rootNames: fileNames, options, projectReferences, host: ts.createCompilerHost(options, true) });
  }
  return made;
}

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'drill-output/**', '**/*.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: ['models/tsconfig.json', 'services/*/tsconfig.json', 'dashboards/*/tsconfig.json', 'infra/*/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      'no-restricted-properties': ['error',
        { object: 'Date', property: 'now', message: 'Take a Clock.' },
        { object: 'Math', property: 'random', message: 'Take a seeded Rng from @breakwater/models/core.' }],
    },
  },
  { files: ofTests, languageOptions: { parserOptions: { project: null, programs: Object.defineProperty([], 0, { get: testsProgram, enumerable: true }) } } },
  { files: ['**/*.test.ts'], rules: { '@typescript-eslint/no-unused-vars': 'error', '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-member-access': 'off', '@typescript-eslint/unbound-method': 'off' } },
);
