import { encode, type Secret, tryDecode } from '@selvage/core';
import { type MeshcopTlv, meshcopTlvs } from '../tlv/meshcop-tlvs.js';

/** The paths of RLY_RX, from a joiner router to the commissioner, and of RLY_TX, the way back (Thread 1.3 §8.4.4.3). */
export const relayPaths = { received: 'c/rx', transmit: 'c/tx' } as const;

/** A joiner as its joiner router knows it. */
export interface RelayedJoiner {
  /** 8 bytes: its extended address with the seventh bit turned. */
  readonly interfaceId: Uint8Array;
  readonly udpPort: number;
  /** The RLOC16 of the joiner router. */
  readonly locator: number;
}

/** What is passed on: a datagram of the joiner or for it. */
export interface RelayedDatagram extends RelayedJoiner {
  readonly payload: Uint8Array;
  /** Of RLY_TX with the response to JOIN_FIN alone: the joiner router is to entrust the joiner under this key. */
  readonly kek?: Secret | undefined;
}

export function encodeRelayed({ interfaceId, udpPort, locator, payload, kek }: RelayedDatagram): Uint8Array {
  const tlvs: MeshcopTlv[] = [
    { type: 'joinerUdpPort', value: udpPort },
    { type: 'joinerInterfaceId', value: interfaceId },
    { type: 'joinerRouterLocator', value: locator },
  ];
  if (kek !== undefined) tlvs.push({ type: 'joinerRouterKek', value: kek });
  // OpenThread writes the long form of this length always, and reads both.
  tlvs.push({ type: 'joinerDtlsEncapsulation', value: payload, ...(payload.length < 0xff ? { extended: true } : {}) });
  return encode(meshcopTlvs, tlvs);
}

/** Undefined for a message that is malformed, or where something is missing. */
export function decodeRelayed(message: Uint8Array): RelayedDatagram | undefined {
  const tlvs = tryDecode(meshcopTlvs, message) ?? [];
  const payload = meshcopTlvs.first(tlvs, 'joinerDtlsEncapsulation');
  const udpPort = meshcopTlvs.first(tlvs, 'joinerUdpPort');
  const interfaceId = meshcopTlvs.first(tlvs, 'joinerInterfaceId');
  const locator = meshcopTlvs.first(tlvs, 'joinerRouterLocator');
  if (payload === undefined || udpPort === undefined || interfaceId === undefined || locator === undefined) {
    return undefined;
  }
  const kek = meshcopTlvs.first(tlvs, 'joinerRouterKek');
  return { interfaceId, udpPort, locator, payload, ...(kek?.length === 16 ? { kek } : {}) };
}
