import type { CryptoCore } from '@selvage/crypto';
import { securityLevel } from '../../mac/frame-cipher.js';
import { extendedOfAddress } from '../../ip6/address/interface-id.js';

/** Bytes of the integrity code of an MLE message. */
export const mleIntegrityLength = 4;

const nonceLength = 13;
const parameters = { nonceLength, tagLength: mleIntegrityLength } as const;

/** What an MLE message is bound to: who sends it to whom, and its security header. */
export interface MleBinding {
  /** 16 bytes each; the destination may be a group. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** The 10 bytes of the security header. */
  readonly header: Uint8Array;
  readonly frameCounter: number;
}

/** Seals the bytes of a message under the MLE key of its sequence: ciphertext ‖ integrity code. */
export function sealMle(core: CryptoCore, key: Uint8Array, binding: MleBinding, message: Uint8Array): Uint8Array {
  const ccm = core.aesCcm(key, parameters);
  try {
    return ccm.seal(nonceOf(binding), associatedData(binding), message);
  } finally {
    ccm.destroy();
  }
}

/** The bytes of a message, or `undefined` when it is not authentic. */
export function openMle(
  core: CryptoCore,
  key: Uint8Array,
  binding: MleBinding,
  sealed: Uint8Array,
): Uint8Array | undefined {
  // A message has a command at least: nothing shorter is tried.
  if (sealed.length <= mleIntegrityLength) return undefined;
  const ccm = core.aesCcm(key, parameters);
  try {
    return ccm.open(nonceOf(binding), associatedData(binding), sealed);
  } finally {
    ccm.destroy();
  }
}

/** Extended address of the sender ‖ frame counter ‖ security level (IEEE 802.15.4-2006 §7.6.3.2). */
function nonceOf({ source, frameCounter }: MleBinding): Uint8Array {
  const nonce = new Uint8Array(nonceLength);
  nonce.set(extendedOfAddress(source));
  new DataView(nonce.buffer).setUint32(8, frameCounter);
  nonce[nonceLength - 1] = securityLevel;
  return nonce;
}

/** Source ‖ destination ‖ security header. */
function associatedData({ source, destination, header }: MleBinding): Uint8Array {
  const data = new Uint8Array(source.length + destination.length + header.length);
  data.set(source);
  data.set(destination, source.length);
  data.set(header, source.length + destination.length);
  return data;
}
