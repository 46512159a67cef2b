/** A token as a key of maps; equal tokens have equal keys. */
export function tokenKey(token: Uint8Array): string {
  let key = '';
  for (let i = 0; i < token.length; i++) key += String.fromCharCode(token[i] as number);
  return key;
}
