/** Frames that one router process forwards in a second of CPU time: sockets, security and acknowledgements included. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { systemEntropy, toHex } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import {
  type Dataset,
  generateDataset,
  Ip6Endpoint,
  locatorAddress,
  type NodeRunner,
  openThreadNode,
} from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import type { Figure, Measured } from '../figure.js';
import { etherPortBase as portBase } from '../peers/open-thread-node.js';
import type { RouterUsage } from '../thread/forwarding-router.js';

/** Datagrams of a batch, those before the first, those on their way at a time, and bytes of each. */
const [batch, warmUp, window, size] = [6000, 6000, 4, 60] as const;
const batches = 5;
const port = 5683;

export const threadForward: Figure = {
  name: 'thread.forward',
  work: 'frames forwarded by one router process per second of its CPU time, sockets included',
  unit: '/s',
  atLeast: 10_000,
  measure: async () => {
    const dataset = generateDataset({ core: nativeCore, entropy: systemEntropy });
    const router = fork(fileURLToPath(new URL('../thread/forwarding-router.js', import.meta.url)), [
      toHex(dataset.encode()),
      `${portBase}`,
    ]);
    await said(router);
    const [from, to] = [await child(2, dataset), await child(3, dataset)];
    try {
      return { measured: await measured(router, from, to) };
    } finally {
      await Promise.all([from.stop(), to.stop()]);
      router.disconnect();
    }
  },
};

async function measured(router: ChildProcess, from: NodeRunner, to: NodeRunner): Promise<Measured> {
  const sends = sender(from, to);
  await sends(warmUp);
  const rates: number[] = [];
  let wall = 0;
  for (let i = 0; i < batches; i++) {
    const before = await usage(router);
    const begun = performance.now();
    await sends(batch);
    wall += performance.now() - begun;
    const after = await usage(router);
    rates.push((after.forwarded - before.forwarded) / ((after.cpu - before.cpu) / 1e6));
  }
  const perSecond = Math.round((batches * batch) / (wall / 1000));
  const note = `${perSecond.toLocaleString('en')}/s of wall time, with sender and receiver in one other process`;
  return { value: rates.toSorted((a, b) => a - b)[batches >> 1] as number, n: batches * batch, note };
}

/** Sends so many datagrams from one child to the other, a few at a time; resolves when they came. One that is lost is sent anew. */
function sender(from: NodeRunner, to: NodeRunner): (amount: number) => Promise<void> {
  const { meshLocalPrefix } = to.node.status.network;
  const destination = new Ip6Endpoint(locatorAddress(meshLocalPrefix, to.node.rloc16 ?? 0), port);
  const source = from.openPort();
  const data = new Uint8Array(size).fill(0xa5);
  let heard = 0;
  let onHeard: () => void = () => undefined;
  to.openPort({ port }).onDatagram(() => {
    heard++;
    onHeard();
  });
  return (amount) =>
    new Promise((resolve) => {
      const goal = heard + amount;
      const retry = setInterval(() => source.send(data, destination), 200);
      onHeard = () => {
        if (heard + window <= goal) source.send(data, destination);
        if (heard < goal) return;
        clearInterval(retry);
        resolve();
      };
      for (let i = 0; i < window; i++) source.send(data, destination);
    });
}

async function child(node: number, dataset: Dataset): Promise<NodeRunner> {
  const radio = await UdpEtherRadio.join({ node, portBase }, systemClock);
  const home = new LocalKeyHome({ core: nativeCore, entropy: systemEntropy });
  const parts = { core: nativeCore, entropy: systemEntropy, clock: systemClock, radio, home };
  const settings = { child: { full: true }, router: { eligible: false } };
  const runner = await openThreadNode({ ...parts, ...settings, store: new MemoryStore(), dataset });
  const attached = new Promise<void>((resolve) => {
    runner.onEvent((event) => {
      if (event.kind === 'role' && event.role === 'child') resolve();
    });
  });
  runner.run((one, now) => one.attach(now));
  await attached;
  return runner;
}

async function usage(router: ChildProcess): Promise<RouterUsage> {
  const answer = said(router);
  router.send('usage');
  return (await answer) as RouterUsage;
}

function said(router: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => router.once('message', resolve));
}
