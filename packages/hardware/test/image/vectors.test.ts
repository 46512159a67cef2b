import { SelvageError, toHex } from '@selvage/core';
import { nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { verifyImage, versionText } from '../../src/index.js';
import { decryptionKey, imageNames, payloads, trusted, vector } from './support/vectors.js';

/** The start of the image hash that an accepted image has, or which check refuses the image, and in which words. */
type Verdict = string | { readonly check: string; readonly says: RegExp };

const refused = (check: string, says: RegExp): Verdict => ({ check, says });
const malformed = (says: RegExp): Verdict => refused('form', says);

/**
 * What the manifest says, for trusted keys sign-p256 and sign-ed25519 and an encryption key enc-p256. Where ours differs
 * the row says so.
 */
const verdicts: Readonly<Record<string, Verdict>> = {
  '01-p256': '580b153d0805eedc',
  '02-ed25519': '580b153d0805eedc',
  '03-ed25519-pure': '7860cb8df3acb7fc',
  '04-p256-seccnt7': '7ce41c68fed81d48',
  '05-p256-seccnt-auto': 'ece8875062b97a1b',
  '06-p256-deps': '9b675bb1091ea8ea',
  '07-p256-bootrec': '00ec22bcf0386bad',
  '08-p256-pubkey-custom-uuid': 'cb5a68a6ded866db',
  '09-p256-enc-ec256': '237c4ddc9dc2df62',
  '10-p256-enc-ec256-aes256': 'da2bb4bb36a9ae9c',
  '11-p256-enc-clear': '237c4ddc9dc2df62',
  // The manifest accepts it with an X25519 key, which no engine here has.
  '12-ed25519-enc-x25519': refused('content-key', /sealed as encryptedX25519 \(0x33\), and only P-256/),
  '13-p256-pad-confirmed': 'b29bcc1b6c918756',
  '14-p256-pad-test': 'b29bcc1b6c918756',
  '15-p256-pad-maxalign32': 'd532adb5dedc9aa8',
  '16-unsigned': refused('key', /does not say whose signature/),
  '17-wrong-key': refused('key', /key bc902772c8624c82.*is not trusted/),
  '18-p256-fixsig': '580b153d0805eedc',
  '19-p256-padsig': '580b153d0805eedc',
  '20-p256-sigout': '580b153d0805eedc',
  // The manifest accepts it: a verifier that starts nothing does so here, a loader refuses what it cannot decompress.
  '21-p256-lzma2': refused('flags', /compressed \(compressedLzma2\)/),
  'w01-payload-bit': refused('hash', /sha256 is not the one/),
  'w02-header-version-changed': refused('hash', /sha256 is not the one/),
  'w03-seccnt-raised': refused('hash', /sha256 is not the one/),
  'w04-signature-bit': refused('signature', /ecdsa signature is not one of the key 9efebd72/),
  'w05-unprot-seccnt': refused('unprotected-tlv', /securityCounter \(0x50\)/),
  'w06-unprot-dependency': refused('unprotected-tlv', /dependency \(0x40\)/),
  'w07-unprot-vendor-tlv': refused('unprotected-tlv', /0xa0/),
  'w08-truncated-in-payload': malformed(/payload: needs 1000 bytes where 468 are left, at byte 32/),
  'w09-truncated-in-signature': malformed(/unprotected\.tlvs: needs 147 bytes where 137 are left, at byte 1048/),
  'w10-tlv-length-past-end': malformed(/tlvs\[0\].*needs 16384 bytes where 143 are left, at byte 1052/),
  'w11-protected-size-mismatch': malformed(/protectedSize: the header says 16 bytes where the protected area has 12/),
  'w12-protected-size-zero': malformed(/protectedSize: the header says 0 bytes where the protected area has 12/),
  'w13-bad-magic': malformed(/header\.magic: .* at byte 0/),
  'w14-image-size-overflow': malformed(/payload: needs 4294967280 bytes/),
  'w15-empty-keyhash': refused('key', /key's hash has 0 bytes where sha256 has 32/),
  'w16-keyhash-of-other-key': refused('key', /is not trusted/),
  'w17-no-hash-tlv': refused('hash', /no hash of itself/),
  'w18-signature-of-other-image': refused('signature', /is not one of/),
  'w19-enc-tag-bit': refused('content-key', /was not sealed to the decryption key/),
  'w20-enc-point-not-on-curve': refused('content-key', /not on the curve/),
  'w21-enc-no-key-tlv': refused('content-key', /its key is not with it/),
  'w22-enc-both-flags': refused('flags', /both encryption flags/),
  'w23-two-seccnt-signed': refused('duplicate-tlv', /2 of what it may have one: securityCounter/),
  'w24-seccnt-2-bytes-signed': malformed(/securityCounter: needs 4 bytes where 2 are left/),
  'w25-ecdsa-raw-r-s': refused('signature', /is not one of/),
  'w26-trailing-bytes': '7ce41c68fed81d48',
};

describe.each([nativeCore, portableCore])('the images of imgtool, verified by the $engine engine', (core) => {
  it('are 47, and each has a verdict', () => {
    expect(imageNames().map((name) => name.replace('.bin', ''))).toEqual(Object.keys(verdicts).toSorted());
    expect(Object.keys(verdicts)).toHaveLength(47);
  });

  it.each(Object.entries(verdicts))('%s', (name, verdict) => {
    const verify = () => verifyImage(vector(`${name}.bin`), { core, keys: trusted, decryptionKey });
    if (typeof verdict === 'string') {
      const verified = verify();
      expect(toHex(verified.digest).slice(0, 16)).toBe(verdict);
      const expected = verified.payload.length > 1008 ? payloads[2048] : payloads[1000];
      expect(toHex(verified.payload.subarray(0, expected.length))).toBe(toHex(expected));
      expect([...verified.payload.subarray(expected.length)].every((byte) => byte === 0)).toBe(true);
      return;
    }
    const error = errorOf(verify);
    expect(error.message).toMatch(verdict.says);
    expect(error.code).toBe(verdict.check === 'form' ? 'image-malformed' : 'image-refused');
    if (verdict.check !== 'form') expect(error.details?.['check']).toBe(verdict.check);
  });
});

describe('what can be trusted of a verified image', () => {
  const verify = (name: string) =>
    verifyImage(vector(`${name}.bin`), { core: nativeCore, keys: trusted, decryptionKey });

  it('is its version, its counter and its dependencies', () => {
    const { version, securityCounter, dependencies } = verify('06-p256-deps');
    expect(versionText(version)).toBe('1.4.0');
    expect(securityCounter).toBe(8);
    expect(dependencies.map(({ image, minimum }) => [image, versionText(minimum)])).toEqual([
      [1, '1.2.0'],
      [2, '3.4.5+6'],
    ]);
  });

  it('is who signed: the hash of the key, whichever way the image names it', () => {
    const keyHash = '9efebd721e50d17e78b7419779215bec5070bfaddd0e195e40efdd4e7aa5ebdb';
    for (const name of ['01-p256', '08-p256-pubkey-custom-uuid']) expect(toHex(verify(name).signer)).toBe(keyHash);
  });

  it('is its boot record', () => {
    const { bootRecord } = verify('07-p256-bootrec');
    expect(bootRecord).toMatchObject({ type: 'APP', version: '1.4.1', algorithm: 'SHA256' });
  });

  it('is every protected TLV, also those that nobody here knows', () => {
    const { protectedTlvs } = verify('08-p256-pubkey-custom-uuid');
    expect(protectedTlvs.map((tlv) => (tlv.type === 'unknown' ? tlv.tag : tlv.type))).toEqual([
      'vendorId',
      'classId',
      0xa0,
      0xb5,
    ]);
  });

  it('says whether these bytes were encrypted: the clear form has the same header and hash', () => {
    expect(verify('09-p256-enc-ec256').wasEncrypted).toBe(true);
    expect(verify('11-p256-enc-clear').wasEncrypted).toBe(false);
  });

  it('ends where the image does, whatever stands behind it', () => {
    expect(verify('13-p256-pad-confirmed').length).toBe(1196);
    expect(verify('w26-trailing-bytes').length).toBe(1195);
  });
});

describe('the security counter', () => {
  const verify = (name: string, minimumCounter: number) => () =>
    verifyImage(vector(`${name}.bin`), { core: nativeCore, keys: trusted, minimumCounter });

  it('may be equal to the stored one, or higher', () => {
    expect(verify('04-p256-seccnt7', 7)().securityCounter).toBe(7);
    expect(verify('04-p256-seccnt7', 0)().securityCounter).toBe(7);
  });

  it('must not be lower: refused with both values', () => {
    const error = errorOf(verify('04-p256-seccnt7', 8));
    expect(error.code).toBe('rollback-refused');
    expect(error.details).toEqual({ check: 'security-counter', expected: 8, found: 7 });
  });

  it('must be there where one is stored', () => {
    expect(errorOf(verify('01-p256', 0)).details).toEqual({ check: 'security-counter', expected: 0, found: 'none' });
  });
});

describe('a verifier that starts nothing', () => {
  it('checks a compressed image, and leaves it compressed', () => {
    const options = { core: nativeCore, keys: trusted, tolerate: ['compressed'] } as const;
    expect(verifyImage(vector('21-p256-lzma2.bin'), options).payload).toHaveLength(1033);
  });
});

function errorOf(call: () => unknown): SelvageError {
  try {
    call();
  } catch (error) {
    if (error instanceof SelvageError) return error;
    throw error;
  }
  expect.fail('it was accepted');
}
