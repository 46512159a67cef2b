import { emptyCode } from '../message/code.js';
import { encodeMessage, type MessageType, noBytes } from '../message/message.js';
import type { Outgoing } from './delivery.js';

const nothing: Outgoing = { code: emptyCode, token: noBytes, options: [], payload: noBytes };

/** The datagram of a message; an Empty one where there is nothing to say. */
export function datagramOf(type: MessageType, messageId: number, outgoing: Outgoing = nothing): Uint8Array {
  const { code, token, options, payload } = outgoing;
  return encodeMessage({ type, code, messageId, token, options, payload });
}
