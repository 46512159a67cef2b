import type { Aead, BlockChain, CountedCcm, CryptoCore, P256, P256Term, RunningHash } from '@selvage/crypto';
import { blocksOf, ccmBlocks, digestBlocks, hmacBlocks, type Operations } from './operations.js';

/** Told of each operation before it is done. */
export type OnOperation = (name: keyof Operations, times: number) => void;

const digestLength = 32;
const hashBlock = 64;

/**
 * An engine that tells what it is asked to compute. Ed25519, GCM and hashes other than SHA-256 go through untold: neither
 * Thread nor an OCF device uses them.
 */
export function countedCore(core: CryptoCore, tell: OnOperation): CryptoCore {
  const hashed = (blocks: number): void => tell('hashBlocks', blocks);
  const enciphered = (blocks: number): void => tell('aesBlocks', blocks);
  return {
    ...core,
    createHash: (algorithm) => new CountedHash(core.createHash(algorithm), hashed),
    hash: (algorithm, ...parts) => {
      hashed(digestBlocks(lengthOf(parts)));
      return core.hash(algorithm, ...parts);
    },
    hmac: (algorithm, key, ...parts) => {
      hashed(hmacBlocks(key.length, lengthOf(parts)));
      return core.hmac(algorithm, key, ...parts);
    },
    hkdf: (algorithm, secret, salt, info, length) => {
      const rounds = Math.ceil(length / digestLength);
      hashed(hmacBlocks(salt.length, secret.length));
      for (let i = 0; i < rounds; i++) {
        hashed(hmacBlocks(digestLength, (i === 0 ? 0 : digestLength) + info.length + 1));
      }
      return core.hkdf(algorithm, secret, salt, info, length);
    },
    tlsPHash: (algorithm, secret, seed, length) => {
      hashed(prfBlocks(secret.length, seed.length, length));
      return core.tlsPHash(algorithm, secret, seed, length);
    },
    tlsPrf: (algorithm, secret, label, seed, length) => {
      hashed(prfBlocks(secret.length, label.length + seed.length, length));
      return core.tlsPrf(algorithm, secret, label, seed, length);
    },
    pbkdf2HmacSha256: (password, salt, iterations, length) => {
      // The blocks of the two keys are kept from round to round.
      hashed(2 + 2 * iterations * Math.ceil(length / digestLength));
      return core.pbkdf2HmacSha256(password, salt, iterations, length);
    },
    pbkdf2AesCmacPrf128: (password, salt, iterations, length) => {
      enciphered(iterations * blocksOf(length));
      return core.pbkdf2AesCmacPrf128(password, salt, iterations, length);
    },
    aesCmac: (key, message) => {
      enciphered(1 + Math.max(1, blocksOf(message.length)));
      return core.aesCmac(key, message);
    },
    aesCcm: (key, parameters) => new CountedAead(core.aesCcm(key, parameters), enciphered),
    aesCcmCounted: (key, parameters) => new CountedCounted(core.aesCcmCounted(key, parameters), enciphered),
    aesCbc: (key) => new CountedChain(core.aesCbc(key), enciphered),
    aesCtr: (key, counterBlock, data) => {
      enciphered(blocksOf(data.length));
      return core.aesCtr(key, counterBlock, data);
    },
    p256: countedP256(core.p256, tell),
  };
}

function countedP256(p256: P256, tell: OnOperation): P256 {
  const term = ({ point }: P256Term): void => tell(point === undefined ? 'baseMultiplications' : 'multiplications', 1);
  return {
    generateKeyPair: (entropy) => {
      tell('baseMultiplications', 1);
      return p256.generateKeyPair(entropy);
    },
    publicKey: (privateKey) => {
      tell('baseMultiplications', 1);
      return p256.publicKey(privateKey);
    },
    isPoint: (bytes) => p256.isPoint(bytes),
    sharedSecret: (privateKey, publicKey) => {
      tell('multiplications', 1);
      return p256.sharedSecret(privateKey, publicKey);
    },
    multiply: (scalar, point) => {
      tell('multiplications', 1);
      return p256.multiply(scalar, point);
    },
    multiplyBoth: (a, b, point) => {
      tell('multiplications', 2);
      return p256.multiplyBoth(a, b, point);
    },
    add: (a, b) => p256.add(a, b),
    negate: (point) => p256.negate(point),
    isSum: (sum, a, b) => {
      term(a);
      term(b);
      return p256.isSum(sum, a, b);
    },
    sign: (privateKey, hash, message) => {
      tell('signatures', 1);
      tell('hashBlocks', digestBlocks(message.length));
      return p256.sign(privateKey, hash, message);
    },
    verify: (publicKey, hash, message, signature) => {
      tell('verifications', 1);
      tell('hashBlocks', digestBlocks(message.length));
      return p256.verify(publicKey, hash, message, signature);
    },
  };
}

