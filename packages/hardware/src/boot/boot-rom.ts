import { SelvageError } from '@selvage/core';
import type { Board } from '../board/board.js';
import { type LifeCycle, startsFirmware } from '../board/life-cycle.js';
import { versionText } from '../image/format/version.js';
import type { VerifiedImage } from '../image/verify/verify-image.js';
import { asRefusal, BootLog, type BootLogEntry, type SlotIndex } from './boot-log.js';
import { judgeImage, type ImageTerms } from './judge-image.js';
import { type Measurement, measure, measurementText, type SecureWorld } from './measurement.js';
import { readSlot, type SlotContent, startOrder } from './slot-content.js';
import { type SlotMark, writeCopyDone } from './slot-trailer.js';

/** Firmware is to be started. */
export interface BootStart {
  readonly kind: 'start';
  /** Its `payload` is the very bytes that were verified: start these, and read no slot again. */
  readonly image: VerifiedImage;
  readonly slot: SlotIndex;
  /** Whether it is dropped at the next start unless it confirms itself. */
  readonly trial: boolean;
  /** What the slot's trailer says. */
  readonly mark: SlotMark;
  readonly lifeCycle: LifeCycle;
  readonly measurements: readonly Measurement[];
  /** Drawn at this start, 32 bytes. */
  readonly bootSeed: Uint8Array;
  readonly log: readonly BootLogEntry[];
}

/** Nothing is started; the log says why. */
export interface BootOff {
  readonly kind: 'off';
  readonly log: readonly BootLogEntry[];
}

/** What comes of powering a board on. */
export type BootDecision = BootStart | BootOff;

/** What a boot ROM is built with. */
export interface BootRomOptions {
  /** The secure world that it is part of. */
  readonly secureWorld: SecureWorld;
}

const bootSeedLength = 32;

/** Decides what a board starts: the newest image that is to be started and verifies, of the two slots. */
export class BootRom {
  readonly secureWorld: SecureWorld;

  constructor({ secureWorld }: BootRomOptions) {
    this.secureWorld = secureWorld;
  }

  /** Decides. Whatever is wrong with the board or its slots is in the log of the decision, and nothing is thrown for it. */
  async boot(board: Board): Promise<BootDecision> {
    const log = new BootLog();
    try {
      return await this.#boot(board, log);
    } catch (error) {
      log.refuse(asRefusal(error));
      return { kind: 'off', log: log.entries };
    }
  }

  async #boot(board: Board, log: BootLog): Promise<BootDecision> {
    const { lifeCycle } = board.otp;
    if (!startsFirmware(lifeCycle)) throw startsNothing(lifeCycle);
    log.note('life-cycle', `life cycle ${lifeCycle}`, { lifeCycle });
    const bootSeed = new Uint8Array(bootSeedLength);
    board.entropy.fill(bootSeed);
    const terms = { board, secureWorld: this.secureWorld, securityCounter: await board.securityCounter.read() };
    const contents = await readSlots(board, log);
    const start = await firstThatStarts(startOrder(contents), terms, log);
    if (start === undefined) throw new SelvageError('boot-refused', 'no slot has an image that starts');
    const { content, image } = start;
    const { slot, mark } = content;
    await raiseCounter(start, terms, log);
    const measurements = measure(this.secureWorld, image);
    for (const one of measurements) log.note('measurement', measurementText(one), { type: one.type });
    const trial = mark === 'trial' || mark === 'tried';
    const how = { confirmed: 'confirmed', trial: 'on trial', tried: 'on trial again', unmarked: 'not marked' }[mark];
    log.note('start', `starts version ${versionText(image.version)}, ${how}`, { slot });
    return { kind: 'start', image, slot, trial, mark, lifeCycle, measurements, bootSeed, log: log.entries };
  }
}

/** A slot whose image verified. */
interface Start {
  readonly content: SlotContent;
  readonly image: VerifiedImage;
}

async function readSlots(board: Board, log: BootLog): Promise<SlotContent[]> {
  const readings = await Promise.all(board.slots.map((flash, slot) => readSlot(flash, slot as SlotIndex)));
  return readings.flatMap((reading, index) => {
    const slot = index as SlotIndex;
    if (reading === 'empty') log.note('slot', 'empty', { slot });
    else if (reading instanceof SelvageError) log.refuse(reading, slot);
    else {
      log.note('slot', `version ${versionText(reading.version)}, ${reading.mark}`, { slot, mark: reading.mark });
      return [reading];
    }
    return [];
  });
}

/** Verifies one after the other until one starts. One that cannot be marked as tried comes after all others. */
async function firstThatStarts(
  order: readonly SlotContent[],
  terms: ImageTerms,
  log: BootLog,
): Promise<Start | undefined> {
  let unmarkable: Start | undefined;
  for (const content of order) {
    const { bytes, slot, mark } = content;
    try {
      const start = { content, image: judgeImage(bytes, terms) };
      if (mark !== 'trial' || (await markTried(terms.board, slot, log))) return start;
      unmarkable ??= start;
    } catch (error) {
      log.refuse(asRefusal(error), slot);
    }
  }
  return unmarkable;
}

/** Notes in the slot that its image is being tried: without that it would be tried for ever. */
async function markTried({ slots }: Board, slot: SlotIndex, log: BootLog): Promise<boolean> {
  try {
    await writeCopyDone(slots[slot]);
    return true;
  } catch (error) {
    const { message } = asRefusal(error);
    const why = `it cannot be noted that the image is tried: ${message}`;
    log.refuse(new SelvageError('boot-refused', why, { details: { check: 'trailer' } }), slot);
    return false;
  }
}

/** A confirmed image raises the stored counter; a confirmation that the power cut short is made good with that. */
async function raiseCounter(
  { content: { slot, mark }, image }: Start,
  { board, securityCounter }: ImageTerms,
  log: BootLog,
): Promise<void> {
  const counter = image.securityCounter ?? 0;
  if (mark !== 'confirmed' || counter <= securityCounter) return;
  try {
    await board.securityCounter.advance(counter);
    log.note('security-counter', `security counter raised from ${securityCounter} to ${counter}`, { slot });
  } catch (error) {
    log.refuse(asRefusal(error), slot);
  }
}

function startsNothing(lifeCycle: LifeCycle): SelvageError {
  return new SelvageError('boot-refused', `a board in the life cycle ${lifeCycle} starts nothing`, {
    details: { check: 'life-cycle', expected: 'provisioned or secured', found: lifeCycle },
  });
}
