import { describe, expect, test } from 'vitest';
import { checkLayers } from '../layer-rules.mjs';
import table from '../layers.json' with { type: 'json' };
import { layOut } from './workspace.js';

/** A tree that keeps every rule, which each test breaks in one place. */
const cleanTree = {
  'packages/core/package.json': manifest('core', [], { '.': './dist/index.js', './node': './dist/node/index.js' }),
  'packages/core/src/index.ts': "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
  'packages/crypto/package.json': manifest('crypto', ['@selvage/core', '@noble/curves']),
  'packages/crypto/src/index.ts': [
    "import { read } from '@selvage/core';",
    "import { createHash } from 'node:crypto';",
    "import { p256 } from '@noble/curves/nist.js';",
    'export const all = [read, createHash, p256];',
  ].join('\n'),
  'packages/dtls/package.json': manifest('dtls', ['@selvage/core', '@selvage/crypto']),
  'packages/dtls/src/index.ts': "export * from './record/record.js';\n",
  'packages/dtls/src/record/record.ts': "import { entropy } from '@selvage/core/node';\nexport { entropy };\n",
  'packages/coap/package.json': manifest('coap', ['@selvage/core']),
  'packages/coap/src/index.ts': "export { message } from './message.js';\n",
};

function manifest(name: string, dependencies: string[], exports: object = { '.': './dist/index.js' }): object {
  return {
    name: `@selvage/${name}`,
    exports,
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '1.0.0'])),
  };
}

/** What the check says of the clean tree with some files replaced, as `file:line: rule`. */
function said(files: Record<string, string | object>): string[] {
  const root = layOut({ ...cleanTree, ...files });
  return checkLayers(root, table).map(({ file, line, rule }) => `${file}:${line}: ${rule}`);
}

describe('layer check (DESIGN §2): a tree that keeps the rules', () => {
  test('passes', () => {
    expect(said({})).toEqual([]);
  });

  test('may speak of forbidden modules in comments and strings', () => {
    const text = "// import '@selvage/cli';\nexport const words = \"import('@selvage/cli') from 'node:crypto'\";\n";
    expect(said({ 'packages/core/src/words.ts': text })).toEqual([]);
  });
});

describe('layer check (DESIGN §2): an arrow that points up', () => {
  const forms: [string, string][] = [
    ['a static import', "import { x } from '@selvage/dtls';"],
    ['a bare import', "import '@selvage/dtls';"],
    ['a dynamic import', "export const x = () => import('@selvage/dtls');"],
    ['a type import', "import type { X } from '@selvage/dtls';\nexport type Y = X;"],
    ['a type in place', "export type X = import('@selvage/dtls').X;"],
    ['a re-export', "export { x } from '@selvage/dtls';"],
    ['a re-export of all', "export * from '@selvage/dtls';"],
    ['a re-export of types', "export type { X } from '@selvage/dtls';"],
    ['an import assignment', "import x = require('@selvage/dtls');\nexport { x };"],
    ['a require', "export const x = require('@selvage/dtls');"],
    ['a template literal', 'export const x = () => import(`@selvage/dtls`);'],
  ];

  test.each(forms)('is found as %s', (_, statement) => {
    const file = 'packages/core/src/deep/up.ts';
    expect(said({ [file]: `// one line above\n${statement}\n` })).toEqual([
      `${file}:2: core may not import dtls: it imports no package of the house`,
    ]);
  });

  test('is found between siblings, declared or not', () => {
    expect(
      said({
        'packages/coap/package.json': manifest('coap', ['@selvage/core', '@selvage/dtls']),
        'packages/coap/src/index.ts': "export { x } from '@selvage/dtls';\n",
      }),
    ).toEqual([
      'packages/coap/package.json:8: coap may not depend on dtls',
      'packages/coap/src/index.ts:1: coap may not import dtls: it may import core, crypto',
    ]);
  });

  test('is found where site reaches a device, which an operator does not contain', () => {
    const rules = said({
      'packages/site/package.json': manifest('site', ['@selvage/device']),
      'packages/site/src/index.ts': "import '@selvage/device';\n",
      'packages/device/package.json': manifest('device', []),
    });
    expect(rules).toHaveLength(2);
    expect(rules[0]).toBe('packages/site/package.json:7: site may not depend on device');
    expect(rules[1]).toMatch(/^packages\/site\/src\/index\.ts:1: site may not import device: it may import core/);
  });
});

describe('layer check: the console', () => {
  const files = {
    'packages/site/package.json': manifest('site', []),
    'packages/console/package.json': manifest('console', ['@selvage/site']),
  };

  test('may import types of the API', () => {
    const text =
      "import type { A } from '@selvage/site';\nimport { type B } from '@selvage/site';\nexport type C = A | B;\n";
    expect(said({ ...files, 'packages/console/src/index.ts': text })).toEqual([]);
  });

  test('may not import its code', () => {
    const text = "import { serve, type B } from '@selvage/site';\nexport const x: B = serve;\n";
    expect(said({ ...files, 'packages/console/src/index.ts': text })).toEqual([
      'packages/console/src/index.ts:1: console may not import site: it may import type site',
    ]);
  });
});

