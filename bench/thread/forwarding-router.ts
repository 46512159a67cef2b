/**
 * A process that is a router and nothing else, for the bench: leads the network of a dataset on the UDP ether, and tells
 * over IPC what it forwarded and what that cost.
 *
 * `node forwarding-router.js <dataset> <port base>`
 */
import { systemEntropy } from '@selvage/core';
import { sweepBuffersInPlace, systemClock } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { Dataset, openThreadNode } from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';

/** What the process has done since it began. */
export interface RouterUsage {
  readonly forwarded: number;
  /** Microseconds, of user and system. */
  readonly cpu: number;
}

// As the `selvage` command does it.
sweepBuffersInPlace();

const [dataset = '', portBase = ''] = process.argv.slice(2);
const router = await openThreadNode({
  core: nativeCore,
  entropy: systemEntropy,
  clock: systemClock,
  radio: await UdpEtherRadio.join({ node: 1, portBase: Number(portBase) }, systemClock),
  home: new LocalKeyHome({ core: nativeCore, entropy: systemEntropy }),
  store: new MemoryStore(),
  dataset: Dataset.parse(dataset),
});
router.run((node, now) => node.lead(now));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const usage: RouterUsage = { forwarded: router.node.traffic.counters.forwarded, cpu: user + system };
  process.send?.(usage);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
