import { SelvageError } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { MeshHost } from '@selvage/device';
import { type Dataset, openThreadNode } from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import type { Surface } from '../../../terminal/surface.js';

/** Ethers that shows take: their ports are above those of OpenThread's tests, and below those that this host hands out. */
const [firstOffset, offsets] = [300, 390] as const;
/** The number of the border node on its ether. */
export const borderNumber = 1;

/** A border node, and the ether that it is on. */
export interface BorderNode {
  readonly host: MeshHost;
  readonly offset: number;
}

/**
 * Forms the network of a dataset on an ether, as its leader.
 * @param wanted the ether; one that nobody is on where it is left out
 * @throws SelvageError (rejects) `address-in-use`, `value-out-of-range`, `port-failed`
 */
export async function openBorderNode(surface: Surface, dataset: Dataset, wanted?: number): Promise<BorderNode> {
  const { entropy, clock } = surface;
  const { radio, offset } = wanted === undefined ? await freeEther(surface) : await join(surface, wanted);
  const home = new LocalKeyHome({ core: nativeCore, entropy });
  const store = new MemoryStore();
  const runner = await openThreadNode({ core: nativeCore, entropy, clock, radio, home, store, dataset });
  runner.run((node, now) => node.lead(now));
  return { host: new MeshHost(runner), offset };
}

interface Joined {
  readonly radio: UdpEtherRadio;
  readonly offset: number;
}

async function join({ clock }: Surface, offset: number): Promise<Joined> {
  return { radio: await UdpEtherRadio.join({ node: borderNumber, portOffset: offset }, clock), offset };
}

async function freeEther(surface: Surface): Promise<Joined> {
  const drawn = new Uint8Array(2);
  surface.entropy.fill(drawn);
  const start = ((drawn[0] as number) << 8) | (drawn[1] as number);
  for (let at = 0; at < offsets; at++) {
    try {
      return await join(surface, firstOffset + ((start + at) % offsets));
    } catch (error) {
      if (!(error instanceof SelvageError) || error.code !== 'address-in-use') throw error;
    }
  }
  throw new SelvageError('address-in-use', 'there is a show on every ether');
}
