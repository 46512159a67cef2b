import { type Entropy, type Secret, SelvageError, toHex } from '@selvage/core';
import type { CryptoCore } from '../core.js';
import type { KeyHandle, KeyUsage } from './key-handle.js';
import type { AgreeRequest, DeriveRequest, KeyHome, KeyPolicy, MacRequest, SignRequest } from './key-home.js';
import { derivePublicKey, generateMaterial, requireMaterial } from './material.js';
import { checkedPolicy } from './policy.js';

/** What a home in this process is made of. */
export interface HeldKeysOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
}

/** A key as its home knows it. */
export interface HeldKey {
  readonly id: string;
  /** Keys have ascending ones in the order in which they came. */
  readonly order: number;
  readonly policy: KeyPolicy;
  readonly material: Uint8Array;
}

interface Entry extends HeldKey {
  readonly publicKey: Uint8Array | undefined;
}

/** Bytes of a handle's id, before it is written in hex. */
const idLength = 16;

/** Keys in the memory of this process, and what is done with them: what homes that differ in where keys stay share. */
export abstract class HeldKeys implements KeyHome {
  readonly #core: CryptoCore;
  readonly #entropy: Entropy;
  readonly #entries = new Map<string, Entry>();
  #nextOrder = 0;

  constructor({ core, entropy }: HeldKeysOptions) {
    this.#core = core;
    this.#entropy = entropy;
  }

  abstract generate(policy: KeyPolicy): Promise<KeyHandle>;
  abstract importKey(policy: KeyPolicy, key: Secret): Promise<KeyHandle>;
  abstract destroy(handle: KeyHandle): Promise<void>;

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

  async list(): Promise<readonly KeyHandle[]> {
    return [...this.#entries.values()].sort((a, b) => a.order - b.order).map(handleOf);
  }

  /** A key that is not kept yet: of the given bytes, which are copied, or a new one. It throws as a home does. */
  protected newKey(policy: KeyPolicy, given?: Secret): HeldKey {
    const checked = checkedPolicy(policy);
    const id = this.#drawId();
    const material = given ? Uint8Array.from(given.reveal()) : generateMaterial(checked.algorithm, this.#entropy);
    if (given) requireMaterial(checked.algorithm, material);
    return { id, order: this.#nextOrder++, policy: checked, material };
  }

  /** From now on the key can be used. */
  protected keep(key: HeldKey): KeyHandle {
    const entry = { ...key, publicKey: derivePublicKey(this.#core, key.policy.algorithm, key.material) };
    this.#entries.set(key.id, entry);
    this.#nextOrder = Math.max(this.#nextOrder, key.order + 1);
    return handleOf(entry);
  }

  /** From now on the key cannot be used. Its bytes are there until whoever called wipes them. */
  protected release(handle: KeyHandle): HeldKey {
    const entry = this.#entry(handle);
    this.#entries.delete(entry.id);
    return entry;
  }

  #drawId(): string {
    const bytes = new Uint8Array(idLength);
    this.#entropy.fill(bytes);
    return toHex(bytes);
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

function handleOf({ id, policy, publicKey }: Entry): KeyHandle {
  return Object.freeze({ id, ...policy, publicKey: publicKey && Uint8Array.from(publicKey) });
}
