import { fromHex, toHex } from '@selvage/core';
import { constantTimeEqual, type CryptoCore, type HashAlgorithm } from '@selvage/crypto';
import { expect } from 'vitest';
import { describeWycheproof, type WycheproofCase, type WycheproofGroup } from '../wycheproof.js';

const aesKeys = new Set([128, 256]);

interface AeadCase extends WycheproofCase {
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}

interface AeadGroup extends WycheproofGroup<AeadCase> {
  readonly keySize: number;
  readonly ivSize: number;
  readonly tagSize: number;
}

type OpenAead = (core: CryptoCore, group: AeadGroup, test: AeadCase) => ReturnType<CryptoCore['aesGcm']>;

function checkAead(aead: OpenAead): (core: CryptoCore, group: AeadGroup, test: AeadCase) => void {
  return (core, group, test) => {
    const cipher = aead(core, group, test);
    const [nonce, aad, message] = [fromHex(test.iv), fromHex(test.aad), fromHex(test.msg)];
    const sealed = fromHex(test.ct + test.tag);
    if (test.result === 'valid') {
      expect(toHex(cipher.seal(nonce, aad, message))).toBe(toHex(sealed));
      expect(toHex(cipher.open(nonce, aad, sealed)!)).toBe(test.msg);
    } else {
      expect(cipher.open(nonce, aad, sealed)).toBeUndefined();
    }
  };
}

const ccm: OpenAead = (core, group, test) =>
  core.aesCcm(fromHex(test.key), { nonceLength: group.ivSize / 8, tagLength: (group.tagSize / 8) as 4 | 8 | 16 });

describeWycheproof<AeadGroup, AeadCase>({
  file: 'aes_ccm',
  cases: 552,
  excluded: 292,
  supports: ({ keySize, ivSize, tagSize }) =>
    aesKeys.has(keySize) && ivSize >= 56 && ivSize <= 104 && [32, 64, 128].includes(tagSize),
  check: checkAead(ccm),
  refuses: (core, group, test) => {
    expect(() => ccm(core, group, test)).toThrow(expect.objectContaining({ name: 'SelvageError' }));
  },
});

describeWycheproof<AeadGroup, AeadCase>({
  file: 'aes_gcm',
  cases: 316,
  excluded: 183,
  supports: ({ keySize, ivSize, tagSize }) => aesKeys.has(keySize) && ivSize === 96 && tagSize === 128,
  check: checkAead((core, _group, test) => core.aesGcm(fromHex(test.key))),
  refuses: (core, _group, test) => {
    expect(() =>
      core.aesGcm(fromHex(test.key)).open(fromHex(test.iv), fromHex(test.aad), fromHex(test.ct + test.tag)),
    ).toThrow(expect.objectContaining({ name: 'SelvageError' }));
  },
});

interface CbcCase extends WycheproofCase {
  readonly key: string;
  readonly iv: string;
  readonly msg: string;
  readonly ct: string;
}

interface CbcGroup extends WycheproofGroup<CbcCase> {
  readonly keySize: number;
}

/** PKCS #7 padding to whole blocks: the engines' CBC has none. */
function padPkcs7(message: Uint8Array): Uint8Array {
  const fill = 16 - (message.length % 16);
  const blocks = new Uint8Array(message.length + fill).fill(fill);
  blocks.set(message);
  return blocks;
}

function unpadPkcs7(blocks: Uint8Array): Uint8Array | undefined {
  const fill = blocks.at(-1) ?? 0;
  const good = fill >= 1 && fill <= 16 && blocks.subarray(-fill).every((byte) => byte === fill);
  return good ? blocks.subarray(0, -fill) : undefined;
}

describeWycheproof<CbcGroup, CbcCase>({
  file: 'aes_cbc_pkcs5',
  cases: 216,
  excluded: 72,
  supports: ({ keySize }) => aesKeys.has(keySize),
  check: (core, _group, test) => {
    const cbc = core.aesCbc(fromHex(test.key));
    const iv = fromHex(test.iv);
    if (test.result === 'valid') {
      expect(toHex(cbc.encrypt(iv, padPkcs7(fromHex(test.msg))))).toBe(test.ct);
      expect(toHex(unpadPkcs7(cbc.decrypt(iv, fromHex(test.ct)))!)).toBe(test.msg);
    } else if (test.ct.length % 32 === 0) {
      expect(unpadPkcs7(cbc.decrypt(iv, fromHex(test.ct)))).toBeUndefined();
    } else {
      expect(() => cbc.decrypt(iv, fromHex(test.ct))).toThrow(expect.objectContaining({ code: 'invalid-length' }));
    }
  },
  refuses: (core, _group, test) => {
    expect(() => core.aesCbc(fromHex(test.key))).toThrow(expect.objectContaining({ code: 'invalid-key' }));
  },
});

interface MacCase extends WycheproofCase {
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
}

interface MacGroup extends WycheproofGroup<MacCase> {
  readonly keySize: number;
  readonly tagSize: number;
}

function checkMac(mac: (core: CryptoCore, key: Uint8Array, message: Uint8Array) => Uint8Array) {
  return (core: CryptoCore, group: MacGroup, test: MacCase): void => {
    const tag = mac(core, fromHex(test.key), fromHex(test.msg)).subarray(0, group.tagSize / 8);
    expect(constantTimeEqual(tag, fromHex(test.tag))).toBe(test.result === 'valid');
  };
}

describeWycheproof<MacGroup, MacCase>({
  file: 'aes_cmac',
  cases: 311,
  excluded: 107,
  supports: ({ keySize }) => aesKeys.has(keySize),
  check: checkMac((core, key, message) => core.aesCmac(key, message)),
  refuses: (core, _group, test) => {
    expect(() => core.aesCmac(fromHex(test.key), fromHex(test.msg))).toThrow(
      expect.objectContaining({ code: 'invalid-key' }),
    );
  },
});

function describeHmac(file: string, algorithm: HashAlgorithm): void {
  describeWycheproof<MacGroup, MacCase>({
    file,
    cases: 174,
    excluded: 0,
    supports: () => true,
    check: checkMac((core, key, message) => core.hmac(algorithm, key, message)),
  });
}

describeHmac('hmac_sha256', 'sha256');
describeHmac('hmac_sha384', 'sha384');

interface HkdfCase extends WycheproofCase {
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
}

describeWycheproof<WycheproofGroup<HkdfCase>, HkdfCase>({
  file: 'hkdf_sha256',
  cases: 86,
  excluded: 0,
  supports: () => true,
  check: (core, _group, { ikm, salt, info, size, okm, result }) => {
    const derive = () => core.hkdf('sha256', fromHex(ikm), fromHex(salt), fromHex(info), size);
    if (result === 'valid') {
      expect(toHex(derive())).toBe(okm);
    } else {
      expect(derive).toThrow(expect.objectContaining({ code: 'invalid-length' }));
    }
  },
});

interface PbkdfCase extends WycheproofCase {
  readonly password: string;
  readonly salt: string;
  readonly iterationCount: number;
  readonly dkLen: number;
  readonly dk: string;
}

describeWycheproof<WycheproofGroup<PbkdfCase>, PbkdfCase>({
  file: 'pbkdf2_hmacsha256',
  cases: 60,
  excluded: 0,
  supports: () => true,
  check: (core, _group, { password, salt, iterationCount, dkLen, dk, result }) => {
    const derived = core.pbkdf2HmacSha256(fromHex(password), fromHex(salt), iterationCount, dkLen);
    expect(toHex(derived) === dk).toBe(result === 'valid');
  },
});
