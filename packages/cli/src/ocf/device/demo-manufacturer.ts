import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeCbor, encodeCbor, type Entropy, prefixedStore, type Store } from '@selvage/core';
import { type KeyHandle, type KeyHome, LocalKeyHome, nativeCore } from '@selvage/crypto';
import { attestationSubject, type ImageSigner, imageSigner } from '@selvage/hardware';
import { bytes, listOf } from '@selvage/ocf';
import {
  type AttributeInput,
  type AuthoritySetting,
  CertificateAuthority,
  encodePem,
  type Validity,
  validFor,
} from '@selvage/pki';
import { unusable } from '../../dtls/files.js';
import { type OpenVault, openVault } from '../../keeping/kept-vault.js';
import type { Surface } from '../../terminal/surface.js';

/** Where the manufacturer of the virtual devices of this host is: the vault of its keys, and its root. */
const folder = join('.selvage', 'manufacturer');
/** It makes all devices of a show in one go, which takes a slow host a while, ms. */
const patience = 60_000;
/** Its root, for those who own the devices. */
export const demoManufacturerRoot = join(folder, 'root.pem');

const signing = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
/** What the vault calls the keys that certify devices and sign firmware. */
const [authorityLabel, firmwareLabel] = ['authority', 'firmware'] as const;
const chainName = 'chain';
const chainType = listOf(bytes(), { minimum: 2 });
const [organization, rootDays, authorityDays, deviceDays] = ['Selvage Demo', 7305, 3652, 3652];

/** The manufacturer at work. */
export interface DemoManufacturer {
  /** What certifies devices. */
  readonly authority: CertificateAuthority;
  /** What signs the firmware of devices. */
  readonly firmware: ImageSigner;
}

/**
 * Works with the manufacturer of this host's virtual devices, which is made where there is none: a root, whose key is
 * gone once it has certified the authority that issues to devices.
 * @throws SelvageError `store-in-use`, `store-failed`.
 */
export async function withDemoManufacturer<T>(
  surface: Surface,
  work: (manufacturer: DemoManufacturer) => Promise<T>,
): Promise<T> {
  const vault = await openVault(surface, { folder, what: 'the manufacturer of virtual devices', patience });
  const { keys, store } = vault;
  try {
    const setting = { core: nativeCore, entropy: surface.entropy, store: prefixedStore(store, 'authority.') };
    const authority = (await establishedIn(store, keys, setting)) ?? (await establish(surface, store, keys, setting));
    if (!existsSync(demoManufacturerRoot)) writeRoot(authority);
    return await work({ authority, firmware: await firmwareSigner(keys) });
  } finally {
    await vault.close();
  }
}

/** A device's certificates, for a key of its own. */
export async function certifyVirtualDevice(
  authority: CertificateAuthority,
  { name, publicKey, now }: { readonly name: string; readonly publicKey: Uint8Array; readonly now: number },
): Promise<readonly Uint8Array[]> {
  const subject = subjectOf(name);
  const { chain } = await authority.issue(
    { kind: 'device', subject },
    { publicKey, validity: validityOf(authority, now) },
  );
  return chain;
}

/** The certificates of the key that a device attests with. */
export async function certifyAttestation(
  authority: CertificateAuthority,
  { instance, publicKey, now }: { readonly instance: Uint8Array; readonly publicKey: Uint8Array; readonly now: number },
): Promise<readonly Uint8Array[]> {
  const subject = attestationSubject(instance, [['O', organization]]);
  const { chain } = await authority.issue(
    { kind: 'attestation', subject },
    { publicKey, validity: validityOf(authority, now) },
  );
  return chain;
}

/** The authority may have been made in this very second. */
function validityOf({ certificate }: CertificateAuthority, now: number): Validity {
  const { notBefore, notAfter } = certificate.validity;
  const wanted = validFor(now, deviceDays);
  return { notBefore: Math.max(wanted.notBefore, notBefore), notAfter: Math.min(wanted.notAfter, notAfter) };
}

async function firmwareSigner(keys: OpenVault['keys']): Promise<ImageSigner> {
  const known = await keys.labelled(firmwareLabel);
  return imageSigner(keys, known ?? (await keys.generate(signing, { label: firmwareLabel })));
}

type Setting = Omit<AuthoritySetting, 'keys' | 'key'>;

async function establishedIn(store: Store, keys: KeyHome, setting: Setting): Promise<CertificateAuthority | undefined> {
  const value = await store.get(chainName);
  // The first that was made.
  const [key] = await keys.list();
  if (value === undefined || key === undefined) return undefined;
  return new CertificateAuthority({ ...setting, keys, key }, chainType.read(decodeCbor(value)));
}

async function establish(
  { clock, entropy }: Surface,
  store: Store,
  keys: OpenVault['keys'],
  setting: Setting,
): Promise<CertificateAuthority> {
  const root = await establishRoot({ ...setting, entropy }, clock.wallTime());
  const key = (await keys.list())[0] ?? (await keys.generate(signing, { label: authorityLabel }));
  const chain = await certifyAuthority(root, await keys.publicKey(key), clock.wallTime());
  await store.put(chainName, encodeCbor(chainType.write(chain)));
  return new CertificateAuthority({ ...setting, keys, key }, chain);
}

async function establishRoot(
  setting: Setting & { readonly entropy: Entropy },
  now: number,
): Promise<CertificateAuthority> {
  const keys = new LocalKeyHome(setting);
  const key: KeyHandle = await keys.generate(signing);
  const subject = subjectOf(`${organization} Root`);
  return CertificateAuthority.establish({ ...setting, keys, key }, { subject, validity: validFor(now, rootDays) });
}

async function certifyAuthority(root: CertificateAuthority, publicKey: Uint8Array, now: number): Promise<Uint8Array[]> {
  const subject = subjectOf(`${organization} Device Authority`);
  const { certificate } = await root.issue(
    { kind: 'intermediate', subject },
    { publicKey, validity: validFor(now, authorityDays) },
  );
  return [certificate.der, root.certificate.der];
}

function subjectOf(name: string): AttributeInput[] {
  return [
    ['O', organization],
    ['CN', name],
  ];
}

function writeRoot({ chain, certificate }: CertificateAuthority): void {
  try {
    writeFileSync(demoManufacturerRoot, encodePem('CERTIFICATE', chain.at(-1) ?? certificate.der));
  } catch (cause) {
    throw unusable('--manufacturer', demoManufacturerRoot, 'written', cause);
  }
}
