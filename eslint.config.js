/**
 * The house rules that a machine can check on one file at a time; which package may import which is `tools/layers.mjs`.
 * Formatting belongs to biome. Everything, tests included, is linted with types (`tsconfig.check.json`).
 */
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const sources = ['packages/*/src/**/*.ts'];
/** The edges: where the platform ports meet the platform, and what people start. */
const edges = [
  'packages/core/src/node/**/*.ts',
  'packages/hardware/src/node/**/*.ts',
  'packages/device/src/node/**/*.ts',
  'packages/thread/src/node/**/*.ts',
  'packages/sim/src/node/**/*.ts',
  'packages/cli/src/**/*.ts',
];

const cryptography = {
  regex: '^(node:)?crypto$|^@noble/',
  message: 'Only packages/crypto imports node:crypto or a curve library: ask the CryptoCore.',
};
const platform = {
  regex: '^(node:)?(dgram|net|fs|timers|perf_hooks)(/|$)',
  message: 'An engine is sans-IO: time, sockets and files come through the platform ports.',
};

const syntax = {
  bareError: {
    selector: 'NewExpression[callee.name=/^(Error|TypeError|RangeError)$/]',
    message: 'Use SelvageError or a subclass: an error has a stable code and says whose fault it is.',
  },
  calledError: {
    selector: 'CallExpression[callee.name=/^(Error|TypeError|RangeError)$/]',
    message: 'Use SelvageError or a subclass: an error has a stable code and says whose fault it is.',
  },
  defaultExport: {
    selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
    message: 'No default exports: a thing has one name everywhere.',
  },
  dateWithoutArgument: {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'An engine reads no clock: `now` is an argument.',
  },
};
/** @typedef {{ selector: string, message: string }} Restriction */
/** @type {(...rules: Restriction[]) => { 'no-restricted-syntax': ['error', ...Restriction[]] }} */
const restrictedSyntax = (...rules) => ({ 'no-restricted-syntax': ['error', ...rules] });

const clocks = [
  { object: 'Date', property: 'now', message: 'An engine reads no clock: `now` is an argument.' },
  { object: 'performance', property: 'now', message: 'An engine reads no clock: `now` is an argument.' },
  { object: 'process', property: 'hrtime', message: 'An engine reads no clock: `now` is an argument.' },
  { object: 'Math', property: 'random', message: 'Randomness comes from the Entropy port.' },
];
const timers = ['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
  name,
  message: 'An engine sets no timer: it states its `deadline`, and the Clock port wakes its driver.',
}));
const webCrypto = {
  name: 'crypto',
  message: 'Randomness comes from the Entropy port, cryptography from the CryptoCore.',
};

export default defineConfig(
  globalIgnores(['**/dist/', '**/coverage/', 'docs/api/', '.selvage/']),
  {
    files: ['**/*.{ts,js,mjs}'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: ['tsconfig.check.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Methods of an interface of the house may be async in one implementation and not in another.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
      'no-restricted-imports': ['error', { patterns: [cryptography] }],
      'prefer-const': 'error',
      ...restrictedSyntax(syntax.defaultExport),
    },
  },
  {
    files: sources,
    rules: {
      'max-lines': ['error', 600],
      'no-console': 'error',
      'no-restricted-globals': ['error', webCrypto, ...timers],
      'no-restricted-imports': ['error', { patterns: [cryptography, platform] }],
      'no-restricted-properties': ['error', ...clocks],
      ...restrictedSyntax(syntax.bareError, syntax.calledError, syntax.defaultExport, syntax.dateWithoutArgument),
    },
  },
  {
    files: edges,
    rules: {
      'no-console': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-imports': ['error', { patterns: [cryptography] }],
      'no-restricted-properties': 'off',
      ...restrictedSyntax(syntax.bareError, syntax.calledError, syntax.defaultExport),
    },
  },
  {
    files: ['packages/crypto/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [platform] }] },
  },
  {
    // A test harness and a bench live outside the engines, and measure and drive the platform itself.
    files: ['packages/crypto/test/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    // The configuration files of tools are what their tools ask for: default exports.
    files: ['*.config.{ts,js}'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
