/**
 * Whether two byte strings are equal. For public data only: it stops at the first difference, so its time says where
 * that is. Secrets and authentication tags are compared with `constantTimeEqual` of `@selvage/crypto`.
 */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}
