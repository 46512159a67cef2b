import { LogStore } from '@selvage/core/node';
import { describe, expect, it } from 'vitest';
import { PowerLosingDisk } from '../support/power-losing-disk.js';
import { type MakeWorld, powerSuite, PowerWorld, wholeRun } from '../support/power-suite.js';
import { VirtualProcesses } from '../support/processes.js';

/** Processes that lock the store, each of a number that was there before. */
class LogWorld extends PowerWorld {
  readonly #processes = new VirtualProcesses();

  open(): Promise<LogStore> {
    return LogStore.open('/store', { files: this.disk, processes: this.#processes.start(1) });
  }

  override losePower(): void {
    this.#processes.endAll();
    super.losePower();
  }

  override kill(): void {
    this.#processes.endAll();
    super.kill();
  }
}

const make: MakeWorld<LogWorld> = async (cut, seed, options) => {
  const disk = new PowerLosingDisk(options);
  disk.cutBefore = cut;
  return new LogWorld(disk, `cut ${cut}, seed ${seed}`);
};

describe('LogStore on a disk that loses power', () => {
  powerSuite({ make, seedsPerCut: 12, leastOperations: 30 });

  it('leaves one file and its lock, whatever was interrupted', async () => {
    const { operations } = await wholeRun(make);
    for (let cut = 0; cut <= operations; cut++) {
      const world = await make(cut, cut);
      await world.run();
      world.losePower();
      const store = await world.open();
      expect({ cut, files: (await world.disk.list()).sort() }).toEqual({ cut, files: ['lock', 'values.log'] });
      await store.close();
      expect(await world.disk.list()).toEqual(['values.log']);
    }
  });
});
