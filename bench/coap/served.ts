/** What every server of the CoAP figures serves, and what is asked of it. */
import { encode } from '@selvage/core';
import { coapMessage, contentFormat, option } from '@selvage/coap';

/** The state of a lamp, as an OCF device says it: a CBOR map of some 40 bytes. */
export const state = new Uint8Array(40).fill(0xa1);
export const stateFormat = contentFormat.cbor;

const token = new Uint8Array(8);
const request = encode(coapMessage, {
  type: 'CON',
  code: 0x01,
  messageId: 0,
  token,
  options: [option.uriPath.of('oic'), option.uriPath.of('light'), option.accept.of(stateFormat)],
  payload: new Uint8Array(),
});

/** A GET of the lamp: the message ID and the token are those of the number. */
export function get(number: number): Uint8Array {
  const datagram = request.slice();
  const view = new DataView(datagram.buffer);
  view.setUint16(2, number & 0xffff);
  view.setUint32(4, number >>> 0);
  return datagram;
}

/** Whether a datagram is a 2.05 that acknowledges a GET, with its payload. */
export function isAnswer(datagram: Uint8Array): boolean {
  return datagram[0] === 0x68 && datagram[1] === 0x45 && datagram.length > state.length;
}
