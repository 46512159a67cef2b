import { concat, type Entropy, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { type CipherSuite, keyBlockLengths } from '../protocol/cipher-suites.js';
import { verifyDataLength } from '../protocol/key-exchange.js';
import { CbcProtection } from '../record/cbc-protection.js';
import { CcmProtection } from '../record/ccm-protection.js';
import { GcmProtection } from '../record/gcm-protection.js';
import type { RecordProtection } from '../record/protection.js';

const masterSecretLength = 48;
const randomLength = 32;

/** The master secret and both randoms of a session: all its other keys follow from them. */
export class SessionSecrets {
  // One buffer: ten thousand idle sessions pay for every object they keep.
  readonly #bytes: Uint8Array;

  constructor(masterSecret: Uint8Array, clientRandom: Uint8Array, serverRandom: Uint8Array) {
    this.#bytes = concat(masterSecret, clientRandom, serverRandom);
  }

  get masterSecret(): Uint8Array {
    return this.#bytes.subarray(0, masterSecretLength);
  }

  get clientRandom(): Uint8Array {
    return this.#bytes.subarray(masterSecretLength, masterSecretLength + randomLength);
  }

  get serverRandom(): Uint8Array {
    return this.#bytes.subarray(masterSecretLength + randomLength);
  }

  /** key_block of RFC 5246 §6.3: PRF(master_secret, "key expansion", server_random ‖ client_random). */
  keyBlock(core: CryptoCore, length: number): Uint8Array {
    const seed = concat(this.serverRandom, this.clientRandom);
    return core.tlsPrf('sha256', this.masterSecret, 'key expansion', seed, length);
  }

  /** Keying material for a use outside TLS, RFC 5705 §4. */
  export(core: CryptoCore, label: string, length: number, context: Uint8Array | undefined): Uint8Array {
    const seed = concat(this.clientRandom, this.serverRandom, context === undefined ? nothing : sized(context));
    return core.tlsPrf('sha256', this.masterSecret, label, seed, length);
  }

  /** verify_data of Finished, RFC 5246 §7.4.9. */
  verifyData(core: CryptoCore, sender: 'client' | 'server', transcriptHash: Uint8Array): Uint8Array {
    return core.tlsPrf('sha256', this.masterSecret, `${sender} finished`, transcriptHash, verifyDataLength);
  }

  destroy(): void {
    this.#bytes.fill(0);
  }
}

/** Both directions' protection of epoch 1. */
export interface Protections {
  readonly client: RecordProtection;
  readonly server: RecordProtection;
}

/**
 * The master secret: RFC 5246 §8.1, or with extended master secret RFC 7627 §4, which binds it to the transcript up to
 * ClientKeyExchange.
 */
export function masterSecret(
  core: CryptoCore,
  premaster: Uint8Array,
  randoms: { readonly client: Uint8Array; readonly server: Uint8Array },
  sessionHash: Uint8Array | undefined,
): Uint8Array {
  return sessionHash === undefined
    ? core.tlsPrf('sha256', premaster, 'master secret', concat(randoms.client, randoms.server), masterSecretLength)
    : core.tlsPrf('sha256', premaster, 'extended master secret', sessionHash, masterSecretLength);
}

/** The secrets of a session that its premaster secret leads to; that is wiped, and so is all on the way. */
export function agreedSecrets(
  core: CryptoCore,
  premaster: Uint8Array,
  randoms: { readonly client: Uint8Array; readonly server: Uint8Array },
  sessionHash: Uint8Array | undefined,
): SessionSecrets {
  const master = masterSecret(core, premaster, randoms, sessionHash);
  premaster.fill(0);
  const secrets = new SessionSecrets(master, randoms.client, randoms.server);
  master.fill(0);
  return secrets;
}

/** Cuts the key block as RFC 5246 §6.3 orders it and makes both directions' protection. */
export function protections(
  core: CryptoCore,
  entropy: Entropy,
  suite: CipherSuite,
  secrets: SessionSecrets,
  encryptThenMac: boolean,
): Protections {
  const lengths = keyBlockLengths(suite.cipher);
  const block = secrets.keyBlock(core, lengths.total);
  let offset = 0;
  const cut = (length: number): Uint8Array => block.slice(offset, (offset += length));
  const [clientMac, serverMac] = [cut(lengths.macKey), cut(lengths.macKey)];
  const [clientKey, serverKey] = [cut(lengths.key), cut(lengths.key)];
  const [clientIv, serverIv] = [cut(lengths.fixedIv), cut(lengths.fixedIv)];
  block.fill(0);

  const cipher = suite.cipher;
  const make = (key: Uint8Array, iv: Uint8Array, macKey: Uint8Array): RecordProtection => {
    switch (cipher.kind) {
      case 'ccm':
        return new CcmProtection(core, key, iv, cipher.tagLength);
      case 'gcm':
        return new GcmProtection(core, key, iv);
      case 'cbc-hmac-sha256':
        return new CbcProtection(core, entropy, { key, macKey }, encryptThenMac);
    }
  };
  const made = { client: make(clientKey, clientIv, clientMac), server: make(serverKey, serverIv, serverMac) };
  // Every protection has copied its cipher key; only the MAC keys are kept as they are.
  for (const spent of [clientKey, serverKey, clientIv, serverIv]) spent.fill(0);
  return made;
}

const nothing = new Uint8Array(0);

/** context_value_length ‖ context_value, RFC 5705 §4: an empty context differs from none. */
function sized(context: Uint8Array): Uint8Array {
  if (context.length > 0xffff) {
    throw new SelvageError('invalid-length', `an exporter context holds at most 65535 bytes, not ${context.length}`);
  }
  return concat(Uint8Array.of(context.length >>> 8, context.length), context);
}
