import { type Entropy, type Secret, SelvageError, systemEntropy } from '@selvage/core';
import {
  type AgreeRequest,
  checkedPolicy,
  type CryptoCore,
  derivePublicKey,
  type DeriveRequest,
  type HashAlgorithm,
  type KeyAlgorithm,
  type KeyHandle,
  type KeyHome,
  type KeyPolicy,
  type KeyUsage,
  type MacRequest,
  nativeCore,
  requireMaterial,
  type SignRequest,
  usagesOf,
} from '@selvage/crypto';
import { CKA, CKK, CKO, mechanismName, plainKeyDerivation } from '../../pkcs11/constants.js';
import {
  digestLengths,
  hmacMechanisms,
  type KeyForm,
  keyForms,
  padSecret,
  secretLength,
  signatureInDer,
  writePoint,
} from '../../pkcs11/key-forms.js';
import { newKeyId, orderOf } from '../../pkcs11/key-id.js';
import { tokenPrf } from '../../pkcs11/token-prf.js';
import { type Attribute, ecdhParameter, type Handle } from './cryptoki.js';
import { Token, type TokenOptions } from './token.js';
import { findKeys, keyTemplate, publicTemplate, type TokenKey, valueOf } from './token-keys.js';

/** How a home in a token is opened. */
export interface Pkcs11KeyHomeOptions extends TokenOptions {
  /** For what needs no key: hashes, and public keys of keys that are taken in. The native one by default. */
  readonly core?: CryptoCore | undefined;
  /** For the names of keys: the keys themselves are made in the token. */
  readonly entropy?: Entropy | undefined;
}

/**
 * Keys in a PKCS#11 token: an HSM, a smart card, SoftHSM. They are made there, never leave it, and are found again by
 * every process that opens the token; keys that other programs made are there too, where they have a use here.
 *
 * What no token does, or not this one, is refused with `key-operation-failed` and the mechanism's name: HKDF for one,
 * whose first step needs the key as a message.
 */
export class Pkcs11KeyHome implements KeyHome {
  readonly #token: Token;
  readonly #core: CryptoCore;
  readonly #entropy: Entropy;
  #keys = new Map<string, TokenKey>();
  #nextOrder = 0;

  private constructor(token: Token, core: CryptoCore, entropy: Entropy) {
    this.#token = token;
    this.#core = core;
    this.#entropy = entropy;
  }

  /**
   * Opens a token.
   * @throws SelvageError `key-not-found` where no one token fits, `wrong-pin`, `key-operation-failed`
   */
  static async open({
    core = nativeCore,
    entropy = systemEntropy,
    ...token
  }: Pkcs11KeyHomeOptions): Promise<Pkcs11KeyHome> {
    const home = new Pkcs11KeyHome(await Token.open(token), core, entropy);
    try {
      await home.#find();
      return home;
    } catch (error) {
      await home.close();
      throw error;
    }
  }

