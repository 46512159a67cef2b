import { SelvageError } from '@selvage/core';
import { constantTimeEqual, type CryptoCore } from '@selvage/crypto';
import type { HandshakeMessage } from '../protocol/handshake.js';
import type { SessionSecrets } from './key-schedule.js';
import type { Transcript } from './transcript.js';

/** Who sends a Finished. */
export type FinishedSender = 'client' | 'server';

/** What is finished: the secrets, and all that was said before the message. */
export interface Finishing {
  readonly secrets: SessionSecrets;
  readonly transcript: Transcript;
}

/** verify_data of the Finished that one side sends now (RFC 5246 §7.4.9). */
export function finishedBody(core: CryptoCore, sender: FinishedSender, { secrets, transcript }: Finishing): Uint8Array {
  return secrets.verifyData(core, sender, transcript.hash(core));
}

/** @throws SelvageError `decrypt-error` for a Finished of the peer that another handshake, or another secret, led to */
export function verifyFinished(
  core: CryptoCore,
  sender: FinishedSender,
  at: Finishing,
  message: HandshakeMessage,
): void {
  if (constantTimeEqual(finishedBody(core, sender, at), message.body)) return;
  throw new SelvageError('decrypt-error', `the ${sender}'s Finished does not match what was said in the handshake`);
}
