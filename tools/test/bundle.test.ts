import { existsSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { compileFunction } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isFresh } from '../bundle.mjs';
import { allBundles, bundleFolder } from '../bundles.mjs';
import { footprint } from '../footprint.mjs';
import { kindsOf } from '../footprint-kinds.mjs';

/** Other files that a bundle asks for when it is run. */
function requiredBy(name: string): string[] {
  const text = readFileSync(join(bundleFolder, name), 'utf8');
  return [...new Set([...text.matchAll(/\brequire\(["'`]([^"'`]+)["'`]\)/g)].map(([, path = '']) => path))].sort();
}

describe('the firmware', () => {
  it('is one file that needs nothing but cryptography and the reading of addresses', () => {
    expect(existsSync(join(bundleFolder, 'firmware.js'))).toBe(true);
    expect(requiredBy('firmware.js')).toEqual(['node:crypto', 'node:net']);
  });

  it('makes no code of strings, which its world refuses', () => {
    const text = readFileSync(join(bundleFolder, 'firmware.js'), 'utf8');
    expect(text).not.toMatch(/\beval\(|\bnew Function\b/);
  });
});

describe('the secure world', () => {
  it('makes at its start nothing of what a mesh takes: most of its classes are left for then', async () => {
    const { all, made } = await classesOf(join(bundleFolder, 'secure-world.code.cjs'));
    expect(all).toBeGreaterThan(200);
    expect(made).toBeGreaterThan(20);
    expect(made).toBeLessThan(all / 2);
  });
});

/** How many classes a program has, and how many of them are there when it is loaded. */
async function classesOf(filename: string): Promise<{ all: number; made: number }> {
  const code = readFileSync(filename, 'latin1');
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    const load = compileFunction(code, ['exports', 'require'], { filename }) as (
      exports: object,
      require: unknown,
    ) => void;
    load({}, createRequire(import.meta.url));
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const { functions } = result.find(({ url }) => url.endsWith(basename(filename)))!;
    const uncalled = functions.flatMap(({ ranges }) => ranges).filter(({ count }) => count === 0);
    const places = [...code.matchAll(/\bclass\b(?= extends |[ \w$]*\{)/g)].map(({ index }) => index);
    const made = places.filter(
      (at) => !uncalled.some(({ startOffset, endOffset }) => startOffset < at && at < endOffset),
    );
    return { all: places.length, made: made.length };
  } finally {
    session.disconnect();
  }
}

describe('bundles', () => {
  it('are made anew by another Node where they hold what a Node has compiled', () => {
    const fresh = (node?: string) => allBundles.filter((bundle) => isFresh(bundle, node)).map(({ name }) => name);
    expect(fresh()).toEqual(['firmware.js', 'secure-world.cjs', 'vault.cjs']);
    expect(fresh('/opt/another/node')).toEqual(['firmware.js', 'vault.cjs']);
  });
});

describe('the footprint', () => {
  it('is that of all layers, each with its part of the whole', async () => {
    const { layers, bytes, gzipped, wired, kinds, bundles } = await footprint();
    expect(layers.map(({ layer }) => layer)).toEqual([
      'core',
      'crypto',
      'pki',
      'dtls',
      'coap',
      'ocf',
      'thread',
      'hardware',
      'device',
    ]);
    const sum = layers.reduce((all, one) => all + one.bytes, 0);
    expect(Math.abs(sum - bytes)).toBeLessThan(layers.length);
    expect(layers.every((one) => one.bytes > 1000 && one.gzipped < one.bytes)).toBe(true);
    expect(gzipped).toBeLessThan(bytes / 2);
    // The mesh is loaded where there is one.
    expect(wired).toBeLessThan(bytes);
    expect(bytes - wired).toBeGreaterThan(100_000);
    const { names, words, sentences, rest } = kinds;
    expect(names + words + sentences + rest).toBeGreaterThanOrEqual(bytes);
    // What the two worlds share counts once.
    const each = Object.values(bundles);
    expect(bytes).toBeLessThan(each.reduce((all, one) => all + one, 0));
    expect(bytes).toBeGreaterThan(Math.max(...each));
  });
});

describe('what the bytes of code are', () => {
  it('is told apart', () => {
    expect(kindsOf('a.long;({key:"word"});`two ${b} words`;class C{#own(){}}')).toEqual({
      names: 'longkey#own'.length,
      words: 'word'.length,
      sentences: 'two  words'.length,
      rest: 56 - 11 - 4 - 10,
    });
  });
});
