import { toHex } from '@selvage/core';
import { LogStore } from '@selvage/core/node';
import { outcomeOfPromise } from '@selvage/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { contentLength } from '../../src/node/log-format.js';
import { PowerLosingDisk } from '../support/power-losing-disk.js';
import { VirtualProcesses } from '../support/processes.js';

const path = '/store/values.log';
const headerLength = 24;
let log: Uint8Array;
/** Where each frame ends, and what the values are from there on. */
let frames: { end: number; values: string }[];

beforeAll(async () => {
  const { disk, store } = await opened();
  frames = [{ end: logOf(disk).length, values: '' }];
  const changes = [
    ['a', [1]],
    ['b', [1, 2, 3]],
    ['a', undefined],
    ['c', []],
    ['b', Array(30).fill(9)],
  ] as const;
  for (const [name, value] of changes) {
    await (value ? store.put(name, Uint8Array.from(value)) : store.delete(name));
    frames.push({ end: logOf(disk).length, values: await shown(store) });
  }
  log = logOf(disk);
  await store.close();
});

describe('a log that ends early', () => {
  it('has the frames before, and says how many bytes it dropped: cut at every byte', async () => {
    expect(frames.at(-1)?.end).toBe(log.length);
    for (let length = headerLength; length <= log.length; length++) {
      const { store } = await opened(log.subarray(0, length));
      const last = frames.findLast(({ end }) => end <= length)!;
      expect({ length, values: await shown(store) }).toEqual({ length, values: last.values });
      const dropped = Math.max(0, contentLength(log.subarray(0, length)) - last.end);
      expect({ length, dropped: store.droppedBytes }).toEqual({ length, dropped });
      await store.close();
    }
  });

  it('is written anew then, so that nothing dropped is met again', async () => {
    const { disk, store } = await opened(log.subarray(0, -1));
    await store.put('d', new Uint8Array(1));
    const again = await opened(disk.peek(path));
    expect([await shown(again.store), again.store.droppedBytes]).toEqual([await shown(store), 0]);
  });

  it('is no log without its whole header, and is told', async () => {
    for (let length = 0; length < headerLength; length++) {
      expect(await outcomeOfPromise(opened(log.subarray(0, length)))).toBe('store-failed');
    }
  });
});

describe('a log with zeros behind it', () => {
  it('is read as without them, and written over them', async () => {
    const { disk, store } = await opened(padded(log, 500));
    expect([await shown(store), store.droppedBytes]).toEqual([frames.at(-1)!.values, 0]);
    await store.put('d', Uint8Array.of(1));
    expect([disk.peek(path).length, toHex(disk.peek(path).subarray(0, log.length))]).toEqual([
      log.length + 500,
      toHex(log),
    ]);
    expect(await shown((await opened(disk.peek(path))).store)).toBe(await shown(store));
  });

  it('has the frames before where a frame among them is not whole: zeros from every byte on', async () => {
    for (let length = headerLength; length < log.length; length++) {
      const { store } = await opened(padded(log.subarray(0, length), log.length - length + 700));
      const last = frames.findLast(({ end }) => contentLength(log.subarray(0, end)) <= length)!;
      expect({ length, values: await shown(store) }).toEqual({ length, values: last.values });
    }
  });

  it('is told where zeros took the place of a frame before others', async () => {
    for (let i = 0; i + 2 < frames.length; i++) {
      const damaged = padded(log, 100).fill(0, frames[i]!.end, frames[i + 1]!.end);
      expect({ i, outcome: await outcomeOfPromise(opened(damaged)) }).toEqual({ i, outcome: 'store-failed' });
    }
  });

  it('makes its file longer when there are no more of them', async () => {
    const { disk, store } = await opened(padded(log, 50));
    await store.put('large', new Uint8Array(3000).fill(7));
    const { length } = disk.peek(path);
    expect(length).toBeGreaterThan(logOf(disk).length + 10_000);
    await store.put('small', Uint8Array.of(1));
    expect(disk.peek(path).length).toBe(length);
    expect(await shown((await opened(disk.peek(path))).store)).toBe(await shown(store));
  });
});

