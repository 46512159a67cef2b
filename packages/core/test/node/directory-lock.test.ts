import { LogStore, type Processes, systemProcesses } from '@selvage/core/node';
import { outcomeOfPromise } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { PowerLosingDisk } from '../support/power-losing-disk.js';
import { VirtualProcesses } from '../support/processes.js';

const open = (files: PowerLosingDisk, processes: Processes): Promise<LogStore> =>
  LogStore.open('/store', { files, processes });

describe('the lock of a directory', () => {
  it('of a living process is respected, and its number told', async () => {
    const [disk, machine] = [new PowerLosingDisk(), new VirtualProcesses()];
    await open(disk, machine.start(41));
    await expect(open(disk, machine.start(42))).rejects.toMatchObject({
      code: 'store-in-use',
      message: 'process 41 has locked /store/lock',
      details: { pid: 41 },
    });
  });

  it('of a dead process is taken over, also by one that has its number', async () => {
    const [disk, machine] = [new PowerLosingDisk(), new VirtualProcesses()];
    const first = machine.start(7);
    await (await open(disk, first)).put('a', Uint8Array.of(1));
    machine.end(first);
    const store = await open(disk, machine.start(7));
    expect(await store.get('a')).toEqual(Uint8Array.of(1));
    expect((await disk.list()).sort()).toEqual(['lock', 'values.log']);
  });

  it('that was taken over is not released by who had it', async () => {
    const [disk, machine] = [new PowerLosingDisk(), new VirtualProcesses()];
    const first = machine.start(1);
    const forgotten = await open(disk, first);
    machine.end(first);
    await open(disk, machine.start(2));
    await forgotten.close();
    expect(await outcomeOfPromise(open(disk, machine.start(3)))).toBe('store-in-use');
  });

  it('that says nothing is respected, with what can be done', async () => {
    for (const text of ['', 'me', '{}', '{"pid":"1","started":"0","nonce":"0"}']) {
      const disk = new PowerLosingDisk();
      await disk.createFile('/store/lock', new TextEncoder().encode(text));
      await expect(open(disk, new VirtualProcesses().start(1))).rejects.toMatchObject({
        code: 'store-in-use',
        remedy: expect.stringContaining('Remove the file') as string,
      });
    }
  });

  it('goes to one of many that want that of a dead process at once (100 seeds)', async () => {
    for (let seed = 0; seed < 100; seed++) {
      const machine = new VirtualProcesses();
      const disk = new SlowDisk(new SeededRandom(seed));
      const dead = machine.start(1);
      await open(disk, dead);
      machine.end(dead);
      const contenders = Array.from({ length: 4 }, (_, i) => open(disk, machine.start(10 + i)));
      const outcomes = await Promise.all(contenders.map(outcomeOfPromise));
      // Whoever waits for another to remove the dead one's lock may be refused too; nobody is let in beside another.
      expect({ seed, others: outcomes.filter((outcome) => !['returned', 'store-in-use'].includes(outcome)) }).toEqual({
        seed,
        others: [],
      });
      expect({ seed, holders: outcomes.filter((outcome) => outcome === 'returned').length }).toEqual({
        seed,
        holders: 1,
      });
    }
  });

  it('is free after processes that died while they took it, at every operation', async () => {
    for (let cut = 0; cut < 25; cut++) {
      const [disk, machine] = [new PowerLosingDisk(), new VirtualProcesses()];
      const dead = machine.start(1);
      await open(disk, dead);
      machine.end(dead);
      for (const later of [0, 3]) {
        const taker = machine.start(2);
        disk.cutBefore = disk.operations + cut + later;
        await open(disk, taker).catch(() => undefined);
        machine.end(taker);
        disk.restart();
      }
      await open(disk, machine.start(3));
      const left = (await disk.list()).filter((entry) => disk.peek(`/store/${entry}`).length > 0);
      expect({ cut, left: left.sort() }).toEqual({ cut, left: ['lock', 'values.log'] });
    }
  });
});

describe('the processes of this machine', () => {
  it('have this one among them, and not one of its number that started at another time', () => {
    const { own } = systemProcesses;
    expect([own.pid, own]).toEqual([process.pid, systemProcesses.own]);
    expect(systemProcesses.isAlive(own)).toBe(true);
    expect(systemProcesses.isAlive({ ...own, started: 'long ago' })).toBe(false);
    expect(systemProcesses.isAlive({ pid: 2 ** 22 + 1, started: own.started })).toBe(false);
  });
});

/** A disk whose operations take turns of random length. */
class SlowDisk extends PowerLosingDisk {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    super();
    this.#random = random;
  }

  override async link(from: string, to: string): Promise<boolean> {
    await this.#wait();
    return super.link(from, to);
  }

  override async read(path: string): Promise<Uint8Array | undefined> {
    await this.#wait();
    const bytes = await super.read(path);
    await this.#wait();
    return bytes;
  }

  override async remove(path: string): Promise<void> {
    await this.#wait();
    return super.remove(path);
  }

  async #wait(): Promise<void> {
    for (let turns = this.#random.below(30); turns > 0; turns--) await Promise.resolve();
  }
}
