import type { Entropy } from '@selvage/core';
import { drawJoinerPassphrase, type JoinerLabel } from '@selvage/thread';

/** What each board has on its label: the EUI-64 of its radio, and its joiner passphrase. */
export type Labels = ReadonlyMap<string, JoinerLabel>;

/** Of EUI-64s that were given here, to the radios of a factory's boards one after the other. */
const prefix = [0x0a, 0x5e, 0x1a, 0x6e, 0, 0, 0] as const;

/** Labels as a factory makes them: the numbers are counted, and the passphrases drawn. */
export function drawLabels(names: readonly string[], entropy: Entropy): Labels {
  return new Map(
    names.map((name, at) => [
      name,
      { eui64: Uint8Array.of(...prefix, at + 1), passphrase: drawJoinerPassphrase(entropy) },
    ]),
  );
}
