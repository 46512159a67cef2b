/**
 * A board whose power comes starts both of its processes at once: whoever switches it on starts the normal world's, held
 * by its loader, at the other end of two sockets of the secure world's. The loader runs nothing but what comes over that
 * channel, so it is as much in the secure world's hands as one that it started itself.
 */
import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { identityOf, systemProcesses } from '@selvage/core/node';
import type { Confinement } from './confinement.js';
import { holdAtOtherEnd, type WorldEnd, type WorldParts } from './held-process.js';

/** What the `stdio` of a secure world that is handed a normal world has behind its first three. */
export const handedStdio = ['pipe', 'pipe'] as const;

/** The descriptors of the normal world's channel and of its standard error, in the secure world's process. */
const [channelEnd, outputEnd] = [3, 4];

/** What the secure world is told of the process that it is handed: in JSON, when it is there. */
export interface HandedProcess {
  readonly pid: number;
  readonly confinement: Confinement;
}

/** A normal world that a secure world is handed; resolves to nothing where whoever hands it over is gone before it tells. */
export type HandedWorld = Promise<HandedProcess | undefined>;

/** What one process hands to another that it started. */
export interface HandOver {
  readonly handed: HandedProcess;
  /** When the secure world is gone: what loops for ever does not notice that. */
  kill(): void;
  /** Resolves when its process has ended, and nothing of it is left. */
  readonly ended: Promise<void>;
}

/**
 * Starts a normal world at the other end of a secure world's {@link handedStdio}, in the turn in which that was started:
 * nothing was read there then. The secure world needs longer until it has something to run, and so comes first.
 */
export function handOver(secureWorld: ChildProcess, confinement: Confinement): HandOver {
  const [channel, output] = [endOf(secureWorld, channelEnd), endOf(secureWorld, outputEnd)];
  const child = holdAtOtherEnd({ channel, output }, { confinement });
  channel.destroy();
  output.destroy();
  return {
    handed: { pid: child.pid ?? 0, confinement },
    kill: () => void child.kill('SIGKILL'),
    ended: new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    }),
  };
}

function endOf(secureWorld: ChildProcess, descriptor: number): Socket {
  return secureWorld.stdio[descriptor] as unknown as Socket;
}

/** The parts of a world that is handed to this process. */
export async function handedParts(handed: HandedWorld): Promise<WorldParts> {
  const channel = new Socket({ fd: channelEnd, readable: true, writable: true });
  const output = new Socket({ fd: outputEnd, readable: true, writable: false });
  // A process that has ended holds no end of its channel; how it ended only its parent knows.
  const exited = new Promise<WorldEnd>((resolve) => {
    channel.once('close', () => resolve({ code: undefined, signal: undefined }));
  });
  const { pid, confinement } = (await handed) ?? { pid: 0, confinement: 'none' };
  // Its parent is another process, which forgets its number when it has ended: that may be another's then.
  const identity = identityOf(pid);
  const kill = (): void => {
    if (identity !== undefined && systemProcesses.isAlive(identity)) killQuietly(pid);
    channel.destroy();
  };
  return { pid, confinement, channel, output, exited, kill };
}

/** It may end between the look and the blow. */
function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
