import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { type Clock, SelvageError } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import type { ByteStream } from '../../channel/byte-stream.js';
import type { Rate } from '../../world/allowance.js';
import { type Confinement, confinements, type Isolation, type WorldResources } from './confinement.js';
import { type HandedWorld, handedParts } from './handed-world.js';
import { holdNormalWorld, partsOf, type WorldEnd, type WorldParts } from './held-process.js';
import { heldInNamespaces, partsOfPayload } from './loader.js';
import { hearOutput, type OutputListener } from './output.js';
import { throttledStream } from './throttled-stream.js';

/** What a board demands of the place where its firmware runs. */
export interface IsolationPolicy {
  /** The least isolation that firmware is started with; `permission-only` by default. */
  readonly minimum?: Isolation | undefined;
  /** The ways to try, the best first; those of the host by default. */
  readonly ways?: readonly Confinement[] | undefined;
}

export interface NormalWorldOptions extends OutputListener {
  readonly clock?: Clock | undefined;
  readonly policy?: IsolationPolicy | undefined;
  readonly resources?: WorldResources | undefined;
  /** Bytes that firmware may send on the channel. */
  readonly byteRate?: Rate | undefined;
  /** Hears each time that the channel is read more slowly than firmware sends. */
  readonly onThrottled?: (() => void) | undefined;
  /** One that whoever switched the power on starts: it is tried first. */
  readonly handed?: HandedWorld | undefined;
  /** Another loader than the ROM's: for tests of the fences behind it. */
  readonly loader?: string | undefined;
}

/** A normal world: first held by its loader, then running the payload that it was given. */
export interface NormalWorld {
  readonly isolation: Isolation;
  /** Why a better isolation was not to be had, a line each. */
  readonly shortcomings: readonly string[];
  /** The process to look at from outside, which may be the one that has it in its namespaces. */
  readonly pid: number;
  /** The firmware's from {@link NormalWorld.release} on. */
  readonly stream: ByteStream;
  /** Gives the loader the payload, once: the very bytes that were verified. They are not written to afterwards. */
  release(payload: Uint8Array): void;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<WorldEnd>;
  /** Ends it at once, whatever it does; resolves when it has ended. */
  kill(): Promise<WorldEnd>;
}

/**
 * Starts a normal world in the best isolation that the host has, and waits until its loader does. What it is to run is
 * verified meanwhile.
 * @throws SelvageError `isolation-refused` where the host offers less than the policy demands
 */
export async function startNormalWorld(options: NormalWorldOptions = {}): Promise<NormalWorld> {
  const { minimum = 'permission-only', ways = preferredWays() } = options.policy ?? {};
  const shortcomings: string[] = [];
  const take = async (parts: WorldParts): Promise<NormalWorld | undefined> => {
    const world = await heldWorld(parts, options, shortcomings);
    if (world === undefined || isEnough(world.isolation, minimum)) return world;
    shortcomings.push(`${parts.confinement}: it gives ${world.isolation}`);
    await world.kill();
    return undefined;
  };
  const handed = options.handed && (await take(await handedParts(options.handed)));
  if (handed) return handed;
  for (const confinement of ways) {
    if (minimum === 'namespaces' && confinement === 'none') continue;
    const world = await take(partsOf(holdNormalWorld({ ...options, confinement })));
    if (world === undefined) continue;
    lastWay = confinement;
    return world;
  }
  throw refused(minimum, shortcomings);
}

/** What has worked in this process is tried first: a way that fails takes time. */
let lastWay: Confinement | undefined;

function preferredWays(): readonly Confinement[] {
  const ways = confinements();
  return lastWay === undefined ? ways : ways.slice(Math.max(0, ways.indexOf(lastWay)));
}

function isEnough(isolation: Isolation, minimum: Isolation): boolean {
  return isolation === 'namespaces' || minimum === 'permission-only';
}

/** The world once its loader waits; `undefined`, with why among the shortcomings, where it ended before it did. */
async function heldWorld(
  parts: WorldParts,
  options: NormalWorldOptions,
  shortcomings: string[],
): Promise<NormalWorld | undefined> {
  const { confinement, channel, output, exited, kill, pid } = parts;
  const { clock = systemClock, byteRate, onThrottled } = options;
  let said: string | undefined;
  const onLine = (line: string): void => {
    said ??= line;
    options.onLine?.(line);
  };
  hearOutput(output, { onLine, onRefused: options.onRefused });
  const stream = throttledStream(channel, { clock, rate: byteRate, onThrottled });
  const first = await Promise.race([firstByte(channel), exited.then(() => undefined)]);
  if (first === undefined) {
    await ended(output);
    shortcomings.push(`${confinement}: ${said ?? 'it ended before the loader waited'}`);
    return undefined;
  }
  return {
    isolation: first === heldInNamespaces ? 'namespaces' : 'permission-only',
    shortcomings,
    pid,
    stream,
    exited,
    release: (payload) => {
      for (const piece of partsOfPayload(payload)) stream.write(piece);
    },
    kill: () => {
      kill();
      return exited;
    },
  };
}

/** Resolves when all that was written was heard. */
function ended(output: Readable): Promise<void> {
  return new Promise((resolve) => (output.closed ? resolve() : output.once('close', resolve)));
}

/** What the loader says when it waits; it says nothing more by itself. */
function firstByte(channel: Socket): Promise<number | undefined> {
  return new Promise((resolve) => {
    const end = (): void => resolve(undefined);
    channel.once('close', end);
    channel.once('data', (bytes: Uint8Array) => {
      channel.off('close', end);
      // Nobody listens until the payload runs.
      channel.pause();
      resolve(bytes[0]);
    });
  });
}

function refused(minimum: Isolation, shortcomings: readonly string[]): SelvageError {
  const why = shortcomings.length === 0 ? 'the host has no way to make namespaces' : shortcomings.join('; ');
  return new SelvageError('isolation-refused', `firmware is not started with less than ${minimum}: ${why}`, {
    details: { minimum },
    remedy: 'Install bubblewrap and allow user namespaces, or have the policy accept permission-only.',
  });
}
