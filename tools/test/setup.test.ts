import { describe, expect, test, vi } from 'vitest';
import { checkNode, isInstalled } from '../setup.mjs';
import { layOut } from './workspace.js';

const wanted = {
  '': { version: '1.0.0' },
  'node_modules/a': { version: '1.2.3' },
  'node_modules/for-another-platform': { version: '1.0.0', optional: true },
  'node_modules/@selvage/core': { link: true },
};
const present = {
  'node_modules/a': { version: '1.2.3' },
  'node_modules/@selvage/core': { link: true },
};

function clone(lock: object, record?: object): string {
  const installed = record === undefined ? {} : { 'node_modules/.package-lock.json': { packages: record } };
  return layOut({ 'package-lock.json': { packages: lock }, ...installed });
}

describe('set-up: whether the dependencies are installed', () => {
  test('a fresh clone has none', () => {
    expect(isInstalled(clone(wanted))).toBe(false);
  });

  test('an install of this lock file is complete without the packages of other platforms', () => {
    expect(isInstalled(clone(wanted, present))).toBe(true);
  });

  test.each([
    ['another version', { ...present, 'node_modules/a': { version: '1.2.4' } }],
    ['a package missing', { 'node_modules/@selvage/core': { link: true } }],
    ['a workspace missing', { 'node_modules/a': { version: '1.2.3' } }],
    ['another version of an optional one', { ...present, 'node_modules/for-another-platform': { version: '2.0.0' } }],
  ])('%s asks for an install', (_, record) => {
    expect(isInstalled(clone(wanted, record))).toBe(false);
  });
});

describe('set-up: the Node it runs on', () => {
  test.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('%s will do', (version) => {
    expect(checkNode(version)).toBe(true);
  });

  test.each(['20.18.3', '18.20.0', '8.17.0'])('%s is refused with the version to get', (version) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      expect(checkNode(version)).toBe(false);
      expect(write).toHaveBeenCalledWith(expect.stringContaining('needs Node 20.19 or newer'));
    } finally {
      write.mockRestore();
    }
  });
});
