import { type CborInput, type CborMap, encodeCbor, SelvageError } from '@selvage/core';
import type { KeyHandle } from '@selvage/crypto';
import type { Signer } from '../making/sign.js';
import { type CoseAlgorithm, coseAlgorithmNumber, coseHeaders } from './algorithm.js';
import { signatureFromDer } from './ecdsa-signature.js';
import { toBeSigned, writeCose } from './message.js';

/** What stands beside the payload. The algorithm is put into the protected header in any case. */
export interface CoseSignOptions {
  /** By label, such as those of {@link coseHeaders}. */
  readonly protectedHeader?: ReadonlyMap<number, CborInput> | undefined;
  readonly unprotectedHeader?: ReadonlyMap<number, CborInput> | undefined;
}

/**
 * A COSE_Sign1 message over the payload, with a key that need not be here: ES256 for an `ecdsa-p256` key, EdDSA for an
 * `ed25519` one. @throws SelvageError as the key's home; `invalid-argument` for keys of another algorithm.
 */
export async function signCose(
  { keys, key }: Signer,
  payload: Uint8Array,
  { protectedHeader = new Map(), unprotectedHeader = new Map() }: CoseSignOptions = {},
): Promise<Uint8Array> {
  const algorithm = algorithmOf(key);
  const header = new Map([[coseHeaders.algorithm, coseAlgorithmNumber(algorithm)], ...protectedHeader]);
  const message = {
    kind: 'sign1',
    protectedBytes: encodeCbor(header),
    protectedHeader: header as CborMap,
    unprotectedHeader: unprotectedHeader as CborMap,
    payload,
  } as const;
  return writeCose({ ...message, signature: await signatureOf({ keys, key }, algorithm, toBeSigned(message)) });
}

async function signatureOf({ keys, key }: Signer, algorithm: CoseAlgorithm, message: Uint8Array): Promise<Uint8Array> {
  if (algorithm === 'EdDSA') return keys.sign({ handle: key, message });
  return signatureFromDer(await keys.sign({ handle: key, hash: 'sha256', message }));
}

function algorithmOf({ algorithm }: KeyHandle): CoseAlgorithm {
  if (algorithm === 'ecdsa-p256') return 'ES256';
  if (algorithm === 'ed25519') return 'EdDSA';
  throw new SelvageError('invalid-argument', `a key of ${algorithm} signs no COSE message`);
}
