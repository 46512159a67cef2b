import { encodePem, encodePemChain, type CertificateProfile, CertificateAuthority, validFor } from '@selvage/pki';
import type { CborInput, Entropy } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { type KeyHandle, type LocalKeyHome, nativeCore } from '@selvage/crypto';
import { credentialTypes, credentialUsages, encodings } from '../../../src/index.js';
import { today } from '../../device/support/world.js';

/** A certificate, and its key in the world's home. */
export interface CertifiedKey {
  readonly chain: readonly Uint8Array[];
  readonly key: KeyHandle;
}

/** A world with keys, and entropy for each of its parts. */
export interface KeyedWorld {
  readonly keys: LocalKeyHome;
  entropy(name: string): Entropy;
}

/** When a certificate holds, milliseconds since 1970. */
export type Period = Parameters<CertificateAuthority['issue']>[1]['validity'];

const day = 86_400_000;

/** The periods that tests tell apart. */
export const periods = {
  now: validFor(today - day, 365),
  past: validFor(today - 30 * day, 29),
  future: validFor(today + day, 29),
} as const satisfies Record<string, Period>;

export function newKey(keys: LocalKeyHome): Promise<KeyHandle> {
  return keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
}

/** What an authority works with, kept by the test so that it can sign what the authority would not. */
export interface Root {
  readonly authority: CertificateAuthority;
  readonly key: KeyHandle;
}

/** A root that began a year ago. */
export async function rootOf(world: KeyedWorld, name: string): Promise<Root> {
  const { keys } = world;
  const key = await newKey(keys);
  const setting = { core: nativeCore, entropy: world.entropy(name), keys, key, store: new MemoryStore() };
  const validity = validFor(today - 365 * day, 3650);
  const subject = [['O', 'Lab'] as const, ['CN', name] as const];
  return { authority: await CertificateAuthority.establish(setting, { subject, validity }), key };
}

/** An authority below a root. */
export async function intermediateOf(world: KeyedWorld, root: Root, validity: Period = periods.now): Promise<Root> {
  const { keys } = world;
  const key = await newKey(keys);
  const profile = { kind: 'intermediate', subject: [['CN', 'Below the Root']] } as const;
  const { certificate } = await root.authority.issue(profile, { publicKey: await keys.publicKey(key), validity });
  const setting = { core: nativeCore, entropy: world.entropy('below'), keys, key, store: new MemoryStore() };
  return { authority: new CertificateAuthority(setting, [certificate.der, root.authority.certificate.der]), key };
}

/** Issues a certificate for a key of the world, a new one where none is given. */
export async function issued(
  world: KeyedWorld,
  { authority: from }: Root,
  profile: CertificateProfile,
  { validity = periods.now, key }: { readonly validity?: Period; readonly key?: KeyHandle } = {},
): Promise<CertifiedKey> {
  const own = key ?? (await newKey(world.keys));
  const { chain } = await from.issue(profile, { publicKey: await world.keys.publicKey(own), validity });
  return { chain, key: own };
}

/** A credential that makes a device trust an authority. */
export function trustIn({ authority: from }: Root, subjectuuid = '*'): CborInput {
  const data = encodePem('CERTIFICATE', from.certificate.der);
  return {
    credtype: credentialTypes.certificate,
    subjectuuid,
    publicdata: { data, encoding: encodings.pem },
    credusage: credentialUsages.trustAnchor,
  };
}

/** A credential with a chain for a use. */
export function chainCredential(chain: readonly Uint8Array[], credusage: string, subjectuuid = '*'): CborInput {
  return {
    credtype: credentialTypes.certificate,
    subjectuuid,
    publicdata: { data: encodePemChain(chain), encoding: encodings.pem },
    credusage,
  };
}

/** What is sent to `/oic/sec/roles`. */
export function roleAssertion(...chains: readonly (readonly Uint8Array[])[]): CborInput {
  return { roles: chains.map((chain) => chainCredential(chain, credentialUsages.role)) };
}
