import { describe, expect, test } from 'vitest';
import { readJson } from '../json.mjs';

interface Lock {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>;
}

const { packages } = readJson(new URL('../../package-lock.json', import.meta.url)) as Lock;

describe('package-lock.json', () => {
  // A registry that does not carry every platform's binary makes `npm install` leave some out, and `npm ci` then refuses.
  test('names the optional dependencies of every platform, as npm ci asks', () => {
    const paths = Object.keys(packages);
    const named = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
    expect(named.filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });
});
