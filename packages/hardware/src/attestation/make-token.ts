import type { CryptoCore, KeyHandle, KeyHome, PublicKey } from '@selvage/crypto';
import { encodeSpki } from '@selvage/crypto';
import { concat, toHex } from '@selvage/core';
import { type AttributeInput, coseHeaders, signCose } from '@selvage/pki';
import type { AttestationClaims } from './claims.js';
import { writePayload } from './payload.js';

/** The key that a device attests with; it need not be here. */
export interface AttestationSigner {
  readonly keys: KeyHome;
  readonly key: KeyHandle;
  /** What its manufacturer says of it, DER, the key's own certificate first and without the root; it goes along. */
  readonly chain?: readonly Uint8Array[] | undefined;
}

/**
 * A token (RFC 9783): a COSE_Sign1 over the claims, with ES256 or EdDSA as the key is.
 * @throws SelvageError `invalid-argument` for claims that no verifier would take, and as {@link KeyHome.sign}
 */
export async function makeToken(
  { keys, key, chain = [] }: AttestationSigner,
  claims: AttestationClaims,
): Promise<Uint8Array> {
  const payload = writePayload(claims);
  // One certificate stands for itself, several in an array (RFC 9360 §2).
  const x5chain = chain.length === 1 ? chain[0] : chain;
  const unprotectedHeader =
    x5chain === undefined || chain.length === 0 ? undefined : new Map([[coseHeaders.x5chain, x5chain]]);
  return signCose({ keys, key }, payload, { unprotectedHeader });
}

/** The instance id of a device that attests with a key: 01 and the SHA-256 of its SubjectPublicKeyInfo. Verifiers enroll it. */
export function instanceIdOf(core: CryptoCore, key: PublicKey): Uint8Array {
  return concat(Uint8Array.of(1), core.hash('sha256', encodeSpki(key)));
}

/**
 * How the certificate of an attestation key names the instance: as serialNumber, in hexadecimal and without the 01, which
 * every instance id begins with.
 */
export function attestationSubject(instance: Uint8Array, others: readonly AttributeInput[] = []): AttributeInput[] {
  return [...others, ['serialNumber', toHex(instance.subarray(1))]];
}
