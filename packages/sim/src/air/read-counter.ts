import { decode, FormatError } from '@selvage/core';
import { frameCheckLength, headerLength, type MacFrame, macFrame } from '@selvage/thread';

/** Which counter a frame was protected with, under which key, and what was protected. */
export interface UsedCounter {
  readonly layer: 'mac' | 'mle';
  readonly key: string;
  readonly counter: number;
  readonly protectedBytes: Uint8Array;
}

/** UDP's next header compression with both ports inline, from the port of MLE to the port of MLE. */
const mlePorts = [0xf0, 0x4d, 0x4c, 0x4d, 0x4c] as const;
const checksumLength = 2;
/** Security suite 0; security control 0x15: level 5, key source of 4 bytes. */
const secured = [0x00, 0x15] as const;

/** Reads a PSDU's counter; undefined for what is not protected. Announce's key is everybody's, and protects nothing. */
export function readCounter(psdu: Uint8Array): UsedCounter | undefined {
  const body = psdu.subarray(0, Math.max(psdu.length - frameCheckLength, 0));
  const frame = read(body);
  if (frame === undefined) return undefined;
  const { security, type } = frame;
  if (security?.key.mode === 1 && security.frameCounter !== undefined) {
    const { frameCounter: counter, key } = security;
    return { layer: 'mac', key: String(key.index), counter, protectedBytes: body };
  }
  if (security !== undefined || type !== 'data') return undefined;
  return mleCounter(body.subarray(headerLength(body.length, frame)));
}

/** Of an MLE message that is not protected by the link, as our nodes compress them. */
function mleCounter(payload: Uint8Array): UsedCounter | undefined {
  const at = indexOf(payload, mlePorts);
  if (at < 0) return undefined;
  const message = payload.subarray(at + mlePorts.length + checksumLength);
  if (indexOf(message.subarray(0, secured.length), secured) !== 0) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const [counterAt, sequenceAt, least] = [2, 6, 11] as const;
  if (message.length < least) return undefined;
  const counter = view.getUint32(counterAt, true);
  return { layer: 'mle', key: String(view.getUint32(sequenceAt)), counter, protectedBytes: message };
}

function read(body: Uint8Array): MacFrame | undefined {
  try {
    return decode(macFrame, body);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function indexOf(bytes: Uint8Array, wanted: readonly number[]): number {
  const last = bytes.length - wanted.length;
  for (let at = 0; at <= last; at++) if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  return -1;
}
