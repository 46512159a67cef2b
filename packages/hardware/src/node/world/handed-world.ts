/**
 * A board whose power comes starts both of its processes at once: whoever switches it on starts the normal world's, held
 * by its loader, and hands its channel to the secure world's. The loader runs nothing but what comes over that channel,
 * so it is as much in the secure world's hands as one that it started itself.
 */
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { identityOf, systemProcesses } from '@selvage/core/node';
import type { Confinement } from './confinement.js';
import type { HeldProcess, WorldEnd, WorldParts } from './held-process.js';

/** What the secure world is told of a normal world that it is handed: in JSON, on its command line. */
export interface HandedWorld {
  readonly pid: number;
  readonly confinement: Confinement;
  /** The descriptors of its channel and of its standard error, in the secure world's process. */
  readonly channel: number;
  readonly output: number;
}

/** What one process hands to another that it starts. */
export interface HandOver {
  /** For the `stdio` of the secure world, from `firstDescriptor` on. */
  readonly stdio: readonly [Socket, Readable];
  readonly handed: HandedWorld;
  /** Once the secure world is started: its descriptors here are closed. */
  done(): void;
  /** When the secure world is gone: what loops for ever does not notice that. */
  kill(): void;
  /** Resolves when its process has ended, and nothing of it is left. */
  readonly ended: Promise<void>;
}

/** Prepares to hand a normal world over, in the turn in which it was started: nothing of it was read then. */
export function handOver({ child, confinement, channel, output }: HeldProcess, firstDescriptor = 3): HandOver {
  return {
    stdio: [channel, output],
    handed: { pid: child.pid ?? 0, confinement, channel: firstDescriptor, output: firstDescriptor + 1 },
    done: () => {
      channel.destroy();
      output.destroy();
    },
    kill: () => void child.kill('SIGKILL'),
    ended: new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    }),
  };
}

/** The parts of a world that was handed to this process. */
export function handedParts({ pid, confinement, channel: fd, output: outputFd }: HandedWorld): WorldParts {
  const channel = new Socket({ fd, readable: true, writable: true });
  const output = new Socket({ fd: outputFd, readable: true, writable: false });
  // A process that has ended holds no end of its channel; how it ended only its parent knows.
  const exited = new Promise<WorldEnd>((resolve) => {
    channel.once('close', () => resolve({ code: undefined, signal: undefined }));
  });
  // Its parent is another process, which forgets its number when it has ended: that may be another's then.
  const identity = identityOf(pid);
  const kill = (): void => {
    if (identity !== undefined && systemProcesses.isAlive(identity)) process.kill(pid, 'SIGKILL');
    channel.destroy();
  };
  return { pid, confinement, channel, output, exited, kill };
}
