/** A challenge is of 4 to 8 bytes, and of longer ones the first 8 count. */
const [leastChallenge, mostChallenge] = [4, 8] as const;

/** The bytes of a Challenge or Response that count; `undefined` for too few. */
export function challengeOf(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined || bytes.length < leastChallenge ? undefined : bytes.subarray(0, mostChallenge);
}
