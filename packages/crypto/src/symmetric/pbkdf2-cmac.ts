import { doubled } from './doubled.js';
import { blockLength, requirePbkdf2 } from './parameters.js';

/** What the derivation asks of an engine. */
export interface CmacEngine {
  aesCmac(key: Uint8Array, message: Uint8Array): Uint8Array;
  /** AES-CBC without padding over whole blocks. */
  cbcEncrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array;
}

/** Rounds that one CBC call makes. */
const roundsPerCall = 1024;

/**
 * PBKDF2 (RFC 8018 §5.2) with PRF AES-CMAC-PRF-128 (RFC 4615).
 *
 * From the second round on, the PRF's message is one whole block, so that U_i = E(K1 ⊕ U_{i−1}) with K1 the first
 * subkey of RFC 4493 §2.3. That is what AES-CBC computes over a run of blocks that are all K1, with U_1 as its IV:
 * a thousand rounds are one call.
 */
export function pbkdf2AesCmacPrf128(
  engine: CmacEngine,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Uint8Array {
  requirePbkdf2(iterations, length);
  const key = pseudorandomKey(engine, password);
  const subkeys = repeatedSubkey(engine, key, Math.min(iterations - 1, roundsPerCall));
  const output = new Uint8Array(length);
  for (let block = 1, written = 0; written < length; block++, written += blockLength) {
    const derived = deriveBlock(engine, key, subkeys, saltOfBlock(salt, block), iterations);
    output.set(derived.subarray(0, length - written), written);
    derived.fill(0);
  }
  subkeys.fill(0);
  key.fill(0);
  return output;
}

/** RFC 4615 §3: a password of 16 bytes is the key itself, any other is condensed under the zero key. */
function pseudorandomKey(engine: CmacEngine, password: Uint8Array): Uint8Array {
  return password.length === blockLength
    ? Uint8Array.from(password)
    : engine.aesCmac(new Uint8Array(blockLength), password);
}

/** K1 of RFC 4493 §2.3, over and over. */
function repeatedSubkey(engine: CmacEngine, key: Uint8Array, times: number): Uint8Array {
  const zero = new Uint8Array(blockLength);
  const subkey = doubled(engine.cbcEncrypt(key, zero, zero));
  const run = new Uint8Array(times * blockLength);
  for (let at = 0; at < run.length; at += blockLength) {
    run.set(subkey, at);
  }
  subkey.fill(0);
  return run;
}

function saltOfBlock(salt: Uint8Array, block: number): Uint8Array {
  const message = new Uint8Array(salt.length + 4);
  message.set(salt);
  new DataView(message.buffer).setUint32(salt.length, block);
  return message;
}

function deriveBlock(
  engine: CmacEngine,
  key: Uint8Array,
  subkeys: Uint8Array,
  firstMessage: Uint8Array,
  iterations: number,
): Uint8Array {
  let last = engine.aesCmac(key, firstMessage);
  const sum = Uint8Array.from(last);
  for (let left = iterations - 1; left > 0; left -= roundsPerCall) {
    const rounds = engine.cbcEncrypt(key, last, subkeys.subarray(0, Math.min(left, roundsPerCall) * blockLength));
    xorBlocksInto(sum, rounds);
    last = rounds.slice(rounds.length - blockLength);
    rounds.fill(0);
  }
  last.fill(0);
  return sum;
}

function xorBlocksInto(sum: Uint8Array, blocks: Uint8Array): void {
  for (let i = 0; i < blockLength; i++) {
    let byte = sum[i]!;
    for (let at = i; at < blocks.length; at += blockLength) {
      byte ^= blocks[at]!;
    }
    sum[i] = byte;
  }
}
