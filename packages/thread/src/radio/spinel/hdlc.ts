/** HDLC-lite as spinel uses it (RFC 1662 §4 without address and control): flags, escapes and a check sequence. */
const [flag, escape, escapeBit] = [0x7e, 0x7d, 0x20] as const;
/** Flag, escape, XON, XOFF, and what vendors' bootloaders listen for. */
const special: ReadonlySet<number> = new Set([flag, escape, 0x11, 0x13, 0xf8]);
/** FCS-16 (RFC 1662 appendix C.2): what goes into it, and what is left of a good frame with its own at its end. */
const [initialCheck, polynomial, goodCheck] = [0xffff, 0x8408, 0xf0b8] as const;
const checkLength = 2;
/** Frames are short: a longer one is no frame, and is not kept. */
const longestFrame = 2048;

/** What a decoder dropped. */
export interface HdlcCounters {
  /** The check sequence was wrong, or there was none. */
  damaged: number;
  /** Longer than any frame is. */
  tooLong: number;
}

/** The bytes that carry a frame: flag, frame and check sequence with their escapes, flag. */
export function hdlcFrame(frame: Uint8Array): Uint8Array {
  const check = ~checkOf(frame) & 0xffff;
  const out: number[] = [flag];
  const put = (byte: number): void => {
    if (special.has(byte)) out.push(escape, byte ^ escapeBit);
    else out.push(byte);
  };
  for (const byte of frame) put(byte);
  put(check & 0xff);
  put(check >> 8);
  out.push(flag);
  return Uint8Array.from(out);
}

/** Finds frames in bytes as they come, in whatever pieces. */
export class HdlcDecoder {
  readonly counters: HdlcCounters = { damaged: 0, tooLong: 0 };
  readonly #buffer = new Uint8Array(longestFrame + checkLength);
  #length = 0;
  #escaped = false;
  #overflown = false;

  /** The frames that end in these bytes; each belongs to the caller. */
  take(bytes: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (const byte of bytes) {
      if (byte === flag) {
        const frame = this.#end();
        if (frame !== undefined) frames.push(frame);
      } else if (byte === escape) this.#escaped = true;
      else this.#put(this.#escaped ? byte ^ escapeBit : byte);
    }
    return frames;
  }

  #put(byte: number): void {
    this.#escaped = false;
    if (this.#length === this.#buffer.length) this.#overflown = true;
    else this.#buffer[this.#length++] = byte;
  }

  #end(): Uint8Array | undefined {
    const content = this.#buffer.subarray(0, this.#length);
    const [isCut, isTooLong] = [this.#escaped, this.#overflown];
    this.#length = 0;
    this.#escaped = false;
    this.#overflown = false;
    // Two flags in a row are no frame.
    if (content.length === 0 && !isCut) return undefined;
    if (isTooLong) this.counters.tooLong++;
    else if (isCut || content.length <= checkLength || checkOf(content) !== goodCheck) this.counters.damaged++;
    else return content.slice(0, content.length - checkLength);
    return undefined;
  }
}

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let check = byte;
  for (let bit = 0; bit < 8; bit++) check = (check & 1) === 0 ? check >> 1 : (check >> 1) ^ polynomial;
  return check;
});

function checkOf(bytes: Uint8Array): number {
  let check: number = initialCheck;
  for (const byte of bytes) check = (check >> 8) ^ (table[(check ^ byte) & 0xff] as number);
  return check;
}
