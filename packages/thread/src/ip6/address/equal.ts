/** Whether two IPv6 addresses are equal. */
export function sameIp6(a: Uint8Array, b: Uint8Array): boolean {
  // From the end: neighbours on a mesh differ there.
  for (let i = 15; i >= 0; i--) if (a[i] !== b[i]) return false;
  return true;
}
