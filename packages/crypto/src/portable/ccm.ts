import { ctr } from '@noble/ciphers/aes.js';
import { constantTimeEqual } from '../constant-time.js';
import type { Aead } from '../core.js';
import {
  type CcmTagLength,
  macMessageOffset,
  padded,
  requireCcmMessage,
  requireCcmParameters,
  writeFirstCounterBlock,
  writeMacHeader,
} from '../symmetric/ccm-format.js';
import { blockLength, copyAesKey, requireKept, requireLength } from '../symmetric/parameters.js';
import { cbcEncrypt } from './cbc.js';

/** AES-CCM (RFC 3610) over the CBC and CTR of @noble/ciphers, which has no CCM. */
export function aesCcm(key: Uint8Array, parameters: { nonceLength: number; tagLength: CcmTagLength }): Aead {
  requireCcmParameters(parameters.nonceLength, parameters.tagLength);
  return new PortableCcm(key, parameters.nonceLength, parameters.tagLength);
}

const zeroBlock = new Uint8Array(blockLength);

class PortableCcm implements Aead {
  readonly nonceLength: number;
  readonly tagLength: number;
  #key: Uint8Array | undefined;

  constructor(key: Uint8Array, nonceLength: number, tagLength: number) {
    this.#key = copyAesKey(key);
    this.nonceLength = nonceLength;
    this.tagLength = tagLength;
  }

  seal(nonce: Uint8Array, associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const key = this.#check(nonce, plaintext.length);
    const mac = this.#mac(key, nonce, associatedData, plaintext);
    const { hiddenMac, message } = cipher(key, nonce, mac, plaintext);
    const sealed = new Uint8Array(plaintext.length + this.tagLength);
    sealed.set(message);
    sealed.set(hiddenMac.subarray(0, this.tagLength), plaintext.length);
    mac.fill(0);
    return sealed;
  }

  open(nonce: Uint8Array, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - this.tagLength;
    const key = this.#check(nonce, Math.max(length, 0));
    if (length < 0) {
      return undefined;
    }
    const hiddenTag = new Uint8Array(blockLength);
    hiddenTag.set(sealed.subarray(length));
    const { hiddenMac: tag, message } = cipher(key, nonce, hiddenTag, sealed.subarray(0, length));
    const mac = this.#mac(key, nonce, associatedData, message);
    const good = constantTimeEqual(mac.subarray(0, this.tagLength), tag.subarray(0, this.tagLength));
    mac.fill(0);
    if (!good) {
      message.fill(0);
      return undefined;
    }
    return Uint8Array.from(message);
  }

  destroy(): void {
    this.#key?.fill(0);
    this.#key = undefined;
  }

  #check(nonce: Uint8Array, length: number): Uint8Array {
    const key = requireKept(this.#key);
    requireLength('the nonce', nonce, this.nonceLength);
    requireCcmMessage(length, this.nonceLength);
    return key;
  }

  /** CBC-MAC (RFC 3610 §2.2), 16 bytes, not yet hidden. */
  #mac(key: Uint8Array, nonce: Uint8Array, associatedData: Uint8Array, message: Uint8Array): Uint8Array {
    const from = macMessageOffset(associatedData.length);
    const blocks = new Uint8Array(from + padded(message.length));
    writeMacHeader(blocks, nonce, this.tagLength, associatedData, message.length);
    blocks.set(message, from);
    const states = cbcEncrypt(key, zeroBlock, blocks);
    const mac = states.slice(states.length - blockLength);
    blocks.fill(0);
    states.fill(0);
    return mac;
  }
}

/** CTR over mac ‖ message from A_0 on (RFC 3610 §2.3): the MAC falls to S_0 and the message to S_1, S_2, … */
function cipher(
  key: Uint8Array,
  nonce: Uint8Array,
  mac: Uint8Array,
  message: Uint8Array,
): { hiddenMac: Uint8Array; message: Uint8Array } {
  const counterBlock = new Uint8Array(blockLength);
  writeFirstCounterBlock(counterBlock, nonce);
  const input = new Uint8Array(blockLength + message.length);
  input.set(mac);
  input.set(message, blockLength);
  const output = ctr(key, counterBlock).encrypt(input);
  input.fill(0);
  return { hiddenMac: output.subarray(0, blockLength), message: output.subarray(blockLength) };
}
