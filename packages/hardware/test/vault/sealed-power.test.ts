import { Secret } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { SealedStore } from '@selvage/hardware';
import { FileCounter, SealedLogFile } from '@selvage/hardware/node';
import { describe } from 'vitest';
import { PowerLosingDisk } from '../../../core/test/support/power-losing-disk.js';
import { type MakeWorld, powerSuite, PowerWorld } from '../../../core/test/support/power-suite.js';
import { apply, type Change } from '../../../core/test/support/store-script.js';
import { NonceWitness } from '../support/nonce-witness.js';

/** A disk and a chip, whose counter is at 0 to begin with. */
class SealedWorld extends PowerWorld {
  readonly #witness = new NonceWitness(nativeCore);
  readonly #entropy: SeededEntropy;

  constructor(disk: PowerLosingDisk, name: string) {
    super(disk, name);
    this.#entropy = new SeededEntropy(name);
  }

  async open(): Promise<SealedStore> {
    const counter = await FileCounter.open('/chip/counter', { files: this.disk });
    const file = new SealedLogFile('/flash/store', this.disk);
    const key = Secret.of(new Uint8Array(32).fill(3));
    return SealedStore.open({ core: this.#witness.core, entropy: this.#entropy, file, counter, key });
  }

  override get problems(): readonly string[] {
    return this.#witness.repeated.length === 0 ? [] : ['a nonce was used twice under one key'];
  }
}

const make: MakeWorld<SealedWorld> = async (cut, seed, options) => {
  const world = new SealedWorld(new PowerLosingDisk(options), `cut ${cut}, seed ${seed}`);
  const counter = await FileCounter.create('/chip/counter', { files: world.disk });
  await counter.close();
  world.disk.cutBefore = world.disk.operations + cut;
  return world;
};

/** What the script ends with: it is one of the possible states where it got through. */
const change: Change = ['counter', 5];

describe('SealedStore on a disk that loses power', () => {
  powerSuite({
    make,
    seedsPerCut: 6,
    leastOperations: 40,
    whileRecovering: { act: (store) => apply(store, change), changes: [change] },
  });
});
