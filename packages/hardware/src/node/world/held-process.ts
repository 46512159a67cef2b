import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import {
  channelDescriptor,
  type Confinement,
  usualResources,
  type WorldCommandOptions,
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
export function holdNormalWorld(options: HoldOptions): HeldProcess {
  const child = spawnHeld(options, {}, ['ignore', 'ignore', 'pipe', 'pipe']);
  const output = child.stderr as Readable;
  const channel = child.stdio[channelDescriptor] as unknown as Socket;
  return { child, confinement: options.confinement, channel, output };
}

/** The same at the other end of sockets that are there already; the caller closes them here. */
export function holdAtOtherEnd(ends: { readonly channel: Socket; readonly output: Socket }, options: HoldOptions) {
  // What a process gets as its standard output it waits at, as the loader does; other sockets of this one's do not wait.
  return spawnHeld(options, { channelAtOutput: true }, ['ignore', ends.channel, ends.output]);
}

function spawnHeld(
  { confinement, resources = usualResources, loader }: HoldOptions,
  given: WorldCommandOptions,
  stdio: StdioOptions,
): ChildProcess {
  const { file, arguments: args } = worldCommand(confinement, resources, { ...given, loader });
  // Ctrl-C in a terminal is for whoever switched the board on, and not for its firmware.
  const detached = true;
  return spawn(file, args, { env: {}, cwd: '/', detached, stdio });
}

/** How a normal world ended. */
export interface WorldEnd {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** What a normal world is to whoever has it, started here or handed over. */
export interface WorldParts {
  readonly pid: number;
  readonly confinement: Confinement;
  readonly channel: Socket;
  readonly output: Readable;
  readonly exited: Promise<WorldEnd>;
  readonly kill: () => void;
}

/** A process that was started here. */
export function partsOf({ child, confinement, channel, output }: HeldProcess): WorldParts {
  const exited = new Promise<WorldEnd>((resolve) => {
    child.on('error', () => resolve({ code: 127, signal: undefined }));
    child.on('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  return { pid: child.pid ?? 0, confinement, channel, output, exited, kill: () => void child.kill('SIGKILL') };
}
