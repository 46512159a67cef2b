/**
 * Whether two byte strings are equal, in a time that depends on their lengths alone: for tags, proofs, passcodes and
 * whatever else an adversary may guess byte by byte. Lengths are not secret: unequal ones return at once.
 */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) {
    return false;
  }
  let difference = 0;
  for (let i = 0; i < a.length; i++) {
    difference |= a[i]! ^ b[i]!;
  }
  return difference === 0;
}
