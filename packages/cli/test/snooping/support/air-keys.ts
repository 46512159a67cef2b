import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '@selvage/core';
import { Dataset } from '@selvage/thread';
import type { SecretList } from './secret-list.js';

/** The folder that the show leaves for Wireshark, which says that it has keys in it: nobody else is to have them. */
export const airKeysFolder = 'air.pcapng.wireshark';

/** Notes the network keys of an air and the key encryption keys of those who joined, of what is left for Wireshark. */
export function noteAirKeys(state: string, secrets: SecretList): void {
  const text = readFileSync(join(state, airKeysFolder, 'ieee802154_keys'), 'utf8');
  for (const [, hex = '', hash] of text.matchAll(/^"([0-9a-f]{32})","0","(Thread hash|No hash)"$/gm)) {
    secrets.add(hash === 'No hash' ? 'kek of a joiner' : 'network-key of the air', fromHex(hex));
  }
}

/** Notes what is secret of a dataset that is stored: as it is, or in a record behind the name of its key. */
export function noteDataset(bytes: Uint8Array, where: string, secrets: SecretList): void {
  for (const tlvs of [bytes, bytes.subarray(3 + (bytes[1] ?? 0))]) {
    const dataset = decoded(tlvs);
    const [key, pskc] = [dataset?.get('networkKey'), dataset?.get('pskc')];
    if (key !== undefined) secrets.add(`network-key in ${where}`, key.reveal());
    if (pskc !== undefined) secrets.add(`pskc in ${where}`, pskc.reveal());
  }
}

function decoded(tlvs: Uint8Array): Dataset | undefined {
  try {
    return Dataset.decode(tlvs);
  } catch {
    return undefined;
  }
}
