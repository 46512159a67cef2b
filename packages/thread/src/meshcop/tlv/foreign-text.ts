/** Text that somebody else wrote, of UTF-8 bytes: no character of it is to move a terminal. */
export function foreignText(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes).replaceAll(/\p{C}/gu, '\u{fffd}');
}
