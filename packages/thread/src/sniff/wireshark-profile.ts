import { toHex } from '@selvage/core';
import type { KnownShort } from './address-book.js';
import type { ListenerKeys } from './sniff-keys.js';

/** A file of a folder. */
export interface ProfileFile {
  readonly name: string;
  readonly text: string;
}

/** What Wireshark is to know besides the frames. */
export interface ProfileOptions extends ListenerKeys {
  readonly shorts: readonly KnownShort[];
  /** Context 0 of 6LoWPAN, `fd00:…::/64`. */
  readonly meshLocalPrefix?: string | undefined;
}

/**
 * The files of a configuration folder of Wireshark (`WIRESHARK_CONFIG_DIR`, or a profile) that decrypts a capture. There
 * is no other way to hand keys of IEEE 802.15.4 over: a decryption secrets block of a pcapng file has no such type.
 */
export function wiresharkProfile({
  networkKeys,
  joinerKeys = [],
  shorts,
  meshLocalPrefix,
}: ProfileOptions): ProfileFile[] {
  const keys = [
    ...networkKeys.map((key) => `"${toHex(key.reveal())}","0","Thread hash"`),
    ...joinerKeys.map((key) => `"${toHex(key.reveal())}","0","No hash"`),
  ];
  const addresses = shorts.map(({ panId, short, extended }) => `"${hex4(short)}","${hex4(panId)}",${toHex(extended)}`);
  const preferences = [
    'wpan.fcs_format: ITU-T CRC-16',
    'thread.thr_auto_acq_thr_seq_ctr: TRUE',
    ...(meshLocalPrefix === undefined ? [] : [`6lowpan.context0: ${meshLocalPrefix}`]),
  ];
  return [
    { name: 'preferences', text: lines(preferences) },
    { name: 'ieee802154_keys', text: lines(keys) },
    { name: '802154_addresses', text: lines(addresses) },
    { name: 'decode_as_entries', text: lines(['decode_as_entry: udp.port,61631,(none),CoAP']) },
  ];
}

function hex4(number: number): string {
  return `0x${number.toString(16).padStart(4, '0')}`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
