/** A manufacturer for the devices of a measurement: its root, and one certificate and key that all devices have. */
import { fromHex, Secret, systemEntropy, toHex } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { type KeyHome, LocalKeyHome, nativeCore } from '@selvage/crypto';
import type { ManufacturerCredentials } from '@selvage/ocf';
import { CertificateAuthority, parseNameText, validFor } from '@selvage/pki';

/** All in hex, so that it can be handed to another process. */
export interface Manufacturer {
  readonly root: string;
  readonly chain: readonly string[];
  readonly key: string;
}

const policy = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;

export async function makeManufacturer(): Promise<Manufacturer> {
  const common = { core: nativeCore, entropy: systemEntropy, store: new MemoryStore() };
  const keys = new LocalKeyHome(common);
  const authority = await CertificateAuthority.establish(
    { ...common, keys, key: await keys.generate(policy) },
    { subject: parseNameText('CN=Bench Manufacturer'), validity: validFor(Date.now(), 30) },
  );
  const { privateKey, publicKey } = nativeCore.p256.generateKeyPair(systemEntropy);
  const { chain } = await authority.issue(
    { kind: 'device', subject: parseNameText('CN=Bench Light') },
    { publicKey, validity: authority.certificate.validity },
  );
  return { root: toHex(authority.certificate.der), chain: chain.map(toHex), key: toHex(privateKey) };
}

/** The manufacturer's credentials of one device, whose keys live in `keys`. */
export async function certified({ chain, key }: Manufacturer, keys: KeyHome): Promise<ManufacturerCredentials> {
  return { chain: chain.map(fromHex), key: await keys.importKey(policy, Secret.of(fromHex(key))) };
}
