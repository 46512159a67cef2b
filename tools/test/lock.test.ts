import { describe, expect, test } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };

const packages: Record<string, { optionalDependencies?: Record<string, string> }> = lock.packages;

describe('package-lock.json', () => {
  // A registry that does not carry every platform's binary makes `npm install` leave some out, and `npm ci` then refuses.
  test('names the optional dependencies of every platform, as npm ci asks', () => {
    const paths = Object.keys(packages);
    const named = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
    expect(named.filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });
});
