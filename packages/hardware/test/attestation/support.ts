import { readFileSync } from 'node:fs';
import { fromHex, Secret } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { decodeSpki, type KeyHandle, LocalKeyHome, nativeCore, type PublicKey } from '@selvage/crypto';
import {
  type AttestationClaims,
  instanceIdOf,
  makeToken,
  type ReferenceValues,
  type EnrolledDevice,
} from '@selvage/hardware';

export const core = nativeCore;

export function vector(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`vectors/${name}`, import.meta.url)));
}

/** The key of the draft's signed token. */
export function draftKey(): PublicKey {
  const { x, y } = jwk('rfc9783-draft-es-iak.jwk.json');
  return { kind: 'p256', publicKey: new Uint8Array([4, ...fromUrl(x as string), ...fromUrl(y as string)]) };
}

/** The private half of it, as published. */
export function draftPrivateKey(): Secret {
  return Secret.of(fromUrl(jwk('rfc9783-draft-es-iak.jwk.json')['d'] as string));
}

export function draftSecret(): Secret {
  return Secret.of(fromUrl(jwk('rfc9783-draft-hs-iak.jwk.json')['k'] as string));
}

export function verifierKey(): PublicKey {
  const pem = new TextDecoder().decode(vector('iatverifier-iak.pub.pem'));
  return decodeSpki(new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')));
}

function jwk(name: string): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(vector(name))) as Record<string, unknown>;
}

function fromUrl(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}

export const nonce = fromHex('a1'.repeat(32));
export const firmware = {
  type: 'firmware',
  measurement: fromHex('0f'.repeat(32)),
  version: '1.2.0',
  signer: fromHex('51'.repeat(32)),
  algorithm: 'SHA256',
} as const;

/** A device with an attestation key, and what would take it. */
export interface Attester {
  readonly keys: LocalKeyHome;
  readonly key: KeyHandle;
  readonly claims: AttestationClaims;
  readonly enrolled: EnrolledDevice;
  token(changes?: Partial<AttestationClaims>): Promise<Uint8Array>;
}

export const reference: ReferenceValues = {
  implementations: [fromHex('11'.repeat(32))],
  lifeCycles: ['secured'],
  isolations: ['namespaces'],
  components: [{ type: 'firmware', signers: [firmware.signer], minimumVersion: '1.1.0' }],
};

export async function attester(seed: string, algorithm: 'ecdsa-p256' | 'ed25519' = 'ecdsa-p256'): Promise<Attester> {
  const keys = new LocalKeyHome({ core, entropy: new SeededEntropy(seed) });
  const key = await keys.generate({ algorithm, usages: ['sign'] });
  const publicKey: PublicKey = {
    kind: algorithm === 'ed25519' ? 'ed25519' : 'p256',
    publicKey: await keys.publicKey(key),
  };
  const instance = instanceIdOf(core, publicKey);
  const claims: AttestationClaims = {
    nonce,
    instance,
    implementation: fromHex('11'.repeat(32)),
    bootSeed: fromHex('b5'.repeat(16)),
    client: -1,
    lifeCycle: 'secured',
    components: [firmware],
    certification: '0604565272829-10010',
    verificationService: 'https://verifier.example/v1',
    isolation: 'namespaces',
  };
  const token = (changes: Partial<AttestationClaims> = {}): Promise<Uint8Array> =>
    makeToken({ keys, key }, { ...claims, ...changes });
  return { keys, key, claims, enrolled: { instance, key: publicKey }, token };
}