describe('layer check: the walls of a package', () => {
  const file = 'packages/dtls/src/record/wall.ts';

  test('a relative import may not leave it', () => {
    expect(said({ [file]: "export * from '../../../core/src/index.js';\n" })).toEqual([
      `${file}:1: "../../../core/src/index.js" leaves the package: import it by its name`,
    ]);
  });

  test('nor may it leave the sources for the tests', () => {
    expect(said({ [file]: "export * from '../../test/help.js';\n" })).toEqual([
      `${file}:1: "../../test/help.js" leaves the package: import it by its name`,
    ]);
  });

  test('an import may not reach past the exports', () => {
    expect(said({ [file]: "import '@selvage/core';\nimport '@selvage/core/src/bytes/reader.js';\n" })).toEqual([
      `${file}:2: @selvage/core/src/bytes/reader.js is not among the exports of @selvage/core`,
    ]);
  });

  test('a package does not import itself by name', () => {
    expect(said({ [file]: "import '@selvage/dtls';\n" })).toEqual([
      `${file}:1: dtls imports itself by name: use a relative path`,
    ]);
  });

  test('a computed import is refused, because no one can check it', () => {
    expect(said({ [file]: 'export const load = (name: string) => import(name);\n' })).toEqual([
      `${file}:1: a computed import cannot be checked: name the module`,
    ]);
  });

  test('what is imported is declared', () => {
    const text = "import 'left-pad';\nimport '@scope/thing/deep.js';\nimport '@selvage/crypto';\n";
    const undeclared = { 'packages/dtls/package.json': manifest('dtls', ['@selvage/core']) };
    expect(said({ ...undeclared, [file]: text })).toEqual([
      `${file}:1: left-pad is not among the dependencies in package.json`,
      `${file}:2: @scope/thing is not among the dependencies in package.json`,
      `${file}:3: @selvage/crypto is not among the dependencies in package.json`,
    ]);
  });
});

describe('layer check: circles within a package', () => {
  const [one, other, third] = ['one', 'other', 'third'].map((name) => `packages/dtls/src/record/${name}.ts`) as [
    string,
    string,
    string,
  ];

  test('two files that import each other are refused, of types alone as well', () => {
    const files = {
      [one]: "import { b } from './other.js';\nexport type A = string;\nexport const a = b;\n",
      [other]: "// a line above\nimport type { A } from './one.js';\nexport const b: A = '';\n",
    };
    expect(said(files)).toEqual([
      `${other}:2: closes a circle of imports: record/one.ts → record/other.ts → record/one.ts`,
    ]);
  });

  test('a longer way round is named whole', () => {
    const files = {
      [one]: "export * from './other.js';\n",
      [other]: "export const load = () => import('./third.js');\n",
      [third]: "export { load } from '../record/one.js';\n",
    };
    expect(said(files)).toEqual([
      `${third}:1: closes a circle of imports: record/one.ts → record/other.ts → record/third.ts → record/one.ts`,
    ]);
  });

  test('a file that imports itself is refused', () => {
    expect(said({ [one]: "export * from './one.js';\n" })).toEqual([
      `${one}:1: closes a circle of imports: record/one.ts → record/one.ts`,
    ]);
  });

  test('two ways to one file are no circle', () => {
    const files = {
      [one]: "export * from './other.js';\nexport * from './third.js';\n",
      [other]: "export * from './third.js';\n",
      [third]: 'export const x = 1;\n',
    };
    expect(said(files)).toEqual([]);
  });
});

describe('layer check: one cryptographic core', () => {
  const file = 'packages/dtls/src/cheat.ts';

  test.each(['node:crypto', 'crypto', '@noble/curves/nist.js', '@noble/hashes/sha2.js'])(
    '%s is imported in crypto alone',
    (specifier) => {
      expect(said({ [file]: `import { x } from '${specifier}';\nexport { x };\n` })).toEqual([
        `${file}:1: only crypto imports ${specifier}: ask the CryptoCore`,
      ]);
    },
  );

  test('not even past the import statement', () => {
    expect(said({ [file]: "export const crypto = process.getBuiltinModule('node:crypto');\n" })).toEqual([
      `${file}:1: only crypto imports node:crypto: ask the CryptoCore`,
    ]);
  });

  test('a curve library is a dependency of crypto alone', () => {
    expect(said({ 'packages/coap/package.json': manifest('coap', ['@noble/hashes']) })).toEqual([
      'packages/coap/package.json:7: only crypto depends on @noble/hashes',
    ]);
  });
});

describe('layer check: the table', () => {
  test('a package without a row is refused', () => {
    expect(said({ 'packages/extra/package.json': manifest('extra', []) })).toEqual([
      'packages/extra/package.json:1: extra has no row in tools/layers.json',
    ]);
  });

  test('no row allows a package that allows it back, whatever the way round', () => {
    const rows: Record<string, readonly string[]> = table;
    const reach = (name: string): string[] =>
      (rows[name.replace('type ', '')] ?? []).flatMap((next) => [next.replace('type ', ''), ...reach(next)]);
    expect(Object.keys(rows).filter((name) => reach(name).includes(name))).toEqual([]);
  });
});
