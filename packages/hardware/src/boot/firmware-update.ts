import { SelvageError } from '@selvage/core';
import type { Board } from '../board/board.js';
import type { Flash } from '../board/flash.js';
import { compareVersions, versionText } from '../image/format/version.js';
import type { VerifiedImage } from '../image/verify/verify-image.js';
import type { SlotIndex } from './boot-log.js';
import type { BootStart } from './boot-rom.js';
import { judgeImage } from './judge-image.js';
import type { SecureWorld } from './measurement.js';
import { readSlot } from './slot-content.js';
import { SlotWriter } from './slot-writer.js';
import { writeImageOk } from './slot-trailer.js';
import { requireState, type UpdateState, type UpdateStatus } from './update-state.js';

/** What an update is made on. */
export interface FirmwareUpdateOptions {
  readonly board: Board;
  readonly secureWorld: Pick<SecureWorld, 'version'>;
  /** What runs. */
  readonly running: Pick<BootStart, 'slot' | 'image' | 'mark'>;
}

/**
 * Puts new firmware into the slot that does not run. The running image is never touched: whatever is interrupted or
 * wrong, it starts again. What was installed is started once, and dropped unless it confirms itself.
 * Operations happen one after the other, in the order of their calls.
 */
export class FirmwareUpdate {
  readonly #options: FirmwareUpdateOptions;
  readonly #other: Flash;
  #status: UpdateStatus;
  #writer: SlotWriter | undefined;
  /** Whether the running image is to stay. */
  #isConfirmed: boolean;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: FirmwareUpdateOptions, status: UpdateStatus) {
    this.#options = options;
    this.#other = options.board.slots[otherSlot(options)];
    this.#status = status;
    this.#isConfirmed = status.state !== 'TRIAL';
  }

  /** Finds out how the last update stands after a start. @throws SelvageError `store-failed` */
  static async afterStart(options: FirmwareUpdateOptions): Promise<FirmwareUpdate> {
    const { board, running } = options;
    const version = versionText(running.image.version);
    if (running.mark === 'trial' || running.mark === 'tried')
      return new FirmwareUpdate(options, { state: 'TRIAL', version });
    const slot = otherSlot(options);
    const other = await readSlot(board.slots[slot], slot);
    const isDropped = other !== 'empty' && !(other instanceof SelvageError) && other.mark === 'tried';
    if (!isDropped) return new FirmwareUpdate(options, { state: 'READY' });
    const reason = 'it was started and did not confirm itself';
    return new FirmwareUpdate(options, { state: 'REJECTED', version: versionText(other.version), reason });
  }

  get status(): UpdateStatus {
    const { received } = this.#writer ?? {};
    return { ...this.#status, ...(received !== undefined && { received }) };
  }

  /**
   * Erases the other slot for an image of that size. An update that was being written is given up.
   * @throws SelvageError `wrong-state` while an image is on trial, whose fallback is in that slot, or is staged;
   * `payload-too-large`, `store-failed`
   */
  begin(size: number): Promise<void> {
    // What is tried a second time runs because there is no other: nothing is lost with the other slot.
    const onTrial = this.#options.running.mark === 'tried' ? (['TRIAL'] as const) : [];
    const allowed = ['READY', 'WRITING', 'CANDIDATE', 'FAILED', 'REJECTED', 'UPDATED', ...onTrial] as const;
    return this.#inTurn('begin', allowed, async () => {
      this.#end({ state: 'READY' });
      this.#writer = await SlotWriter.begin(this.#other, size);
      this.#status = { state: 'WRITING', size };
    });
  }

  /** Takes the bytes that come next, at the offset that the status says. @throws SelvageError `invalid-argument` */
  write(offset: number, bytes: Uint8Array): Promise<void> {
    const copy = new Uint8Array(bytes);
    return this.#inTurn('write', ['WRITING'], (writer) => this.#orFail(() => writer.write(offset, copy)));
  }

  /**
   * Verifies the image as the boot ROM will: a candidate, or a failed update.
   * @throws SelvageError `image-malformed`, `image-refused`, `rollback-refused`, which the version too is for; `wrong-state`
   * where bytes are missing
   */
  finish(): Promise<void> {
    return this.#inTurn('finish', ['WRITING'], async (writer) => {
      const slot = await this.#orFail(() => writer.finish());
      try {
        const image = await this.#judge(slot);
        this.#status = { ...this.#status, state: 'CANDIDATE', version: versionText(image.version) };
      } catch (error) {
        this.#fail(error);
        throw error;
      }
    });
  }

  /** Stages the candidate: the next start tries it. */
  install(): Promise<void> {
    return this.#inTurn('install', ['CANDIDATE'], async (writer) => {
      await this.#orFail(() => writer.install());
      this.#end({ state: 'STAGED', version: this.#status.version });
    });
  }

  /** Gives up what is being written. */
  cancel(): Promise<void> {
    return this.#inTurn('cancel', ['WRITING', 'CANDIDATE'], async () => {
      this.#end({ state: 'FAILED', reason: 'it was given up' });
    });
  }

  /** Forgets how the last update ended. */
  clean(): Promise<void> {
    return this.#inTurn('clean', ['FAILED', 'REJECTED', 'UPDATED'], async () => this.#end({ state: 'READY' }));
  }

  /**
   * Confirms the running image for good, and then raises the stored security counter to its own: from then on no older one
   * starts. For an image that is confirmed it does nothing but raise the counter where that is behind.
   * @throws SelvageError `wrong-state` where the flag in the trailer cannot be written, `store-failed`
   */
  confirm(): Promise<void> {
    const { board, running } = this.#options;
    return this.#inTurn('confirm', undefined, async () => {
      if (this.#status.state === 'TRIAL') {
        // The flag first: a power cut between the two leaves a confirmed image, whose counter the next start raises.
        await writeImageOk(board.slots[running.slot]);
        this.#isConfirmed = true;
        this.#end({ state: 'UPDATED', version: this.#status.version });
      }
      if (this.#isConfirmed) await raise(board, running.image.securityCounter ?? 0);
    });
  }

  /** Drops the image that is staged, or on trial: the next start takes the other one. */
  reject(): Promise<void> {
    return this.#inTurn('reject', ['STAGED', 'TRIAL'], async () => {
      const { state, version } = this.#status;
      if (state === 'STAGED') await this.#other.erase(0, this.#other.eraseSize);
      this.#end({ state: 'REJECTED', version, reason: 'it was rejected' });
    });
  }

  async #judge(slot: Uint8Array): Promise<VerifiedImage> {
    const { board, secureWorld, running } = this.#options;
    const image = judgeImage(slot, { board, secureWorld, securityCounter: await board.securityCounter.read() });
    if (compareVersions(image.version, running.image.version, true) > 0) return image;
    const [expected, found] = [versionText(running.image.version), versionText(image.version)];
    const why = `version ${found} is not newer than ${expected}, which runs and would be started instead`;
    const details = { check: 'version', expected: `newer than ${expected}`, found };
    throw new SelvageError('rollback-refused', why, { details });
  }

  /** What was written in part cannot be written again: an update whose flash fails has failed. */
  async #orFail<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof SelvageError && error.code === 'store-failed') this.#fail(error);
      throw error;
    }
  }

  #fail(error: unknown): void {
    this.#end({ state: 'FAILED', reason: error instanceof Error ? error.message : String(error) });
  }

  #end(status: UpdateStatus): void {
    this.#writer = undefined;
    this.#status = status;
  }

  /** Does one operation after the other, each only in the states that it is for. */
  #inTurn(
    operation: string,
    allowed: readonly UpdateState[] | undefined,
    work: (writer: SlotWriter) => Promise<void>,
  ): Promise<void> {
    const result = this.#last
      .catch(() => undefined)
      .then(() => {
        if (allowed) requireState(this.#status.state, operation, allowed);
        return work(this.#writer as SlotWriter);
      });
    this.#last = result;
    return result;
  }
}

async function raise({ securityCounter }: Board, to: number): Promise<void> {
  if (to > (await securityCounter.read())) await securityCounter.advance(to);
}

function otherSlot({ running: { slot } }: FirmwareUpdateOptions): SlotIndex {
  return slot === 0 ? 1 : 0;
}