describe('a log with a byte changed', () => {
  it('is told, unless that is in the last frame, which a crash can have cut: every byte', async () => {
    const lastFrame = frames.at(-2)!;
    for (let at = 0; at < log.length; at++) {
      const damaged = log.map((byte, i) => (i === at ? byte ^ 0x40 : byte));
      if (at < lastFrame.end) {
        const outcome = await outcomeOfPromise(opened(damaged));
        expect({ at, outcome }).toEqual({ at, outcome: 'store-failed' });
        continue;
      }
      const { store } = await opened(damaged);
      expect({ at, values: await shown(store) }).toEqual({ at, values: lastFrame.values });
    }
  });

  it('is told wherever that is, where the file was made with all it has', async () => {
    // Cut off, it is written anew.
    const { disk } = await opened(log.subarray(0, -1));
    const anew = logOf(disk);
    expect(await outcomeOfPromise(opened(anew.subarray(0, -1)))).toBe('store-failed');
    for (let at = 0; at < anew.length; at++) {
      const outcome = await outcomeOfPromise(opened(anew.map((byte, i) => (i === at ? byte ^ 0x40 : byte))));
      expect({ at, outcome }).toEqual({ at, outcome: 'store-failed' });
    }
  });

  it('says where, and what can be done', async () => {
    const damaged = log.map((byte, i) => (i === headerLength + 17 ? byte ^ 1 : byte));
    await expect(opened(damaged)).rejects.toMatchObject({
      details: { offset: headerLength },
      remedy: expect.stringContaining('backup') as string,
    });
  });

  it('is left as it is', async () => {
    const disk = new PowerLosingDisk();
    const damaged = log.map((byte, i) => (i === headerLength ? byte ^ 1 : byte));
    await disk.createFile(path, damaged);
    const processes = new VirtualProcesses().start(1);
    expect(await outcomeOfPromise(LogStore.open('/store', { files: disk, processes }))).toBe('store-failed');
    expect([toHex(disk.peek(path)), await disk.list()]).toEqual([toHex(damaged), ['values.log']]);
  });
});

describe('a log with a frame missing, twice, or at another place', () => {
  const without = (i: number): number[] => [...log.subarray(0, frames[i]!.end), ...log.subarray(frames[i + 1]!.end)];

  it('is told, unless it is the last one that is missing', async () => {
    for (let i = 0; i + 2 < frames.length; i++) {
      expect({ i, outcome: await outcomeOfPromise(opened(Uint8Array.from(without(i)))) }).toEqual({
        i,
        outcome: 'store-failed',
      });
    }
  });

  it('is told for each frame that comes again at the end', async () => {
    for (let i = 0; i + 1 < frames.length; i++) {
      const again = Uint8Array.from([...log, ...log.subarray(frames[i]!.end, frames[i + 1]!.end)]);
      expect({ i, outcome: await outcomeOfPromise(opened(again)) }).toEqual({ i, outcome: 'store-failed' });
    }
  });

  it('reads no frame of another log', async () => {
    const { store, disk } = await opened();
    for (let i = 0; i < 8; i++) await store.put('z', Uint8Array.of(i));
    const foreign = logOf(disk).subarray(frames[0]!.end);
    const { store: mixed } = await opened(Uint8Array.from([...log.subarray(0, frames[1]!.end), ...foreign]));
    // No frame of this log: so it is what an addition that was cut off can look like.
    expect(await shown(mixed)).toBe(frames[1]!.values);
  });
});

describe('a value that looks like a log', () => {
  it('cannot make a cut frame look like damage, nor be read as changes', async () => {
    const { disk, store } = await opened(log);
    const before = await shown(store);
    // A stranger's value that holds this very log, as one who can read everything but the salt of the next might send.
    await store.put('evil', log);
    const whole = logOf(disk);
    for (let length = log.length; length < whole.length; length++) {
      const again = await opened(whole.subarray(0, length));
      expect({ length, values: await shown(again.store) }).toEqual({ length, values: before });
    }
  });
});

/** The log in a disk's file, without the zeros behind it. */
function logOf(disk: PowerLosingDisk): Uint8Array {
  const bytes = disk.peek(path);
  const lengthAt = (at: number): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
  let end = headerLength;
  while (end + 16 <= bytes.length && lengthAt(end) > 0) end += 16 + lengthAt(end);
  return bytes.slice(0, end);
}

function padded(bytes: Uint8Array, zeros: number): Uint8Array {
  return Uint8Array.from([...bytes, ...new Uint8Array(zeros)]);
}

/** A store on a disk that has this log, or none. */
async function opened(bytes?: Uint8Array): Promise<{ disk: PowerLosingDisk; store: LogStore }> {
  const disk = new PowerLosingDisk();
  if (bytes) await disk.createFile(path, bytes);
  return { disk, store: await LogStore.open('/store', { files: disk, processes: new VirtualProcesses().start(1) }) };
}

async function shown(store: LogStore): Promise<string> {
  const names = await store.names();
  const values = await Promise.all(names.map(async (name) => `${name}=${toHex((await store.get(name))!)}`));
  return values.join(' ');
}
