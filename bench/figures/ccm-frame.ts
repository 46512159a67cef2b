/**
 * AES-CCM of an IEEE 802.15.4 frame of the largest size: 21 bytes of header and auxiliary security header, 100 of
 * payload, a 4-byte MIC, and a nonce of extended address, frame counter and security level.
 */
import { createCipheriv } from 'node:crypto';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import { cpuTime } from '../batches.js';
import type { Figure } from '../figure.js';

const key = new Uint8Array(16).fill(0x5e);
const header = new Uint8Array(21).fill(0x69);
const payload = new Uint8Array(100).fill(0xa5);
const nonceTemplate = Uint8Array.of(0x18, 0xb4, 0x30, 0, 0, 0, 0, 1, 0, 0, 0, 0, 5);
const counterOffset = 8;
const tagLength = 4;

export const ccmFrame: Figure = {
  name: 'ccm.frame',
  work: '100-byte AES-CCM frame, seal',
  unit: 'µs',
  atMost: 1.5,
  measure: () => {
    const measured = cpuTime('µs', sealWith(nativeCore));
    // Not in turn with ours: the cipher objects that it throws away are collected in its own time.
    const peer = cpuTime('µs', cipherPerPacket());
    return { measured, peer: { name: 'createCipheriv per packet', ...peer } };
  },
};

function sealWith(core: CryptoCore): () => void {
  const nonce = { template: nonceTemplate, offset: counterOffset, length: 4 } as const;
  const stream = core.aesCcmCounted(key, { nonce, tagLength });
  const target = new Uint8Array(payload.length + tagLength);
  let counter = 0;
  return () => {
    stream.sealInto(counter, header, payload, target, 0);
    counter += 1;
  };
}

/** The way of `node:crypto` alone: a cipher object for each packet. */
function cipherPerPacket(): () => void {
  const nonce = Buffer.from(nonceTemplate);
  let counter = 0;
  return () => {
    nonce.writeUInt32BE(counter, counterOffset);
    counter += 1;
    const cipher = createCipheriv('aes-128-ccm', key, nonce, { authTagLength: tagLength });
    cipher.setAAD(header, { plaintextLength: payload.length });
    cipher.update(payload);
    cipher.final();
    cipher.getAuthTag();
  };
}
