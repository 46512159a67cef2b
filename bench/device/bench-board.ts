/** A device on a board for a measurement, made once and switched on as often as it is asked for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemEntropy } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { LocalKeyHome, nativeCore as core } from '@selvage/crypto';
import { type BoardNews, BoardProcess, firmwarePayload, provisionBoard } from '@selvage/device/node';
import { imageSigner, parseVersion, signImage } from '@selvage/hardware';

/** Ports of the groups that no site uses. */
const network = `loopback:${20_000 + (process.pid % 10_000)}`;

/** A moment at which a board said something, ms. */
export interface Heard {
  readonly at: number;
  readonly news: BoardNews;
}

export class BenchBoard {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<BenchBoard> {
    const folder = mkdtempSync(join(tmpdir(), 'selvage-bench-board-'));
    const keys = new LocalKeyHome({ core, entropy: systemEntropy });
    const signer = imageSigner(keys, await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] }));
    const image = await signImage(firmwarePayload('1.0.0'), { core, version: parseVersion('1.0.0'), signer });
    await provisionBoard(join(folder, 'board'), {
      description: { kind: 'light', name: 'bench', methods: ['just-works'] },
      rootKeys: [signer.publicKey],
      image,
      entropy: systemEntropy,
      // Nobody asks this one to attest.
      certifyAttestation: () => Promise.resolve([Uint8Array.of(0)]),
    });
    return new BenchBoard(folder);
  }

  /** Switches it on; whoever closes the process switches it off. */
  switchOn(onNews: (heard: Heard) => void): BoardProcess {
    const board = new BoardProcess({
      clock: systemClock,
      folder: join(this.#folder, 'board'),
      interface: network,
    });
    board.onNews((news) => onNews({ at: performance.now(), news }));
    return board;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
