import { describe, expect, it } from 'vitest';
import { FileStore } from '@selvage/core/node';
import { SeededRandom } from '@selvage/core/virtual';
import { PowerLosingDisk } from '../support/power-losing-disk.js';

type Change = readonly [name: string, value: number | undefined];

/** Puts and deletes: first values, replacements, a delete, and a name that comes back. */
const script: readonly Change[] = [
  ['counter', 1],
  ['key', 10],
  ['counter', 2],
  ['key', undefined],
  ['counter', 3],
  ['key', 11],
];
const seedsPerCut = 40;

describe('FileStore on a disk that loses power', () => {
  it('has the old state or the new one after a cut at any operation, and all that was acknowledged', async () => {
    const total = await operationsOf(script);
    expect(total).toBeGreaterThan(25);
    const broken: string[] = [];
    for (let cut = 0; cut <= total; cut++) {
      for (let seed = 0; seed < seedsPerCut; seed++) {
        broken.push(...(await violations(new PowerLosingDisk(), cut, seed)));
      }
    }
    expect(broken).toEqual([]);
  });

  it('would be caught if it did not sync', async () => {
    const total = await operationsOf(script);
    const broken: string[] = [];
    for (let seed = 0; seed < seedsPerCut; seed++) {
      broken.push(...(await violations(new PowerLosingDisk({ lies: true }), total, seed)));
    }
    expect(broken.length).toBeGreaterThan(0);
  });

  it('leaves nothing of an interrupted write lying about', async () => {
    const disk = new PowerLosingDisk();
    const store = await FileStore.open('/store', disk);
    // The power goes between the file's sync and its rename, and every change of a name is kept.
    disk.cutBefore = disk.operations + 3;
    await store.put('a', new Uint8Array(1)).catch(() => undefined);
    disk.powerOn(new SeededRandom(keepsAll));
    expect((await disk.list()).length).toBe(1);
    const again = await FileStore.open('/store', disk);
    expect([await again.names(), await disk.list()]).toEqual([[], []]);
  });
});

/** A seed whose first draw makes the disk keep all changes. */
const keepsAll = Array.from({ length: 100 }, (_, seed) => seed).find((seed) => new SeededRandom(seed).chance(0.2))!;

async function operationsOf(changes: readonly Change[]): Promise<number> {
  const disk = new PowerLosingDisk();
  const store = await FileStore.open('/store', disk);
  for (const change of changes) await apply(store, change);
  return disk.operations;
}

/** Runs the script into a power cut, and says what a store opened afterwards has that it should not. */
async function violations(disk: PowerLosingDisk, cut: number, seed: number): Promise<string[]> {
  disk.cutBefore = cut;
  const acknowledged = new Map<string, number | undefined>();
  let interrupted: Change | undefined;
  try {
    const store = await FileStore.open('/store', disk);
    for (const change of script) {
      interrupted = change;
      await apply(store, change);
      acknowledged.set(...change);
    }
    interrupted = undefined;
  } catch {
    // The power is off.
  }
  disk.powerOn(new SeededRandom(`${cut}/${seed}`));

  const store = await FileStore.open('/store', disk);
  const found: string[] = [];
  for (const name of ['counter', 'key']) {
    const allowed: unknown[] = [acknowledged.get(name), ...(interrupted?.[0] === name ? [interrupted[1]] : [])];
    const value = valueOf(await store.get(name));
    if (!allowed.includes(value)) found.push(`cut ${cut}, seed ${seed}: ${name} is ${value}, not ${allowed.join()}`);
    if ((value !== undefined) !== (await store.names()).includes(name)) found.push(`cut ${cut}: names lie`);
  }
  return found;
}

function apply(store: FileStore, [name, value]: Change): Promise<void> {
  return value === undefined ? store.delete(name) : store.put(name, new Uint8Array(100).fill(value));
}

function valueOf(bytes: Uint8Array | undefined): number | string | undefined {
  if (bytes === undefined) return undefined;
  const whole = bytes.length === 100 && bytes.every((byte) => byte === bytes[0]);
  return whole ? bytes[0] : `torn (${bytes.length} bytes)`;
}
