import { describe, expect, it } from 'vitest';
import { compareVersions, parseVersion, versionText } from '../../src/index.js';

describe('a version', () => {
  it.each([
    ['1.2.3+4', { major: 1, minor: 2, revision: 3, build: 4 }],
    ['1.2.3', { major: 1, minor: 2, revision: 3, build: 0 }],
    ['1.2', { major: 1, minor: 2, revision: 0, build: 0 }],
    ['0', { major: 0, minor: 0, revision: 0, build: 0 }],
    ['255.255.65535+4294967295', { major: 255, minor: 255, revision: 65535, build: 4294967295 }],
  ])('%s is read', (text, version) => {
    expect(parseVersion(text)).toEqual(version);
    expect(parseVersion(versionText(version))).toEqual(version);
  });

  it.each([
    '',
    '1.',
    '01.2',
    '1.02.0',
    '1.2+3',
    '1.2.3.4',
    '-1',
    '1.2.3+',
    'v1',
    '256',
    '0.256',
    '0.0.65536',
    '0.0.0+4294967296',
  ])('%s is refused', (text) => {
    expect(() => parseVersion(text)).toThrowError(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it('is ordered by major, minor and revision, and by build only where that is wanted', () => {
    const [old, newer] = [parseVersion('1.2.3+9'), parseVersion('1.3.0')];
    expect(compareVersions(old, newer)).toBeLessThan(0);
    expect(compareVersions(newer, old)).toBeGreaterThan(0);
    expect(compareVersions(old, parseVersion('1.2.3+10'))).toBe(0);
    expect(compareVersions(old, parseVersion('1.2.3+10'), true)).toBeLessThan(0);
  });
});
