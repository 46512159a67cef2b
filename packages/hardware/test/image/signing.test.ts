import { concat, encode, Secret, SelvageError, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { type CryptoCore, LocalKeyHome, nativeCore, portableCore } from '@selvage/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  finishImage,
  type ImageOptions,
  type ImageSigner,
  imageSigner,
  messageOf,
  parseVersion,
  prepareImage,
  readImage,
  reopenImage,
  signImage,
  vendorUuid,
  classUuid,
  verifyImage,
} from '../../src/index.js';
import { imageFile } from '../../src/image/format/image-file.js';
import { payloads, privateKey, publicKey, vector } from './support/vectors.js';

const payload = payloads[1000];
const version = parseVersion('1.2.3+4');

describe.each([nativeCore, portableCore])('signing with the $engine engine', (core) => {
  let signers: Record<'p256' | 'ed25519', ImageSigner>;
  beforeAll(async () => {
    signers = { p256: await signerOf(core, 'p256'), ed25519: await signerOf(core, 'ed25519') };
  });

  it.each(['p256', 'ed25519'] as const)('a key handle of %s: what is signed verifies, as its payload', async (kind) => {
    const image = await signImage(payload, { core, version, signer: signers[kind], securityCounter: 7 });
    const verified = verifyImage(image, { core, keys: [signers[kind].publicKey], minimumCounter: 7 });
    expect(toHex(verified.payload)).toBe(toHex(payload));
    expect(verified).toMatchObject({ version, securityCounter: 7, length: image.length });
  });

  it('writes the same image as imgtool, byte for byte up to the signature', async () => {
    const p256 = signers.p256;
    const cases: [string, Partial<ImageOptions>, ImageSigner][] = [
      ['01-p256', {}, p256],
      ['02-ed25519', {}, signers.ed25519],
      ['03-ed25519-pure', { pure: true }, signers.ed25519],
      ['04-p256-seccnt7', { version: parseVersion('1.3.0'), securityCounter: 7 }, p256],
      ['05-p256-seccnt-auto', { version: parseVersion('2.5.9'), securityCounter: 'auto' }, p256],
      [
        '06-p256-deps',
        {
          version: parseVersion('1.4.0'),
          securityCounter: 8,
          dependencies: [
            { image: 1, minimum: parseVersion('1.2.0') },
            { image: 2, minimum: parseVersion('3.4.5+6') },
          ],
        },
        p256,
      ],
      ['07-p256-bootrec', { version: parseVersion('1.4.1'), securityCounter: 8, bootRecord: 'APP' }, p256],
      [
        '08-p256-pubkey-custom-uuid',
        {
          version: parseVersion('1.4.2'),
          publicKeyFormat: 'full',
          vendorId: vendorUuid('acme.example'),
          classId: classUuid('sensor-1', vendorUuid('acme.example')),
          vendorTlvs: [
            { type: 0xa0, value: Uint8Array.of(1, 2, 3, 4) },
            { type: 0xb5, value: new TextEncoder().encode('hello') },
          ],
        },
        p256,
      ],
    ];
    for (const [name, options, signer] of cases) {
      const ours = withoutSignature(await signImage(payload, { core, version, signer, ...options }));
      expect({ name, image: toHex(ours) }).toEqual({ name, image: toHex(withoutSignature(vector(`${name}.bin`))) });
    }
  });

  it('with a seed gives Ed25519 images that are imgtool’s whole', async () => {
    const seeded: ImageSigner = {
      publicKey: publicKey('sign-ed25519'),
      sign: async (message) => core.ed25519.sign(privateKey('sign-ed25519').reveal(), message),
    };
    for (const [name, pure] of [
      ['02-ed25519', false],
      ['03-ed25519-pure', true],
    ] as const) {
      const image = await signImage(payload, { core, version, signer: seeded, pure });
      expect(toHex(image)).toBe(toHex(vector(`${name}.bin`)));
    }
  });

  it.each([
    [16, 'p256', 'encrypted'],
    [32, 'p256', 'encrypted'],
    [16, 'ed25519', 'clear'],
    [32, 'ed25519', 'encrypted'],
  ] as const)('encrypts with a key of %i bytes, signed by %s, %s', async (keyLength, kind, form) => {
    const entropy = new SeededEntropy(`image ${keyLength}`);
    const device = core.p256.generateKeyPair(entropy);
    const encryption = { recipient: device.publicKey, keyLength, clear: form === 'clear', entropy };
    const signer = signers[kind];
    const image = await signImage(payload, { core, version, signer, encryption });
    const keys = [signer.publicKey];
    const decryptionKey = { privateKey: Secret.of(device.privateKey) };
    const verified = verifyImage(image, { core, keys, decryptionKey });
    expect(toHex(verified.payload)).toBe(toHex(concat(payload, new Uint8Array(8))));
    expect(verified.wasEncrypted).toBe(form === 'encrypted');
    expect(toHex(image).includes(toHex(payload.subarray(0, 32)))).toBe(form === 'clear');
    if (form === 'clear') return;
    expect(codeOf(() => verifyImage(image, { core, keys }))).toBe('content-key');
    const other = { privateKey: Secret.of(core.p256.generateKeyPair(entropy).privateKey) };
    expect(codeOf(() => verifyImage(image, { core, keys, decryptionKey: other }))).toBe('content-key');
  });

  it('takes the header inside the payload where there are zeros for it', async () => {
    const signer = signers.p256;
    const withRoom = concat(new Uint8Array(0x200), payload);
    const image = await signImage(withRoom, { core, version, signer, headerSize: 0x200, headerRoom: 'inside' });
    expect(toHex(verifyImage(image, { core, keys: [signer.publicKey] }).payload)).toBe(toHex(payload));
    await expect(signImage(payload, { core, version, signer, headerRoom: 'inside' })).rejects.toThrow(
      'no room for a header of 32 bytes: byte 0 is not zero',
    );
  });

  it('pads an ECDSA signature to 72 bytes where old loaders want that', async () => {
    const signer = signers.p256;
    const image = await signImage(payload, { core, version, signer, padSignature: true });
    expect(readImage(image).tlvs.find(({ type }) => type === 'ecdsa')).toMatchObject({ value: { length: 72 } });
    expect(verifyImage(image, { core, keys: [signer.publicKey] }).version).toEqual(version);
  });

  it('trusts a key by its hash alone where the image carries the key, and only there', async () => {
    const signer = signers.p256;
    const full = await signImage(payload, { core, version, signer, publicKeyFormat: 'full' });
    const keyHash = verifyImage(full, { core, keys: [signer.publicKey] }).signer;
    expect(verifyImage(full, { core, keys: [{ keyHash }] }).signerKey).toEqual(signer.publicKey);
    const hashed = await signImage(payload, { core, version, signer });
    expect(() => verifyImage(hashed, { core, keys: [{ keyHash }] })).toThrow('does not carry the key');
  });
});

