import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { MeshHost } from '@selvage/device';
import { type Dataset, openThreadNode, type Radio } from '@selvage/thread';
import type { Surface } from '../../../terminal/surface.js';

/** In the house nobody sleeps for long: a new network key need not wait for five minutes until all have it, ms. */
const router = { leastDelay: 1000, leastKeyDelay: 1000 } as const;

/** Forms the network of a dataset, as its leader. @throws SelvageError (rejects) as the node */
export async function openBorderNode(
  { entropy, clock }: Surface,
  { radio, dataset }: { readonly radio: Radio; readonly dataset: Dataset },
): Promise<MeshHost> {
  const home = new LocalKeyHome({ core: nativeCore, entropy });
  const store = new MemoryStore();
  const options = { core: nativeCore, entropy, clock, radio, home, store, dataset };
  const runner = await openThreadNode({ ...options, router });
  runner.run((node, now) => node.lead(now));
  return new MeshHost(runner);
}
