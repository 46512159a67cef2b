/** A Thread node as a whole: how long a child takes to its parent, in real time, and what one weighs. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SelvageError, systemEntropy, toHex } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { type Dataset, generateDataset, type NodeRunner, openThreadNode } from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import type { Figure, Measured, PeerMeasured } from '../figure.js';
import { etherPortBase as portBase, openThreadFolder, OpenThreadNode } from '../peers/open-thread-node.js';

const children = 250;
const attaches = 9;

const attach: Figure = {
  name: 'thread.attach',
  work: 'start to child on the UDP ether, wall time, our leader',
  unit: 'ms',
  atMost: 800,
  measure: async () => {
    const dataset = generateDataset({ core: nativeCore, entropy: systemEntropy });
    const leader = await open(1, dataset);
    leader.run((node, now) => node.lead(now));
    const measured = await attachOften(dataset);
    await leader.stop();
    return { measured };
  },
};

const attachToOpenThread: Figure = {
  name: 'thread.attach.openthread',
  work: 'the same, to a leader of OpenThread; beside it its own child',
  unit: 'ms',
  atMost: 800,
  measure: async () => {
    const dataset = generateDataset({ core: nativeCore, entropy: systemEntropy });
    const hex = toHex(dataset.encode());
    const leader = new OpenThreadNode('ot-cli-ftd', 1);
    await leader.all(`dataset set active ${hex}`, 'ifconfig up', 'thread start', 'state leader');
    await leader.becomes('leader');
    const measured = await attachOften(dataset);
    const peer = await attachTheirs(hex);
    await leader.stop();
    return { measured, peer };
  },
};

const weight: Figure = {
  name: 'thread.node-memory',
  work: `resident memory after collection ÷ ${children} children in one process, half of them asleep`,
  unit: 'KiB',
  atMost: 300,
  measure: () => {
    const scale = fileURLToPath(new URL('../thread/node-scale.js', import.meta.url));
    const words = ['--expose-gc', scale, String(children)];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    if (status !== 0) throw new SelvageError('wrong-state', `the scale failed: ${stderr}`);
    const note = 'growth over a process with a leader and 10 children; ether, stores and key homes included';
    return { measured: { value: Number(stdout) / 1024, n: children, note } };
  },
};

export const threadNode: readonly Figure[] = [
  attach,
  ...(openThreadFolder === undefined ? [] : [attachToOpenThread]),
  weight,
];

async function attachOften(dataset: Dataset): Promise<Measured> {
  const times: number[] = [];
  for (let i = 0; i < attaches; i++) {
    const child = await open(9, dataset);
    const begun = performance.now();
    const attached = new Promise<void>((resolve) => {
      child.onEvent((event) => {
        if (event.kind === 'role' && event.role === 'child') resolve();
      });
    });
    child.run((node, now) => node.attach(now));
    await attached;
    times.push(performance.now() - begun);
    await child.stop();
  }
  return { value: median(times), n: attaches };
}

async function open(number: number, dataset: Dataset): Promise<NodeRunner> {
  const radio = await UdpEtherRadio.join({ node: number, portBase }, systemClock);
  const home = new LocalKeyHome({ core: nativeCore, entropy: systemEntropy });
  const parts = { core: nativeCore, entropy: systemEntropy, clock: systemClock, radio, home };
  return openThreadNode({ ...parts, store: new MemoryStore(), dataset });
}

/** OpenThread's child of the same leader: from `thread start` until its state says so. */
async function attachTheirs(hex: string): Promise<PeerMeasured> {
  const times: number[] = [];
  for (let i = 0; i < attaches; i++) {
    const child = new OpenThreadNode('ot-cli-mtd', 2);
    await child.all(`dataset set active ${hex}`, 'ifconfig up');
    const begun = performance.now();
    await child.run('thread start');
    await child.becomes('child');
    times.push(performance.now() - begun);
    await child.stop();
  }
  return { value: median(times), n: attaches, name: 'OpenThread ot-cli-mtd' };
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] as number;
}
