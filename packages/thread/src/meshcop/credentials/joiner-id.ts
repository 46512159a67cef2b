import type { CryptoCore } from '@selvage/crypto';

const joinerIdLength = 8;
/** Of the first byte: the address was given here, and not by the maker. */
const locallyAdministered = 0x02;

/**
 * What a joiner is known by while it joins: the first 8 bytes of SHA-256 of its EUI-64, as a locally administered address
 * (Thread 1.3 §8.4.4.1). It is the joiner's extended address too.
 * @param eui64 8 bytes
 */
export function joinerIdOf(core: CryptoCore, eui64: Uint8Array): Uint8Array {
  const id = core.hash('sha256', eui64).slice(0, joinerIdLength);
  id[0] = (id[0] as number) | locallyAdministered;
  return id;
}
