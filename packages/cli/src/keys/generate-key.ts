import { SelvageError } from '@selvage/core';
import type { KeyHandle, PublicKey } from '@selvage/crypto';
import { parsePkcs11Uri } from '@selvage/hardware';
import { openPkcs11Home } from '@selvage/hardware/node';
import type { Surface } from '../terminal/surface.js';
import { generateVaultKey } from '../vault/vault-key.js';
import { parseKeyReference } from './key-reference.js';

/** The algorithms of keys that sign images. */
export type SigningAlgorithm = 'ecdsa-p256' | 'ed25519';

/** A new signing key in the vault or in a token; it never is anywhere else. @throws SelvageError as the home does */
export async function generateElsewhere(
  reference: string,
  algorithm: SigningAlgorithm,
  surface: Surface,
): Promise<PublicKey> {
  const { home, name } = parseKeyReference(reference);
  const { publicKey } =
    home === 'vault'
      ? await generateVaultKey(surface, name, { algorithm, usages: ['sign'] })
      : await inToken(name, algorithm, surface);
  if (publicKey === undefined) throw new SelvageError('key-operation-failed', 'the new key has no public key');
  return { kind: algorithm === 'ed25519' ? 'ed25519' : 'p256', publicKey };
}

async function inToken(uri: string, algorithm: SigningAlgorithm, { env }: Surface): Promise<KeyHandle> {
  const { object } = parsePkcs11Uri(uri);
  if (object === undefined) {
    throw new SelvageError('invalid-argument', 'the PKCS#11 URI does not say what the new key is to be called', {
      remedy: 'add ;object=name to it',
    });
  }
  const home = await openPkcs11Home(uri, env);
  try {
    const labels = await home.labels();
    if ([...labels.values()].includes(object)) {
      throw new SelvageError('wrong-state', `the token has a key ${object} already`, { remedy: 'name another one' });
    }
    return await home.generate({ algorithm, usages: ['sign'] }, object);
  } finally {
    await home.close();
  }
}
