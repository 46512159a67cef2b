import type { KeyHandle, KeyHome } from '@selvage/crypto';
import { encodePem, makeCertificateRequest } from '@selvage/pki';
import type { Uuid } from '../uuid/uuid.js';

/** What a device's own key is for: its identity certificate's. */
const policy = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;

/** The key pair of a device: made in its key home, never seen, and made anew with every hard reset. */
export class OwnKey {
  readonly #keys: KeyHome;
  #handle: KeyHandle;
  #request: { readonly device: Uuid; readonly pem: Promise<string> } | undefined;

  private constructor(keys: KeyHome, handle: KeyHandle) {
    this.#keys = keys;
    this.#handle = handle;
  }

  /**
   * The key of an ID. Other keys in the home, such as that of a reset which did not come to its end, are destroyed.
   * @param kept IDs of keys that are not the device's own
   * @throws SelvageError as the home, `key-not-found` where the key is not there
   */
  static async open(keys: KeyHome, id: string, kept: readonly string[]): Promise<OwnKey> {
    const handles = await keys.list();
    const handle = handles.find((one) => one.id === id) ?? missing(id);
    await keys.publicKey(handle);
    for (const other of handles) if (other.id !== id && !kept.includes(other.id)) await keys.destroy(other);
    return new OwnKey(keys, handle);
  }

  /** A new key. @throws SelvageError as the home */
  static generate(keys: KeyHome): Promise<KeyHandle> {
    return keys.generate(policy);
  }

  get handle(): KeyHandle {
    return this.#handle;
  }

  /** Takes another key's place, and destroys the one before. @throws SelvageError as the home */
  async replace(handle: KeyHandle): Promise<void> {
    const before = this.#handle;
    this.#handle = handle;
    this.#request = undefined;
    await this.#keys.destroy(before);
  }

  /**
   * The device's request for a certificate, in PEM; made once for a key and a name.
   * @throws SelvageError as the home
   */
  certificateRequest(device: Uuid): Promise<string> {
    if (this.#request?.device !== device) this.#request = { device, pem: this.#makeRequest(device) };
    return this.#request.pem;
  }

  async #makeRequest(device: Uuid): Promise<string> {
    const signer = { keys: this.#keys, key: this.#handle };
    try {
      const request = await makeCertificateRequest([['CN', `uuid:${device}`]], signer);
      return encodePem('CERTIFICATE REQUEST', request);
    } catch (error) {
      this.#request = undefined;
      throw error;
    }
  }
}

/** A handle of a key that is not there: what is done with it says so. */
function missing(id: string): KeyHandle {
  return { id, ...policy, publicKey: undefined };
}
