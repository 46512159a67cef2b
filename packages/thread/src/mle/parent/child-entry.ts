import type { Instant } from '@selvage/core';
import type { DeviceMode } from '../tlv/mode.js';
import type { Notice } from './child-notice.js';

/** A device as its parent has it (Thread 1.3 §4.6.3). */
export type ChildEntry = Valid | Restored;

/** What is durable of a child. */
export interface ChildRecord {
  readonly extended: Uint8Array;
  readonly rloc16: number;
  readonly mode: DeviceMode;
  /** Seconds. */
  readonly timeout: number;
  readonly version: number;
}

/** It has a child id. */
export interface Valid extends ChildRecord {
  readonly kind: 'valid';
  readonly heardAt: Instant;
  readonly attachedAt: Instant;
  /** Seconds between frames that tell it that we are there; 0 for none. */
  readonly supervision: number;
  readonly sentAt: Instant;
  /** Unicast and multicast addresses of 16 bytes that it registered: packets to them are its. */
  readonly addresses: readonly Uint8Array[];
  /** What a sleepy one was told, and has not answered. */
  readonly notice?: Notice | undefined;
  /** When it is a child no longer, unless it is heard: it has looked for another parent. */
  readonly goneAt?: Instant | undefined;
}

/** It was our child before our restart, and has not proved to be there since. */
export interface Restored extends ChildRecord {
  readonly kind: 'restored';
  readonly challenge: Uint8Array;
  readonly tries: number;
  readonly askAt: Instant;
  readonly until: Instant;
}

/** Whether a child hears only what it polls for. */
export function isSleepy({ mode }: Pick<ChildRecord, 'mode'>): boolean {
  return !mode.receiverOnWhenIdle;
}

/** Whether a child is a minimal end device, whose addresses its parent answers for. */
export function isMinimal({ mode }: Pick<ChildRecord, 'mode'>): boolean {
  return !mode.fullThreadDevice;
}