describe('a signature made elsewhere', () => {
  const core = nativeCore;
  const signer = publicKey('sign-p256');
  const prepared = prepareImage(payload, { core, version }, signer);

  it('is made over the same bytes and the same digest as imgtool’s vectors to sign', () => {
    expect(toHex(messageOf(prepared, signer))).toBe(toHex(vector('18-vector-payload.bin')));
    expect(toHex(prepared.digest)).toBe(toHex(vector('18-vector-digest.bin')));
    const ed25519 = publicKey('sign-ed25519');
    expect(toHex(messageOf(prepareImage(payload, { core, version }, ed25519), ed25519))).toBe(toHex(prepared.digest));
  });

  it('is baked in, and gives imgtool’s image', () => {
    const signature = new Uint8Array(Buffer.from(new TextDecoder().decode(vector('18-sig.b64')), 'base64'));
    expect(toHex(finishImage(prepared, { publicKey: signer, signature }))).toBe(toHex(vector('18-p256-fixsig.bin')));
  });

  it('is refused where it is not one of that key over this image, unlike with imgtool', () => {
    const junk = Uint8Array.of(1, 2, 3, 4);
    expect(codeOf(() => finishImage(prepared, { publicKey: signer, signature: junk }))).toBe('signature');
    const signature = new Uint8Array(Buffer.from(new TextDecoder().decode(vector('18-sig.b64')), 'base64'));
    const other = prepareImage(payload, { core, version: parseVersion('1.2.4') }, signer);
    expect(codeOf(() => finishImage(other, { publicKey: signer, signature }))).toBe('signature');
  });

  it('goes into an image that is known only by the bytes that were signed', () => {
    const signature = new Uint8Array(Buffer.from(new TextDecoder().decode(vector('18-sig.b64')), 'base64'));
    const reopened = reopenImage(vector('18-vector-payload.bin'), { core });
    expect(toHex(finishImage(reopened, { publicKey: signer, signature }))).toBe(toHex(vector('18-p256-fixsig.bin')));
  });

  it('goes into nothing else: cut, longer, or a whole image are refused', () => {
    const region = vector('18-vector-payload.bin');
    for (const bytes of [
      region.subarray(1),
      region.subarray(0, -1),
      concat(region, Uint8Array.of(0)),
      new Uint8Array(0),
    ]) {
      expect(() => reopenImage(bytes, { core })).toThrowError(expect.objectContaining({ code: 'image-malformed' }));
    }
    expect(() => reopenImage(vector('01-p256.bin'), { core })).toThrowError(
      expect.objectContaining({ code: 'image-malformed' }),
    );
  });

  it('of a home that signs something else never gets into an image', async () => {
    const { publicKey: key } = await signerOf(core, 'ed25519');
    const liar: ImageSigner = { publicKey: key, sign: async () => new Uint8Array(64) };
    await expect(signImage(payload, { core, version, signer: liar })).rejects.toMatchObject({ code: 'image-refused' });
  });
});

