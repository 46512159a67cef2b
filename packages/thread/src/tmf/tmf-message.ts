import { decode, encode, FormatError } from '@selvage/core';
import { all, type CoapMessage, coapMessage, methodCodes, option } from '@selvage/coap';

/** 2.04 Changed: the one code of answers. */
export const changed = 0x44;
const noBytes = new Uint8Array(0);

/** What a POST is made of. */
export interface TmfPost {
  readonly path: string;
  readonly payload: Uint8Array;
  readonly confirmable: boolean;
  readonly messageId: number;
  /** 2 bytes. */
  readonly token: Uint8Array;
}

/** The bytes of a POST (Thread 1.3 §10.9). */
export function postBytes({ path, payload, confirmable, messageId, token }: TmfPost): Uint8Array {
  const options = path.split('/').map((segment) => option.uriPath.of(segment));
  const type = confirmable ? 'CON' : 'NON';
  return encode(coapMessage, { type, code: methodCodes.POST, messageId, token, options, payload });
}

/** The bytes of the answer in an acknowledgement. */
export function answerBytes({ messageId, token }: CoapMessage, payload: Uint8Array): Uint8Array {
  return encode(coapMessage, { type: 'ACK', code: changed, messageId, token, options: [], payload });
}

/** The bytes of an empty acknowledgement. */
export function emptyAcknowledgement(messageId: number): Uint8Array {
  return encode(coapMessage, { type: 'ACK', code: 0, messageId, token: noBytes, options: [], payload: noBytes });
}

/** A message; `undefined` for what is none. */
export function readMessage(bytes: Uint8Array): CoapMessage | undefined {
  try {
    return decode(coapMessage, bytes, 'tmf');
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** The path that a message names, without a leading slash; `undefined` for one that is not UTF-8. */
export function pathOf({ options }: CoapMessage): string | undefined {
  try {
    return all(options, option.uriPath).join('/');
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
