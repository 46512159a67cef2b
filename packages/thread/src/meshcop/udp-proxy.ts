import { encode, tryDecode } from '@selvage/core';
import { type MeshcopTlv, meshcopTlvs } from './tlv/meshcop-tlvs.js';

/** The paths of UDP_TX.ntf, from a commissioner to its border agent, and of UDP_RX.ntf, the way back (Thread 1.3 §8.4.3). */
export const proxyPaths = { transmit: '/c/ut', received: '/c/ur' } as const;

/** Of both ports, bytes. */
const portsLength = 4;

/** A UDP datagram that a border agent sends for its commissioner, or has received for it. */
export interface ProxiedDatagram {
  /** The node of the mesh: the destination of what is sent, the source of what was received. 16 bytes. */
  readonly address: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

/** The message of one of the two, in the order and with the long form of a length that its peers write. */
export function encodeProxied(
  { address, sourcePort, destinationPort, payload }: ProxiedDatagram,
  path: (typeof proxyPaths)[keyof typeof proxyPaths],
): Uint8Array {
  const value = { sourcePort, destinationPort, payload };
  const isShort = payload.length + portsLength < 0xff;
  const node: MeshcopTlv = { type: 'ipv6Address', value: address };
  const datagram: MeshcopTlv = { type: 'udpEncapsulation', value, ...(isShort ? { extended: true } : {}) };
  return encode(meshcopTlvs, path === proxyPaths.transmit ? [node, datagram] : [datagram, node]);
}

/** Undefined for a message that is malformed, or where something is missing. */
export function decodeProxied(message: Uint8Array): ProxiedDatagram | undefined {
  const tlvs = tryDecode(meshcopTlvs, message) ?? [];
  const address = meshcopTlvs.first(tlvs, 'ipv6Address');
  const datagram = meshcopTlvs.first(tlvs, 'udpEncapsulation');
  return address && datagram && { address, ...datagram };
}