class CountedHash implements RunningHash {
  readonly #hash: RunningHash;
  readonly #hashed: (blocks: number) => void;
  #length = 0;

  constructor(hash: RunningHash, hashed: (blocks: number) => void) {
    this.#hash = hash;
    this.#hashed = hashed;
  }

  update(data: Uint8Array): this {
    const before = Math.floor(this.#length / hashBlock);
    this.#length += data.length;
    this.#hashed(Math.floor(this.#length / hashBlock) - before);
    this.#hash.update(data);
    return this;
  }

  digest(): Uint8Array {
    this.#hashed(digestBlocks(this.#length % hashBlock));
    return this.#hash.digest();
  }
}

class CountedAead implements Aead {
  readonly nonceLength: number;
  readonly tagLength: number;
  readonly #aead: Aead;
  readonly #enciphered: (blocks: number) => void;

  constructor(aead: Aead, enciphered: (blocks: number) => void) {
    this.nonceLength = aead.nonceLength;
    this.tagLength = aead.tagLength;
    this.#aead = aead;
    this.#enciphered = enciphered;
  }

  seal(nonce: Uint8Array, associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array {
    this.#enciphered(ccmBlocks(associatedData.length, plaintext.length));
    return this.#aead.seal(nonce, associatedData, plaintext);
  }

  open(nonce: Uint8Array, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    this.#enciphered(ccmBlocks(associatedData.length, sealed.length - this.tagLength));
    return this.#aead.open(nonce, associatedData, sealed);
  }

  destroy(): void {
    this.#aead.destroy();
  }
}

class CountedCounted implements CountedCcm {
  readonly tagLength: number;
  readonly #ccm: CountedCcm;
  readonly #enciphered: (blocks: number) => void;

  constructor(ccm: CountedCcm, enciphered: (blocks: number) => void) {
    this.tagLength = ccm.tagLength;
    this.#ccm = ccm;
    this.#enciphered = enciphered;
  }

  sealInto(
    counter: number,
    associatedData: Uint8Array,
    plaintext: Uint8Array,
    target: Uint8Array,
    offset: number,
  ): number {
    this.#enciphered(ccmBlocks(associatedData.length, plaintext.length));
    return this.#ccm.sealInto(counter, associatedData, plaintext, target, offset);
  }

  open(counter: number, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    this.#enciphered(ccmBlocks(associatedData.length, sealed.length - this.tagLength));
    return this.#ccm.open(counter, associatedData, sealed);
  }

  openWith(counterBytes: Uint8Array, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    this.#enciphered(ccmBlocks(associatedData.length, sealed.length - this.tagLength));
    return this.#ccm.openWith(counterBytes, associatedData, sealed);
  }

  rest(): void {
    this.#ccm.rest();
  }

  destroy(): void {
    this.#ccm.destroy();
  }
}

class CountedChain implements BlockChain {
  readonly #chain: BlockChain;
  readonly #enciphered: (blocks: number) => void;

  constructor(chain: BlockChain, enciphered: (blocks: number) => void) {
    this.#chain = chain;
    this.#enciphered = enciphered;
  }

  encrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    this.#enciphered(blocksOf(blocks.length));
    return this.#chain.encrypt(iv, blocks);
  }

  decrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    this.#enciphered(blocksOf(blocks.length));
    return this.#chain.decrypt(iv, blocks);
  }

  destroy(): void {
    this.#chain.destroy();
  }
}

/** P_hash (RFC 5246 §5): two HMACs for each 32 bytes, and the A(i) behind the seed. */
function prfBlocks(secretLength: number, seedLength: number, length: number): number {
  let blocks = 0;
  for (let i = 0; i < Math.ceil(length / digestLength); i++) {
    blocks += hmacBlocks(secretLength, i === 0 ? seedLength : digestLength);
    blocks += hmacBlocks(secretLength, digestLength + seedLength);
  }
  return blocks;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
