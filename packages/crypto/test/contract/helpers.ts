export const empty = new Uint8Array(0);

const utf8 = new TextEncoder();

/** The text in UTF-8. */
export function text(value: string): Uint8Array {
  return utf8.encode(value);
}

/** `length` bytes that are the same every time and differ by `seed`. */
export function sample(length: number, seed = 1): Uint8Array {
  let state = (Math.imul(seed, 0x9e3779b1) ^ length) >>> 0 || 1;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 8;
  });
}

/** Each way to flip one bit of `bytes` from byte `from` on. */
export function* flips(bytes: Uint8Array, from = 0): Generator<Uint8Array> {
  for (let bit = 8 * from; bit < 8 * bytes.length; bit++) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >>> 3]! ^= 1 << (bit & 7);
    yield flipped;
  }
}
