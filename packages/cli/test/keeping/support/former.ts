/** What earlier versions kept in an operator's folder, made as they made it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCbor, prefixedStore, Secret } from '@selvage/core';
import { FileStore, LogStore } from '@selvage/core/node';
import { SeededEntropy } from '@selvage/core/virtual';
import { type KeyHandle, LocalKeyHome, nativeCore, StoredKeyHome, writePrivateKey } from '@selvage/crypto';
import { CertificateAuthority, encodePemChain, validFor } from '@selvage/pki';

const signing = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;

/** A former site's folder, and what was in it. */
export interface FormerSite {
  readonly keys: readonly KeyHandle[];
  /** The symmetric key that was there, as bytes. */
  readonly symmetric: Buffer;
  readonly values: Readonly<Record<string, Uint8Array>>;
}

/** Three keys, two values that name one of them, and some that name none. */
export async function makeFormerSite(folder: string): Promise<FormerSite> {
  const store = await LogStore.open(folder);
  const entropy = new SeededEntropy('former site');
  const keys = await StoredKeyHome.open({ core: nativeCore, entropy, store: prefixedStore(store, 'keys.') });
  const symmetric = Buffer.alloc(32);
  entropy.fill(symmetric);
  const handles = [
    await keys.generate(signing),
    await keys.importKey({ algorithm: 'hmac-sha256', usages: ['mac'] }, Secret.of(symmetric)),
    await keys.generate(signing),
  ] as const;
  const values: Record<string, Uint8Array> = {
    settings: encodeCbor({ name: 'Former', key: handles[0].id }),
    'tool.own-identity': encodeCbor({ key: handles[2].id, chain: [] }),
    'authority.issued-01': new Uint8Array(700).fill(7),
  };
  for (let i = 0; i < 200; i++) values[`tool.device-${i}`] = encodeCbor({ device: i, key: 'no key of ours' });
  await Promise.all(Object.entries(values).map(([name, value]) => store.put(name, value)));
  await store.close();
  return { keys: handles, symmetric, values };
}

/** An authority's folder with its key in `key.pem`. Returns the private key. */
export async function makeFormerAuthority(folder: string, passphrase: string, name = 'Former CA'): Promise<Buffer> {
  const store = await FileStore.open(folder);
  const entropy = new SeededEntropy(`former authority ${name}`);
  const { privateKey } = nativeCore.p256.generateKeyPair(entropy);
  const keys = new LocalKeyHome({ core: nativeCore, entropy });
  const key = await keys.importKey(signing, Secret.of(privateKey));
  const subject = [['CN', name]] as const;
  const { chain } = await CertificateAuthority.establish(
    { core: nativeCore, entropy, keys, key, store },
    { subject, validity: validFor(Date.now(), 100) },
  );
  await store.put('certificate.pem', new TextEncoder().encode(encodePemChain(chain)));
  const protection = { passphrase: Secret.text(passphrase), entropy, iterations: 1000 };
  const file = writePrivateKey(nativeCore, { kind: 'p256', key: Secret.of(privateKey) }, protection);
  writeFileSync(join(folder, 'key.pem'), file.reveal(), { mode: 0o600 });
  return Buffer.from(privateKey);
}
