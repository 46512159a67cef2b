import type { SelvageError } from '@selvage/core';
import { erasedByte, type Flash } from '../board/flash.js';
import { readImage } from '../image/format/image.js';
import { compareVersions, type ImageVersion } from '../image/format/version.js';
import { asRefusal, type SlotIndex } from './boot-log.js';
import { markOf, type SlotMark, trailerOf } from './slot-trailer.js';

/** What was read of a slot, once: nobody changes these bytes any more. */
export interface SlotContent {
  readonly slot: SlotIndex;
  readonly bytes: Uint8Array;
  readonly mark: SlotMark;
  /** What the header says; nothing is verified yet. */
  readonly version: ImageVersion;
}

/** What a slot has: an image, nothing, or what is none. */
export type SlotReading = SlotContent | 'empty' | SelvageError;

/** Reads a slot. */
export async function readSlot(flash: Flash, slot: SlotIndex): Promise<SlotReading> {
  try {
    const bytes = await flash.read(0, flash.size);
    if (bytes.subarray(0, 4).every((byte) => byte === erasedByte)) return 'empty';
    const { header } = readImage(bytes);
    return { slot, bytes, mark: markOf(trailerOf(flash, bytes)), version: header.version };
  } catch (error) {
    return asRefusal(error);
  }
}

/**
 * The order in which images are tried: those that are to be started, then those whose trailer nobody can read, then those
 * that were started and did not confirm themselves, as a device that starts one of these is better than one that starts
 * nothing; among equals the highest version, then the first slot.
 */
export function startOrder(contents: readonly SlotContent[]): SlotContent[] {
  const rank = ({ mark }: SlotContent): number => ranks[mark];
  return [...contents].sort(
    (a, b) => rank(a) - rank(b) || compareVersions(b.version, a.version, true) || a.slot - b.slot,
  );
}

const ranks: Readonly<Record<SlotMark, number>> = { confirmed: 0, trial: 0, unmarked: 1, tried: 2 };
