import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import {
  channelDescriptor,
  type Confinement,
  usualResources,
  worldCommand,
  type WorldResources,
} from './confinement.js';

/** How a normal world's process is started. */
export interface HoldOptions {
  readonly confinement: Confinement;
  readonly resources?: WorldResources | undefined;
  /** Another loader than the ROM's: for tests of the fences behind it. */
  readonly loader?: string | undefined;
}

/** A process in which the loader is on its way, or waits: it runs nothing else until somebody gives it a payload. */
export interface HeldProcess {
  readonly child: ChildProcess;
  readonly confinement: Confinement;
  /** The other end of its channel. */
  readonly channel: Socket;
  /** What it writes on standard error. */
  readonly output: Readable;
}

/**
 * Starts a normal world's process: like a core that is held in reset. It has the channel, a pipe for what it complains of,
 * and no environment.
 */
export function holdNormalWorld({ confinement, resources = usualResources, loader }: HoldOptions): HeldProcess {
  const { file, arguments: args } = worldCommand(confinement, resources, loader);
  const child = spawn(file, args, { env: {}, cwd: '/', stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const output = child.stderr as Readable;
  const channel = child.stdio[channelDescriptor] as unknown as Socket;
  return { child, confinement, channel, output };
}
