import { fromHex, Secret, systemEntropy, toHex } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { CertificateAuthority, parseNameText, validFor } from '@selvage/pki';

const policy = /** @type {const} */ ({ algorithm: 'ecdsa-p256', usages: ['sign'] });
const keyName = 'manufacturer-key';

/**
 * A manufacturer, and the one certificate and key that all its lights have.
 * @returns {Promise<import('./setting.mjs').Manufacturer>}
 */
export async function makeManufacturer() {
  const common = { core: nativeCore, entropy: systemEntropy, store: new MemoryStore() };
  const keys = new LocalKeyHome(common);
  const authority = await CertificateAuthority.establish(
    { ...common, keys, key: await keys.generate(policy) },
    { subject: parseNameText('CN=Manufacturer'), validity: validFor(Date.now(), 30) },
  );
  const { privateKey, publicKey } = nativeCore.p256.generateKeyPair(systemEntropy);
  const { chain } = await authority.issue(
    { kind: 'device', subject: parseNameText('CN=Light') },
    { publicKey, validity: authority.certificate.validity },
  );
  return { root: toHex(authority.certificate.der), chain: chain.map(toHex), key: toHex(privateKey) };
}

/**
 * The manufacturer's credentials of one light; its key is imported once, and known again by its name.
 * @param {import('./setting.mjs').Manufacturer} manufacturer
 * @param {import('@selvage/core').Store} store
 * @param {import('@selvage/crypto').KeyHome} keys
 */
export async function certified({ chain, key }, store, keys) {
  const known = await store.get(keyName);
  const id = known && new TextDecoder().decode(known);
  const handle =
    (await keys.list()).find((one) => one.id === id) ?? (await keys.importKey(policy, Secret.of(fromHex(key))));
  if (handle.id !== id) await store.put(keyName, new TextEncoder().encode(handle.id));
  return { chain: chain.map(fromHex), key: handle };
}
