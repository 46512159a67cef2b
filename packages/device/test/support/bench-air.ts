import { SelvageError } from '@selvage/core';
import { addressResolver } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome } from '@selvage/crypto';
import { type Dataset, generateDataset, openThreadNode } from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import { MeshHost } from '../../src/index.js';
import type { OwnerPorts } from './home-owner.js';
import { platform } from './memory-board.js';

/** A network on an ether of its own, with its border node. */
export class BenchAir {
  readonly host: MeshHost;
  readonly offset: number;
  readonly dataset: Dataset;
  #nodes = 1;

  private constructor(host: MeshHost, offset: number, dataset: Dataset) {
    this.host = host;
    this.offset = offset;
    this.dataset = dataset;
  }

  static async open(): Promise<BenchAir> {
    const dataset = generateDataset(platform);
    const { radio, offset } = await freeEther(100 + (process.pid % 150));
    const [home, store] = [new LocalKeyHome(platform), new MemoryStore()];
    const runner = await openThreadNode({ ...platform, radio, home, store, dataset });
    runner.run((node, now) => node.lead(now));
    return new BenchAir(new MeshHost(runner), offset, dataset);
  }

  /** Where the next radio is. */
  place(): { readonly offset: number; readonly node: number } {
    return { offset: this.offset, node: ++this.#nodes };
  }

  /** What an owner has of it, at the border node. */
  get ports(): OwnerPorts {
    const { host } = this;
    return { plain: host.open(), secured: host.open(), groups: [host.group], resolve: addressResolver(host.facts) };
  }

  close(): Promise<void> {
    return this.host.runner.stop();
  }
}

async function freeEther(offset: number): Promise<{ readonly radio: UdpEtherRadio; readonly offset: number }> {
  try {
    return { radio: await UdpEtherRadio.join({ node: 1, portOffset: offset }, platform.clock), offset };
  } catch (error) {
    if (!(error instanceof SelvageError) || error.code !== 'address-in-use' || offset > 290) throw error;
    return freeEther(offset + 1);
  }
}
