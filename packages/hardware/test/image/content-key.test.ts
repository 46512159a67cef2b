import { decode, encode, Secret, SelvageError, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { type ImageTlv, openContentKey, readImage, sealedKeyOf, verifyImage } from '../../src/index.js';
import { sealContentKey } from '../../src/image/content-key.js';
import { imageFile } from '../../src/image/format/image-file.js';
import { decryptionKey, privateKey, trusted, vector } from './support/vectors.js';

const entropy = new SeededEntropy('content keys');
/** The content keys that the manifest names. */
const named = {
  '09-p256-enc-ec256': '1a12098e52e283a941cdba0bed24abb1',
  '10-p256-enc-ec256-aes256': '9f4ebc3ab6e24aa10cef0b43b6dd3bd6d97024459bf096662d408f093b938b8b',
};

describe.each([nativeCore, portableCore])('a content key, with the $engine engine', (core) => {
  it.each(Object.entries(named))('of %s is opened by a key that never leaves its home', async (name, contentKey) => {
    const home = new LocalKeyHome({ core, entropy });
    const handle = await home.importKey({ algorithm: 'ecdh-p256', usages: ['agree'] }, privateKey('enc-p256'));
    const bytes = vector(`${name}.bin`);
    const sealed = sealedKeyOf(readImage(bytes));
    const opened = openContentKey(core, sealed, await home.agree({ handle, publicKey: sealed.point }));
    expect(toHex(opened.reveal())).toBe(contentKey);
    const verified = verifyImage(bytes, { core, keys: trusted, decryptionKey: { contentKey: opened } });
    expect(verified.wasEncrypted).toBe(true);
  });

  it.each([16, 32])('of %i bytes is sealed to a key and opened by it, not by another', (length) => {
    const device = core.p256.generateKeyPair(entropy);
    const contentKey = Uint8Array.from({ length }, (_, at) => at);
    const sealed = sealContentKey(core, { recipient: device.publicKey, contentKey, entropy });
    const shared = core.p256.sharedSecret(device.privateKey, sealed.point);
    expect(toHex(openContentKey(core, sealed, shared).reveal())).toBe(toHex(contentKey));
    shared[0] = (shared[0] as number) ^ 1;
    expect(() => openContentKey(core, sealed, shared)).toThrow('was not sealed to the decryption key');
  });
});

describe('a sealed key that does not fit its image', () => {
  const core = nativeCore;
  const bytes = vector('09-p256-enc-ec256.bin');
  const file = decode(imageFile, bytes);
  const withTlvs = (change: (tlv: ImageTlv) => ImageTlv): Uint8Array =>
    encode(imageFile, { ...file, tlvs: file.tlvs.map(change) });
  const checkOf = (image: Uint8Array, key = decryptionKey): unknown => {
    try {
      verifyImage(image, { core, keys: trusted, decryptionKey: key });
    } catch (error) {
      return error instanceof SelvageError ? error.details : error;
    }
    return 'accepted';
  };

  it.each([0, 15, 32])('has %i bytes where the flags say 16', (length) => {
    const image = withTlvs((tlv) =>
      tlv.type === 'encryptedEc256' ? { ...tlv, value: { ...tlv.value, wrappedKey: new Uint8Array(length) } } : tlv,
    );
    expect(checkOf(image)).toEqual({ check: 'content-key', expected: 16, found: length });
  });

  it('is of another kind', () => {
    const image = withTlvs((tlv) =>
      tlv.type === 'encryptedEc256' ? { type: 'encryptedKeyWrap', value: new Uint8Array(24) } : tlv,
    );
    expect(checkOf(image)).toMatchObject({ check: 'content-key', found: 'encryptedKeyWrap (0x31)' });
  });

  it('or whose content key is of another length, opens nothing', () => {
    expect(checkOf(bytes, { contentKey: Secret.of(new Uint8Array(32)) })).toEqual({
      check: 'content-key',
      expected: 16,
      found: 32,
    });
  });

  it('with a wrong content key gives a payload that has not the hash', () => {
    expect(checkOf(bytes, { contentKey: Secret.of(new Uint8Array(16)) })).toMatchObject({ check: 'hash' });
  });
});