  /** @param label what the token shows for it: `selvage` and the algorithm by default */
  async generate(policy: KeyPolicy, label?: string): Promise<KeyHandle> {
    const { algorithm } = checkedPolicy(policy);
    const form = keyForms[algorithm];
    this.#require(algorithm, form.generation, form.mechanism);
    const { keyId, name } = this.#nameKey(algorithm, label);
    const mechanism = { mechanism: form.generation };
    const template = keyTemplate(form, keyId, name);
    await this.#token.run('make a key', async (session) => {
      const { cryptoki } = this.#token;
      if (form.curve === undefined) {
        const whole = [...template, { type: CKA.VALUE_LEN, value: secretLength }];
        await cryptoki.C_GenerateKeyAsync(session, mechanism, whole);
      } else {
        await cryptoki.C_GenerateKeyPairAsync(session, mechanism, publicTemplate(form, keyId, name), template);
      }
    });
    return this.#made(keyId);
  }

  /** @param label as for {@link Pkcs11KeyHome.generate} */
  async importKey(policy: KeyPolicy, key: Secret, label?: string): Promise<KeyHandle> {
    const { algorithm } = checkedPolicy(policy);
    const form = keyForms[algorithm];
    this.#require(algorithm, form.mechanism);
    const material = Uint8Array.from(key.reveal());
    try {
      requireMaterial(algorithm, material);
      const { keyId, name } = this.#nameKey(algorithm, label);
      await this.#token.run('take the key', (session) =>
        this.#put(session, { algorithm, form, keyId, name, material }),
      );
      return await this.#made(keyId);
    } finally {
      material.fill(0);
    }
  }

  async publicKey(handle: KeyHandle): Promise<Uint8Array> {
    const { publicKey, algorithm } = await this.#key(handle);
    if (publicKey === undefined) {
      throw new SelvageError('key-usage-refused', `a key of ${algorithm} has no public key`);
    }
    return Uint8Array.from(publicKey);
  }

  async sign({ handle, hash, message }: SignRequest): Promise<Uint8Array> {
    const { algorithm, object } = await this.#key(handle, 'sign');
    const wantsHash = algorithm === 'ecdsa-p256';
    if ((hash !== undefined) !== wantsHash) {
      throw new SelvageError('invalid-argument', wantsHash ? 'ECDSA needs a hash' : 'Ed25519 takes no hash');
    }
    this.#require(algorithm, keyForms[algorithm].mechanism);
    const input = hash === undefined ? message : this.#core.hash(hash, message);
    const signature = await this.#signWith(keyForms[algorithm].mechanism, object, input, 64);
    return wantsHash ? signatureInDer(signature) : signature;
  }

  async agree({ handle, publicKey }: AgreeRequest): Promise<Uint8Array> {
    const { algorithm, object } = await this.#key(handle, 'agree');
    const { mechanism } = keyForms[algorithm];
    this.#require(algorithm, mechanism);
    if (!this.#core.p256.isPoint(publicKey)) {
      throw new SelvageError('invalid-point', `the ${publicKey.length} bytes are no point of P-256`);
    }
    const { cryptoki } = this.#token;
    return this.#token.run('agree on a secret', async (session) => {
      const parameter = { type: ecdhParameter, kdf: plainKeyDerivation, publicData: Buffer.from(publicKey) };
      const secret = await cryptoki.C_DeriveKeyAsync(session, { mechanism, parameter }, object, sharedSecret);
      const value = valueOf(cryptoki, session, secret, CKA.VALUE);
      cryptoki.C_DestroyObject(session, secret);
      if (value === undefined || value.length > 32) {
        throw new SelvageError('key-operation-failed', 'the token does not hand out what it agreed on');
      }
      const shared = new Uint8Array(32);
      shared.set(value, 32 - value.length);
      return shared;
    });
  }

  async mac({ handle, message }: MacRequest): Promise<Uint8Array> {
    const { object } = await this.#key(handle, 'mac');
    return this.#hmac('sha256', object, message);
  }

  async derive({ handle, derivation }: DeriveRequest): Promise<Uint8Array> {
    const { object } = await this.#key(handle, 'derive');
    switch (derivation.kind) {
      case 'hkdf':
        throw new SelvageError('key-operation-failed', 'a PKCS#11 token has no HKDF whose output may leave it', {
          remedy: 'derive with hmac-sha256 or tls-prf, or keep this key in the vault',
        });
      case 'tls-prf': {
        const { hash, label, seed, length } = derivation;
        return tokenPrf((message) => this.#hmac(hash, object, message), label, seed, length);
      }
      case 'hmac-sha256':
        return this.#hmac('sha256', object, derivation.input);
    }
  }

  async destroy(handle: KeyHandle): Promise<void> {
    const key = await this.#key(handle);
    const { cryptoki } = this.#token;
    await this.#token.run('destroy the key', (session) => {
      cryptoki.C_DestroyObject(session, key.object);
      if (key.publicObject) cryptoki.C_DestroyObject(session, key.publicObject);
    });
    this.#keys.delete(key.id);
  }

  async list(): Promise<readonly KeyHandle[]> {
    await this.#find();
    return [...this.#keys.values()].map(handleOf);
  }

  /** The labels of keys by the ids of their handles. */
  async labels(): Promise<ReadonlyMap<string, string>> {
    await this.#find();
    return new Map([...this.#keys.values()].map(({ id, label }) => [id, label]));
  }

  /** Logs out of the token. */
  close(): Promise<void> {
    return this.#token.close();
  }

  /** The key on record, which must be allowed `usage`. One that another process made is looked for. */
  async #key({ id }: KeyHandle, usage?: KeyUsage): Promise<TokenKey> {
    if (!this.#keys.has(id)) await this.#find();
    const key = this.#keys.get(id);
    if (key === undefined) {
      throw new SelvageError('key-not-found', 'there is no such key here, or it was destroyed', { details: { id } });
    }
    const { algorithm } = key;
    if (usage !== undefined && !usagesOf(algorithm).includes(usage)) {
      throw new SelvageError('key-usage-refused', `the key must not ${usage}`, { details: { id, algorithm, usage } });
    }
    return key;
  }

  async #find(): Promise<void> {
    const keys = await this.#token.run('list its keys', (session) => findKeys(this.#token.cryptoki, session));
    keys.sort((a, b) => (orderOf(a.keyId) ?? -1) - (orderOf(b.keyId) ?? -1) || (a.id < b.id ? -1 : 1));
    this.#keys = new Map(keys.map((key) => [key.id, key]));
    for (const { keyId } of keys) this.#nextOrder = Math.max(this.#nextOrder, (orderOf(keyId) ?? -1) + 1);
  }

  /** The handle of a key that was made just now. */
  async #made(keyId: Uint8Array): Promise<KeyHandle> {
    await this.#find();
    const key = [...this.#keys.values()].find((one) => Buffer.from(one.keyId).equals(keyId));
    if (key !== undefined) return handleOf(key);
    throw new SelvageError('key-operation-failed', 'the token does not show the key that it made');
  }

  #nameKey(algorithm: KeyAlgorithm, label = `selvage ${algorithm}`): { keyId: Uint8Array; name: string } {
    return { keyId: newKeyId(this.#nextOrder++, this.#entropy), name: label };
  }

  /** The public half first: without it a private key is not found. */
  #put(session: Handle, { algorithm, form, keyId, name, material }: NewKey): void {
    const { cryptoki } = this.#token;
    const publicKey = derivePublicKey(this.#core, algorithm, material);
    const publicObject =
      publicKey && cryptoki.C_CreateObject(session, publicTemplate(form, keyId, name, writePoint(publicKey)));
    const value = Buffer.from(form.curve === undefined ? padSecret(material) : material);
    const curve: Attribute[] = form.curve ? [{ type: CKA.EC_PARAMS, value: Buffer.from(form.curve) }] : [];
    try {
      cryptoki.C_CreateObject(session, [...keyTemplate(form, keyId, name), ...curve, { type: CKA.VALUE, value }]);
    } catch (error) {
      if (publicObject) cryptoki.C_DestroyObject(session, publicObject);
      throw error;
    } finally {
      value.fill(0);
    }
  }

  async #hmac(hash: HashAlgorithm, object: Handle, message: Uint8Array): Promise<Uint8Array> {
    const mechanism = hmacMechanisms[hash];
    if (!this.#token.has(mechanism)) throw this.#cannot(`HMAC with ${hash}`, mechanism);
    return this.#signWith(mechanism, object, message, digestLengths[hash]);
  }

  #signWith(mechanism: number, object: Handle, message: Uint8Array, length: number): Promise<Uint8Array> {
    const { cryptoki } = this.#token;
    // A view into more bytes: an empty buffer of its own has no address, which libraries refuse.
    const input = Buffer.alloc(message.length + 1).subarray(0, message.length);
    input.set(message);
    return this.#token.run('make a signature', async (session) => {
      cryptoki.C_SignInit(session, { mechanism }, object);
      return Uint8Array.from(await cryptoki.C_SignAsync(session, input, Buffer.alloc(length)));
    });
  }

  #require(algorithm: KeyAlgorithm, ...mechanisms: readonly number[]): void {
    const missing = mechanisms.find((mechanism) => !this.#token.has(mechanism));
    if (missing !== undefined) throw this.#cannot(algorithm, missing);
  }

  #cannot(what: string, mechanism: number): SelvageError {
    const name = mechanismName(mechanism);
    return new SelvageError('key-operation-failed', `the token ${this.#token.label} has no ${name}: no ${what}`, {
      details: { token: this.#token.label, mechanism: name },
      remedy: 'take a token that has it, or keep this key in the vault',
    });
  }
}

interface NewKey {
  readonly algorithm: KeyAlgorithm;
  readonly form: KeyForm;
  readonly keyId: Uint8Array;
  readonly name: string;
  readonly material: Uint8Array;
}

/** The x coordinate on which both sides agreed: it is to leave the token, and stays in it no longer than that. */
const sharedSecret: readonly Attribute[] = [
  { type: CKA.CLASS, value: CKO.SECRET_KEY },
  { type: CKA.KEY_TYPE, value: CKK.GENERIC_SECRET },
  { type: CKA.TOKEN, value: false },
  { type: CKA.SENSITIVE, value: false },
  { type: CKA.EXTRACTABLE, value: true },
  { type: CKA.VALUE_LEN, value: 32 },
];

function handleOf({ id, algorithm, publicKey }: TokenKey): KeyHandle {
  const usages = Object.freeze([...usagesOf(algorithm)]);
  return Object.freeze({ id, algorithm, usages, publicKey: publicKey && Uint8Array.from(publicKey) });
}
