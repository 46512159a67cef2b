/** A Thread node as a whole: how long a child takes to its parent, in real time, and what one weighs. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SelvageError, systemEntropy, toHex } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { type Dataset, generateDataset, type NodeRunner, openThreadNode } from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import type { Figure, Measured, PeerMeasured } from '../figure.js';

const children = 250;
const attaches = 9;
/** The folder of `ot-cli-ftd` and `ot-cli-mtd`, and the OT_SIMULATION_MAX_NETWORK_SIZE that they were built with. */
const openThread = process.env['SELVAGE_OPENTHREAD'];
const networkSize = Number(process.env['SELVAGE_OPENTHREAD_SIZE'] ?? '33');
/** An ether that nobody else is likely to be on. */
const portOffset = 2 + (process.pid % 20);
const portBase = 9000 + portOffset * (networkSize + 1);

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
    const leader = new CommandLine('ot-cli-ftd', 1);
    for (const line of [`dataset set active ${hex}`, 'ifconfig up', 'thread start', 'state leader'])
      await leader.run(line);
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
  ...(openThread === undefined ? [] : [attachToOpenThread]),
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
    const child = new CommandLine('ot-cli-mtd', 2);
    for (const line of [`dataset set active ${hex}`, 'ifconfig up']) await child.run(line);
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

/** A node of OpenThread, driven through its command line. */
class CommandLine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'selvage-bench-'));
  readonly #process;
  readonly #lines: AsyncIterator<string, undefined>;

  constructor(program: string, number: number) {
    const env = { PORT_OFFSET: String(portOffset) };
    this.#process = spawn(join(openThread ?? '', program), [String(number)], { cwd: this.#folder, env });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]() as AsyncIterator<
      string,
      undefined
    >;
  }

  /** Gives the last line before `Done`. */
  async run(command: string): Promise<string> {
    this.#process.stdin.write(`${command}\n`);
    let last = '';
    for (;;) {
      const { value, done } = await this.#lines.next();
      const line = (value ?? '').replace(/^(> )+/, '').trim();
      if (line === 'Done') return last;
      if (done === true || line.startsWith('Error')) throw new SelvageError('wrong-state', `${command}: ${line}`);
      last = line;
    }
  }

  async becomes(state: string): Promise<void> {
    while ((await this.run('state')) !== state) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
