import { ipAddressBytes, SelvageError } from '@selvage/core';

/** Bytes of an IPv6 address. */
export const addressLength = 16;

const groupCount = 8;

/**
 * An address in the canonical text of RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups
 * as `::`.
 * @param address 16 bytes
 */
export function ip6Text(address: Uint8Array): string {
  const [from, to] = longestZeroRun(address);
  let text = '';
  for (let group = 0; group < groupCount; group++) {
    if (group === from) {
      text += '::';
      group = to - 1;
      continue;
    }
    if (group > 0 && group !== to) text += ':';
    text += groupAt(address, group).toString(16);
  }
  return text;
}

/**
 * Reads the text of an IPv6 address, canonical or not; a zone (`%eth0`) is left out.
 * @throws SelvageError `address-invalid`
 */
export function parseIp6(text: string): Uint8Array {
  const bytes = ipAddressBytes(text);
  if (bytes.length === addressLength) return bytes;
  throw new SelvageError('address-invalid', `${text} is no IPv6 address`);
}

function groupAt(address: Uint8Array, group: number): number {
  return ((address[2 * group] as number) << 8) | (address[2 * group + 1] as number);
}

/** The first of the longest runs of at least two zero groups, or a place behind the end. */
function longestZeroRun(address: Uint8Array): readonly [from: number, to: number] {
  let best: readonly [number, number] = [groupCount, groupCount + 1];
  for (let from = 0; from < groupCount; from++) {
    let to = from;
    while (to < groupCount && groupAt(address, to) === 0) to++;
    if (to - from > Math.max(1, best[1] - best[0])) best = [from, to];
    from = Math.max(from, to - 1);
  }
  return best;
}
