import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';

// Under CI=true typescript-eslint takes it that files are linted once, from disk, and would not see the texts given here.
process.env['TSESTREE_SINGLE_RUN'] = 'false';

const root = fileURLToPath(new URL('../..', import.meta.url));
const eslint = new ESLint({ cwd: root });

/** The rules that a text breaks where it stands in the place of one of the house's files. */
async function brokenRules(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: `${root}${file}` });
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
}

const engine = 'packages/core/src/ports.ts';
const edge = 'packages/core/src/node/clock.ts';
const suite = 'tools/test/lint.test.ts';

describe('lint: an engine (DESIGN §3)', () => {
  test.each([
    ['reads no clock', 'export const x = Date.now();', 'no-restricted-properties'],
    ['reads no precise clock', 'export const x = performance.now();', 'no-restricted-properties'],
    ['asks for no date of today', 'export const x = new Date();', 'no-restricted-syntax'],
    ['draws no randomness', 'export const x = Math.random();', 'no-restricted-properties'],
    ['draws no randomness from WebCrypto', 'export const x = crypto.randomUUID();', 'no-restricted-globals'],
    ['sets no timer', 'setTimeout(() => undefined, 1);', 'no-restricted-globals'],
    ['opens no socket', "export { createSocket } from 'node:dgram';", 'no-restricted-imports'],
    ['opens no file', "export { open } from 'node:fs/promises';", 'no-restricted-imports'],
    ['leaves cryptography to the core', "export { createHash } from 'node:crypto';", 'no-restricted-imports'],
    ['leaves curves to the core', "export { p256 } from '@noble/curves/nist.js';", 'no-restricted-imports'],
    ['throws no bare error', "throw new Error('x');", 'no-restricted-syntax'],
    ['throws no bare TypeError', "throw TypeError('x');", 'no-restricted-syntax'],
    ['rejects with no bare error', "export const x = Promise.reject(new RangeError('x'));", 'no-restricted-syntax'],
    ['prints nothing', "console.log('x');", 'no-console'],
  ])('%s', async (_, text, rule) => {
    expect(await brokenRules(engine, text)).toContain(rule);
  });

  test('may import the cryptographic core', async () => {
    expect(await brokenRules(engine, "export { nativeCore } from '@selvage/crypto';\n")).toEqual([]);
  });
});

describe('lint: the edge, where ports meet the platform', () => {
  test('has clocks, timers and sockets', async () => {
    const text =
      "export { createSocket } from 'node:dgram';\nexport const x = [Date.now(), setTimeout(() => undefined, 1)];\n";
    expect(await brokenRules(edge, text)).toEqual([]);
  });

  test('has neither cryptography nor bare errors', async () => {
    const text = "import { createHash } from 'node:crypto';\nthrow new Error(String(createHash));\n";
    expect(await brokenRules(edge, text)).toEqual(['no-restricted-imports', 'no-restricted-syntax']);
  });
});

describe('lint: everything, tests included', () => {
  test.each([
    ['a floating promise', 'async function f() {}\nf();', '@typescript-eslint/no-floating-promises'],
    ['a promise for a callback', '[1].forEach(async () => {});', '@typescript-eslint/no-misused-promises'],
    ['any', 'export const x: any = 1;', '@typescript-eslint/no-explicit-any'],
    [
      'a switch that forgets a case',
      "export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1; } return 2; }",
      '@typescript-eslint/switch-exhaustiveness-check',
    ],
    [
      'an import of a type as if it were a value',
      "import { TestContext } from 'vitest';\nexport type X = TestContext;",
      '@typescript-eslint/consistent-type-imports',
    ],
    ['a default export', 'export default 1;', 'no-restricted-syntax'],
  ])('refuses %s', async (_, text, rule) => {
    expect(await brokenRules(suite, text)).toContain(rule);
  });
});
