import { ByteWriter } from '@selvage/core';
import type { ByteStream } from './byte-stream.js';
import { type Frame, frameCodec } from './frame.js';
import type { ChannelSchedule } from './schedule.js';

/** Writes frames to a stream: those of a turn in one piece. */
export class FrameSender {
  readonly #stream: ByteStream;
  readonly #schedule: ChannelSchedule;
  readonly #codec;
  readonly #writer = new ByteWriter();
  #isFlushDue = false;
  #isBlocked = false;

  /** @param longest bytes of a frame, its length not counted */
  constructor(stream: ByteStream, schedule: ChannelSchedule, longest: number) {
    this.#stream = stream;
    this.#schedule = schedule;
    this.#codec = frameCodec(longest);
  }

  /** Whether the other side does not read what was written. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** The other side reads again. */
  unblock(): void {
    this.#isBlocked = false;
  }

  send(frame: Frame): void {
    this.#codec.encode(this.#writer, frame);
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#schedule.soon(() => this.flush());
  }

  /** Writes at once what waits for the end of the turn. */
  flush(): void {
    this.#isFlushDue = false;
    if (this.#writer.length === 0) return;
    // What is written while the other side does not read waits in the stream, and is bounded by what it asked.
    if (!this.#stream.write(this.#writer.take())) this.#isBlocked = true;
  }
}
