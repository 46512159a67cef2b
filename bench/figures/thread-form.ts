/** How long a fresh node takes to lead a network of its own, in real time. */
import { systemEntropy, toHex } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { generateDataset, openThreadNode, type ThreadNode } from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import type { Figure, PeerMeasured } from '../figure.js';
import { etherPortBase as portBase, openThreadFolder, OpenThreadNode } from '../peers/open-thread-node.js';

const [looks, commands] = [3, 9] as const;

/**
 * As OpenThread does it: nobody answers six Parent Requests, which are 6.5 s by the chapter (Thread 1.3 §4.5.1), and then it
 * leads. The goal has room for what six timers are late.
 */
const form: Figure = {
  name: 'thread.form',
  work: 'fresh node to leader of its own partition, having looked for others; wall time',
  unit: 's',
  atMost: 6.5,
  measure: async () => {
    const value = (await often(looks, (node, now) => node.attach(now))) / 1000;
    const measured = { value, n: looks };
    return openThreadFolder === undefined ? { measured } : { measured, peer: await formTheirs() };
  },
};

const lead: Figure = {
  name: 'thread.form.asked',
  work: 'the same, when it is told to lead',
  unit: 'ms',
  atMost: 50,
  measure: async () => ({ measured: { value: await often(commands, (node, now) => node.lead(now)), n: commands } }),
};

export const threadForm: readonly Figure[] = [form, lead];

async function often(times: number, begin: (node: ThreadNode, now: number) => void): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) taken.push(await once(begin));
  return median(taken);
}

/** From before the node is opened to its role. */
async function once(begin: (node: ThreadNode, now: number) => void): Promise<number> {
  const dataset = generateDataset({ core: nativeCore, entropy: systemEntropy });
  const radio = await UdpEtherRadio.join({ node: 1, portBase }, systemClock);
  const home = new LocalKeyHome({ core: nativeCore, entropy: systemEntropy });
  const begun = performance.now();
  const runner = await openThreadNode({
    core: nativeCore,
    entropy: systemEntropy,
    clock: systemClock,
    radio,
    home,
    store: new MemoryStore(),
    dataset,
    child: { full: true },
    router: { formsPartition: true },
  });
  const isLeader = new Promise<void>((resolve) => {
    runner.onEvent((event) => {
      if (event.kind === 'role' && event.role === 'leader') resolve();
    });
  });
  runner.run(begin);
  await isLeader;
  const took = performance.now() - begun;
  await runner.stop();
  return took;
}

/** From `thread start` until its state says so. */
async function formTheirs(): Promise<PeerMeasured> {
  const hex = toHex(generateDataset({ core: nativeCore, entropy: systemEntropy }).encode());
  const taken: number[] = [];
  for (let i = 0; i < looks; i++) {
    const node = new OpenThreadNode('ot-cli-ftd', 1);
    await node.all(`dataset set active ${hex}`, 'ifconfig up');
    const begun = performance.now();
    await node.run('thread start');
    await node.becomes('leader');
    taken.push(performance.now() - begun);
    await node.stop();
  }
  return { value: median(taken) / 1000, n: looks, name: 'OpenThread ot-cli-ftd' };
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] as number;
}