describe('options that no image can have', () => {
  const core = nativeCore;
  const p256 = publicKey('sign-p256');
  const ed25519 = publicKey('sign-ed25519');
  it.each([
    ['pure with P-256', { pure: true }, p256, /pure signature does not go with a key of P-256/],
    ['SHA-512 with P-256', { hash: 'sha512' }, p256, /SHA-512 does not go with/],
    ['pure with SHA-256', { pure: true, hash: 'sha256' }, ed25519, /does not go with SHA-256/],
    ['a short header', { headerSize: 31 }, p256, /32 to 65535 bytes, not 31/],
    ['a counter beyond 32 bits', { securityCounter: 2 ** 32 }, p256, /0 to 4294967295, not 4294967296/],
    ['a long boot record', { bootRecord: 'thirteenchars' }, p256, /1 to 12 characters, not 13/],
    ['a boot record of nobody', { bootRecord: 'APP' }, undefined, /names the signer/],
    ['a reserved TLV', { vendorTlvs: [{ type: 0x50, value: payload }] }, p256, /0x50 is not between/],
    [
      'a vendor TLV twice',
      { vendorTlvs: [0, 1].map(() => ({ type: 0xa0, value: payload })) },
      p256,
      /0xa0 is there twice/,
    ],
    ['RAM and flash', { loadAddress: 1, romFixed: 1 }, p256, /not both/],
    ['a version of 256', { version: { ...version, major: 256 } }, p256, /major is 256 where 0 to 255/],
    ['image 256', { dependencies: [{ image: 256, minimum: version }] }, p256, /0 to 255, not 256/],
  ] as const)('%s', (_, options, signer, says) => {
    const whole = { core, version, ...(options as Partial<ImageOptions>) };
    expect(() => prepareImage(payload, whole, signer)).toThrow(says);
    expect(() => prepareImage(payload, whole, signer)).toThrow(SelvageError);
  });
});

/** The private keys of the vectors, as handles in a home of this process. */
async function signerOf(core: CryptoCore, kind: 'p256' | 'ed25519'): Promise<ImageSigner> {
  const home = new LocalKeyHome({ core, entropy: new SeededEntropy(kind) });
  const algorithm = kind === 'p256' ? 'ecdsa-p256' : 'ed25519';
  return imageSigner(home, await home.importKey({ algorithm, usages: ['sign'] }, privateKey(`sign-${kind}`)));
}

/** The image with its signature blanked: ECDSA has another one, of another length, every time. */
function withoutSignature(bytes: Uint8Array): Uint8Array {
  const { tlvs, ...file } = readImage(bytes);
  return encode(imageFile, { ...file, tlvs: tlvs.filter(({ type }) => type !== 'ecdsa') });
}

function codeOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    if (error instanceof SelvageError) return error.details?.['check'];
    throw error;
  }
  return 'accepted';
}
