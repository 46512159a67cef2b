/**
 * The frames of a channel, one after the other on a byte stream:
 *
 *   u32 length of what follows | u8 service | u8 operation | u8 lane | u32 id | body
 *
 * A request has an id that no other request under way has, and is answered under the same service, lane and id with the
 * operation's high bit set; the answer's body is `u8 status | body`. A frame with id 0 is a notice and has no answer.
 */
import {
  ByteReader,
  type Codec,
  concat,
  constant,
  type Decoded,
  nested,
  remaining,
  struct,
  u16,
  u32,
  u8,
} from '@selvage/core';

const frameFields = struct({ service: u8, operation: u8, lane: u8, id: u32, body: remaining });

/** One frame, as it lies on the stream without its length. */
export type Frame = Decoded<typeof frameFields>;

/** Bytes of a frame beside its body, without its length. */
export const frameHeadLength = 7;
/** Set in the operation of an answer. */
export const answerBit = 0x80;

/** Frames of `longest` bytes at most, their length not counted. */
export function frameCodec(longest: number): Codec<Frame> {
  return nested(u32, frameFields, { min: frameHeadLength, max: longest });
}

/** Service 0 is the channel's own: its notices, by operation. */
export const ownService = 0;
export const ownOperations = { hello: 1, cancel: 2 } as const;

/** The version of these frames. Each side's first frame says its own; sides of different versions part. */
export const channelVersion = 1;

/** Body of a `hello`: what a stream that is something else does not begin with, and the version. */
export const hello = struct({ magic: constant(u32, 0x53_4c_56_43), version: u16 });

/** Body of a `cancel`: the id of the request whose answer nobody waits for any more. */
export const cancel = struct({ id: u32 });

/** Body of an answer. */
export const answer = struct({ status: u8, body: remaining });
export const answerStatus = { done: 0, failed: 1 } as const;

/** Takes a stream apart into frames, whatever pieces it comes in; it keeps no more than one frame and one piece. */
export class FrameReader {
  readonly #codec: Codec<Frame>;
  readonly #longest: number;
  #rest: Uint8Array[] = [];
  #restLength = 0;
  /** How long `rest` has to be before anything can be read. */
  #needed = 4;

  constructor(longest: number) {
    this.#longest = longest;
    this.#codec = frameCodec(longest);
  }

  /**
   * Reads on: every frame that is whole goes to `take`, until that returns false.
   * @throws FormatError `length-out-of-range` for a frame that is too long or too short, behind which nothing can be read
   */
  read(piece: Uint8Array, take: (frame: Frame) => boolean): void {
    const bytes = this.#joined(piece);
    if (bytes === undefined) return;
    const reader = new ByteReader(bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (;;) {
      if (reader.remaining < 4) break;
      const length = view.getUint32(reader.offset);
      // A length that no frame has is for the codec to refuse, before all of it is here.
      const canBe = length >= frameHeadLength && length <= this.#longest;
      if (canBe && reader.remaining < 4 + length) {
        this.#needed = 4 + length;
        return this.#keep(reader.rest());
      }
      if (!take(this.#codec.decode(reader))) return;
    }
    this.#needed = 4;
    this.#keep(reader.rest());
  }

  #joined(piece: Uint8Array): Uint8Array | undefined {
    if (this.#restLength === 0) return piece;
    this.#rest.push(piece);
    this.#restLength += piece.length;
    if (this.#restLength < this.#needed) return undefined;
    const whole = concat(...this.#rest);
    this.#rest = [];
    this.#restLength = 0;
    return whole;
  }

  #keep(rest: Uint8Array): void {
    if (rest.length === 0) return;
    // A copy: a view of a few bytes would hold the whole piece.
    this.#rest = [rest.slice()];
    this.#restLength = rest.length;
  }
}
