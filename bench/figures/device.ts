/** A whole device: how soon its firmware runs, what it weighs in memory, and what its code comes to. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SelvageError } from '@selvage/core';
import { BenchBoard, type Heard } from '../device/bench-board.js';
import type { Figure, Outcome } from '../figure.js';

const starts = 15;

const cold: Figure = {
  name: 'boot.start.cold',
  work: 'a board is switched on: to the first line that its firmware logs',
  unit: 'ms',
  atMostTimes: 2,
  measure: () => measureStarts('cold'),
};

const warm: Figure = {
  name: 'boot.start.warm',
  work: 'the same where the secure world is there: after a power cycle',
  unit: 'ms',
  atMostTimes: 1.3,
  measure: () => measureStarts('warm'),
};

const memory: Figure = {
  name: 'device.memory',
  work: 'resident memory of a booted idle light, both of its processes',
  unit: 'KiB',
  atMostTimes: 1.3,
  measure: () => measureMemory(),
};

const footprint: Figure = {
  name: 'footprint.device',
  work: 'all layers of a device, minified; npm run footprint says which',
  unit: 'KiB',
  // 350 kB.
  atMost: 341.8,
  measure: () => ({ measured: { value: footprintBytes() / 1024, n: 1 } }),
};

export const device: readonly Figure[] = [cold, warm, memory, footprint];

/** A board and a bare `node` are started in turn: whatever else the machine does is as bad for both. */
async function measureStarts(kind: 'cold' | 'warm'): Promise<Outcome> {
  const board = await BenchBoard.make();
  try {
    const [own, bare]: [number[], number[]] = [[], []];
    for (let n = 0; n < starts; n++) {
      own.push(kind === 'cold' ? await coldStart(board) : await warmStart(board));
      bare.push(await bareStart());
    }
    const note =
      kind === 'warm'
        ? 'from power-on, as the boot log has it; the next normal world gets ready while the last one ends'
        : 'both processes start at once';
    return {
      measured: { value: median(own), n: starts, note },
      peer: { value: median(bare), n: starts, name: 'node, to its first output' },
    };
  } finally {
    board.remove();
  }
}

async function coldStart(board: BenchBoard): Promise<number> {
  const since = performance.now();
  const line = new Lines();
  const process = board.switchOn((heard) => line.hear(heard));
  const { at } = await line.next('log');
  await process.close();
  return at - since;
}

async function warmStart(board: BenchBoard): Promise<number> {
  const lines = new Lines();
  const process = board.switchOn((heard) => lines.hear(heard));
  await lines.next('log');
  lines.forget();
  process.do({ do: 'power' });
  const boot = await lines.next('boot');
  const { at } = await lines.next('log');
  await process.close();
  return boot.news.event === 'boot' ? at - boot.at + boot.news.milliseconds : at;
}

function bareStart(): Promise<number> {
  const since = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--eval', 'process.stdout.write("1")'], { env: {}, stdio: 'pipe' });
    child.stdout.once('data', () => resolve(performance.now() - since));
  });
}

/** What a board tells, in its order. */
class Lines {
  #heard: Heard[] = [];
  #look: () => void = () => undefined;

  hear(heard: Heard): void {
    this.#heard.push(heard);
    this.#look();
  }

  forget(): void {
    this.#heard = [];
  }

  next(event: Heard['news']['event']): Promise<Heard> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        const failed = this.#heard.find(({ news }) => news.event === 'failed');
        const found = this.#heard.find(({ news }) => news.event === event);
        if (found) resolve(found);
        else if (failed) reject(new SelvageError('wrong-state', `the board failed: ${JSON.stringify(failed.news)}`));
      };
      this.#look();
    });
  }
}

/** Long enough for what a start has stirred to settle, ms. */
const settling = 2000;

async function measureMemory(): Promise<Outcome> {
  const board = await BenchBoard.make();
  const bare = [idleNode(), idleNode()];
  const lines = new Lines();
  const process = board.switchOn((heard) => lines.hear(heard));
  try {
    const { news } = await lines.next('boot');
    await lines.next('shown');
    await new Promise((resolve) => setTimeout(resolve, settling));
    const firmware = news.event === 'boot' ? (news.pid ?? 0) : 0;
    // What makes the namespaces has the firmware's process as its child; without namespaces there is none such.
    const helper = childrenOf(firmware).length > 0 ? ownOf(firmware) : 0;
    const value = residentOf(process.pid) + residentOf(firmware) - helper;
    const peer = bare.reduce((sum, { pid = 0 }) => sum + residentOf(pid), 0);
    return {
      measured: { value, n: 1, note: `the process that made the namespaces has ${helper} KiB more` },
      peer: { value: peer, n: 1, name: 'two idle node processes' },
    };
  } finally {
    for (const one of bare) one.kill();
    await process.close();
    board.remove();
  }
}

function idleNode(): ChildProcess {
  return spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1e6)'], { env: {}, stdio: 'ignore' });
}

/** KiB of a process and of all that it has started. */
function residentOf(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + residentOf(child), ownOf(pid));
}

function ownOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

function childrenOf(pid: number): number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const lists = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8'));
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

function footprintBytes(): number {
  const tool = fileURLToPath(new URL('../../../tools/footprint.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, '--json'], { encoding: 'utf8' });
  if (status !== 0) throw new SelvageError('wrong-state', `the footprint failed: ${stderr}`);
  return (JSON.parse(stdout) as { readonly bytes: number }).bytes;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] as number;
}
