import { type Instant, toHex } from '@selvage/core';
import type { BuiltFrame } from './frame-builder.js';
import type { LinkRequest } from './link-request.js';

/** Frames that wait to be sent directly, at most. */
const mostDirect = 64;
/** Frames that wait for one sleepy child, at most: two datagrams of 1280 bytes. */
const mostIndirect = 32;
/** Polls after which a frame for a sleepy child is given up (OpenThread: 4). */
export const mostPolls = 4;

/** A request in a queue. */
export interface Waiting {
  readonly id: number;
  readonly request: LinkRequest;
  /** Of a frame for a sleepy child: it stays the same from poll to poll. */
  built?: BuiltFrame;
  polls: number;
}

/** The frames for one sleepy child. */
export interface ChildQueue {
  readonly extended: Uint8Array;
  readonly waiting: Waiting[];
  /** It polled, and is listening until then. */
  listensUntil: Instant;
}

/** What waits to be sent: directly, or for the polls of sleepy children. */
export class SendQueue {
  readonly #direct: Waiting[] = [];
  readonly #children = new Map<string, ChildQueue>();

  get isEmpty(): boolean {
    return this.#direct.length === 0;
  }

  /** Whether something waits for polls. */
  get hasIndirect(): boolean {
    for (const { waiting } of this.#children.values()) if (waiting.length > 0) return true;
    return false;
  }

  get length(): number {
    let length = this.#direct.length;
    for (const { waiting } of this.#children.values()) length += waiting.length;
    return length;
  }

  /** False where the queue is full. */
  push(id: number, request: LinkRequest): boolean {
    if (this.#direct.length >= mostDirect) return false;
    this.#direct.push({ id, request, polls: 0 });
    return true;
  }

  pushIndirect(id: number, request: LinkRequest, extended: Uint8Array): boolean {
    const name = toHex(extended);
    let queue = this.#children.get(name);
    if (queue === undefined) {
      queue = { extended: Uint8Array.from(extended), waiting: [], listensUntil: -Infinity };
      this.#children.set(name, queue);
    }
    if (queue.waiting.length >= mostIndirect) return false;
    queue.waiting.push({ id, request, polls: 0 });
    return true;
  }

  peek(): Waiting | undefined {
    return this.#direct[0];
  }

  shift(): Waiting | undefined {
    return this.#direct.shift();
  }

  /** What waits for a child; `undefined` for nothing. */
  child(extended: Uint8Array): ChildQueue | undefined {
    const queue = this.#children.get(toHex(extended));
    return queue !== undefined && queue.waiting.length > 0 ? queue : undefined;
  }

  /** A child that is listening now and has frames waiting. */
  listeningChild(now: Instant): ChildQueue | undefined {
    for (const queue of this.#children.values()) {
      if (queue.listensUntil >= now && queue.waiting.length > 0) return queue;
    }
    return undefined;
  }

  /** The children for whom something waits. */
  waitingChildren(): Uint8Array[] {
    return [...this.#children.values()].filter(({ waiting }) => waiting.length > 0).map(({ extended }) => extended);
  }

  /** A child listens all the time now: what waited for its polls is sent as everything else. */
  release(extended: Uint8Array): void {
    this.#direct.push(...this.removeChild(extended));
  }

  /** Takes out a request. */
  remove(id: number): Waiting | undefined {
    for (const list of this.#lists()) {
      const at = list.findIndex((waiting) => waiting.id === id);
      if (at >= 0) return list.splice(at, 1)[0];
    }
    return undefined;
  }

  /** Takes out what waits for a child. */
  removeChild(extended: Uint8Array): readonly Waiting[] {
    const name = toHex(extended);
    const waiting = this.#children.get(name)?.waiting ?? [];
    this.#children.delete(name);
    return waiting;
  }

  /** Takes out everything. */
  clear(): readonly Waiting[] {
    const all = this.#lists().flatMap((list) => list.splice(0));
    this.#children.clear();
    return all;
  }

  #lists(): Waiting[][] {
    return [this.#direct, ...[...this.#children.values()].map(({ waiting }) => waiting)];
  }
}
