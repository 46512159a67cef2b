import { type Entropy, type Secret, SelvageError, toHex } from '@selvage/core';
import type { CryptoCore } from '../core.js';
import type { KeyHandle, KeyUsage } from './key-handle.js';
import type { AgreeRequest, DeriveRequest, KeyHome, KeyPolicy, MacRequest, SignRequest } from './key-home.js';
import { derivePublicKey, generateMaterial, requireMaterial } from './material.js';
import { checkedPolicy } from './policy.js';

/** What the home knows of a key. */
interface Entry {
  readonly policy: KeyPolicy;
  readonly material: Uint8Array;
  readonly publicKey: Uint8Array | undefined;
}

/** Bytes of a handle's id, before it is written in hex. */
const idLength = 16;

/** Keys in the memory of this process. Whoever can read that memory can read them: the vault is for keys that matter. */
export class LocalKeyHome implements KeyHome {
  readonly #core: CryptoCore;
  readonly #entropy: Entropy;
  readonly #entries = new Map<string, Entry>();

  constructor({ core, entropy }: { readonly core: CryptoCore; readonly entropy: Entropy }) {
    this.#core = core;
    this.#entropy = entropy;
  }

  async generate(policy: KeyPolicy): Promise<KeyHandle> {
    const checked = checkedPolicy(policy);
    const id = this.#drawId();
    return this.#keep(id, checked, generateMaterial(checked.algorithm, this.#entropy));
  }

  async importKey(policy: KeyPolicy, key: Secret): Promise<KeyHandle> {
    const checked = checkedPolicy(policy);
    const id = this.#drawId();
    const material = Uint8Array.from(key.reveal());
    requireMaterial(checked.algorithm, material);
    return this.#keep(id, checked, material);
  }

  async publicKey(handle: KeyHandle): Promise<Uint8Array> {
    const { publicKey, policy } = this.#entry(handle);
    if (publicKey === undefined) {
      throw new SelvageError('key-usage-refused', `a key of ${policy.algorithm} has no public key`);
    }
    return Uint8Array.from(publicKey);
  }

  async sign({ handle, hash, message }: SignRequest): Promise<Uint8Array> {
    const { policy, material } = this.#entry(handle, 'sign');
    const wantsHash = policy.algorithm === 'ecdsa-p256';
    if ((hash !== undefined) !== wantsHash) {
      const problem = wantsHash ? 'ECDSA needs a hash' : 'Ed25519 takes no hash';
      throw new SelvageError('invalid-argument', problem);
    }
    return hash === undefined
      ? this.#core.ed25519.sign(material, message)
      : this.#core.p256.sign(material, hash, message);
  }

  async agree({ handle, publicKey }: AgreeRequest): Promise<Uint8Array> {
    return this.#core.p256.sharedSecret(this.#entry(handle, 'agree').material, publicKey);
  }

  async mac({ handle, message }: MacRequest): Promise<Uint8Array> {
    return this.#core.hmac('sha256', this.#entry(handle, 'mac').material, message);
  }

  async derive({ handle, derivation }: DeriveRequest): Promise<Uint8Array> {
    const { material } = this.#entry(handle, 'derive');
    switch (derivation.kind) {
      case 'hkdf': {
        const { hash, salt, info, length } = derivation;
        return this.#core.hkdf(hash, material, salt, info, length);
      }
      case 'tls-prf': {
        const { hash, label, seed, length } = derivation;
        return this.#core.tlsPrf(hash, material, label, seed, length);
      }
      case 'hmac-sha256':
        return this.#core.hmac('sha256', material, derivation.input);
    }
  }

  async destroy(handle: KeyHandle): Promise<void> {
    this.#entry(handle).material.fill(0);
    this.#entries.delete(handle.id);
  }

  async list(): Promise<readonly KeyHandle[]> {
    return [...this.#entries].map(([id, entry]) => handleOf(id, entry));
  }

  #drawId(): string {
    const bytes = new Uint8Array(idLength);
    this.#entropy.fill(bytes);
    return toHex(bytes);
  }

  #keep(id: string, policy: KeyPolicy, material: Uint8Array): KeyHandle {
    const entry = { policy, material, publicKey: derivePublicKey(this.#core, policy.algorithm, material) };
    this.#entries.set(id, entry);
    return handleOf(id, entry);
  }

  /** The key on record, which must be allowed `usage`. */
  #entry({ id }: KeyHandle, usage?: KeyUsage): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      throw new SelvageError('key-not-found', 'there is no such key here, or it was destroyed', { details: { id } });
    }
    if (usage !== undefined && !entry.policy.usages.includes(usage)) {
      const { algorithm } = entry.policy;
      throw new SelvageError('key-usage-refused', `the key must not ${usage}`, { details: { id, algorithm, usage } });
    }
    return entry;
  }
}

function handleOf(id: string, { policy, publicKey }: Entry): KeyHandle {
  return Object.freeze({ id, ...policy, publicKey: publicKey && Uint8Array.from(publicKey) });
}
