import { toHex } from '@selvage/core';
import { encodeSpki, nativeCore, type PublicKey } from '@selvage/crypto';
import type { VaultKeyHandle } from '@selvage/hardware';
import { encodePem } from '@selvage/pki';

/** A key as plain data; its print is the SHA-256 of its public key (SubjectPublicKeyInfo). */
export function describeKey(handle: VaultKeyHandle): Record<string, unknown> {
  const { label, algorithm, usages, owner, id } = handle;
  const spki = spkiOf(handle);
  return {
    label: label ?? '-',
    type: algorithm,
    usages: [...usages],
    owner,
    id,
    ...(spki && { publicKeySha256: toHex(nativeCore.hash('sha256', spki)) }),
  };
}

/** The public key in PEM; undefined for a key that has none. */
export function publicPem(handle: VaultKeyHandle): string | undefined {
  const spki = spkiOf(handle);
  return spki && encodePem('PUBLIC KEY', spki);
}

function spkiOf({ algorithm, publicKey }: VaultKeyHandle): Uint8Array | undefined {
  if (publicKey === undefined) return undefined;
  const kind: PublicKey['kind'] = algorithm === 'ed25519' ? 'ed25519' : 'p256';
  return encodeSpki({ kind, publicKey });
}
