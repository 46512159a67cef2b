import { spawnSync } from 'node:child_process';
import { sweepBuffersInPlace } from '@selvage/core/node';
import { describe, expect, it } from 'vitest';

/** Starts Node with a V8 flag; it refuses one that it does not know. */
function startWith(flag: string) {
  return spawnSync(process.execPath, [flag, '-e', ''], { encoding: 'utf8' }).status;
}

describe('sweepBuffersInPlace', () => {
  it('sets a flag that this V8 knows', () => {
    const [flag = ''] = /--no-[a-z-]+/.exec(sweepBuffersInPlace.toString()) ?? [];
    expect(startWith(flag)).toBe(0);
    expect(startWith(`${flag}-at-all`)).not.toBe(0);
    expect(() => sweepBuffersInPlace()).not.toThrow();
  });
});
