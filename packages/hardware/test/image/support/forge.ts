/** Images as an adversary makes them: any TLVs in any area, hashed and signed as they ought to be, or not. */
import { encode, Secret, SelvageError } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore, type PublicKey } from '@selvage/crypto';
import {
  type DecryptionKey,
  type ImageSigner,
  type ImageTlv,
  keyHashOf,
  parseVersion,
  signImage,
  verifyImage,
  type VerifyOptions,
} from '../../../src/index.js';
import { type ImageFile, imageFile } from '../../../src/image/format/image-file.js';

const core = nativeCore;
const entropy = new SeededEntropy('images of an adversary');

export interface KeyPair extends ImageSigner {
  readonly signNow: (message: Uint8Array) => Uint8Array;
}

export function keyPair(kind: 'p256' | 'ed25519'): KeyPair {
  const secret = new Uint8Array(32);
  entropy.fill(secret);
  const pair = kind === 'p256' ? core.p256.generateKeyPair(entropy) : undefined;
  const publicKey: PublicKey = { kind, publicKey: pair?.publicKey ?? core.ed25519.publicKey(secret) };
  const signNow = (message: Uint8Array): Uint8Array =>
    pair ? core.p256.sign(pair.privateKey, 'sha256', message) : core.ed25519.sign(secret, message);
  return { publicKey, signNow, sign: async (message) => signNow(message) };
}

/** A small image of each kind that can be verified, and what verifies it. */
export async function goodImages(): Promise<{ name: string; bytes: Uint8Array; options: VerifyOptions }[]> {
  const payload = Uint8Array.from({ length: 80 }, (_, at) => at);
  const version = parseVersion('1.2.3+4');
  const device = core.p256.generateKeyPair(entropy);
  const decryptionKey: DecryptionKey = { privateKey: Secret.of(device.privateKey) };
  const kinds = [
    { name: 'P-256', signer: keyPair('p256'), encryption: undefined },
    { name: 'Ed25519', signer: keyPair('ed25519'), encryption: undefined },
    { name: 'P-256, encrypted', signer: keyPair('p256'), encryption: { recipient: device.publicKey, entropy } },
  ];
  return Promise.all(
    kinds.map(async ({ name, signer, encryption }) => ({
      name,
      bytes: await signImage(payload, { core, version, securityCounter: 5, signer, encryption }),
      options: { core, keys: [signer.publicKey], minimumCounter: 5, decryptionKey },
    })),
  );
}

/** An image with these TLVs, with a right hash, key and signature unless `unprotected` says otherwise. */
export function forge(
  signer: KeyPair,
  protectedTlvs: readonly ImageTlv[] | undefined,
  unprotected: (proper: readonly ImageTlv[]) => readonly ImageTlv[] = (proper) => proper,
  header: Partial<ImageFile['header']> = {},
): Uint8Array {
  const file: ImageFile = {
    header: { loadAddress: 0, flags: 0, version: parseVersion('1.0.0'), pad: new Uint8Array(4), ...header },
    fill: new Uint8Array(0),
    payload: Uint8Array.from({ length: 32 }, (_, at) => at),
    protectedTlvs,
    tlvs: [],
    rest: new Uint8Array(0),
  };
  const region = encode(imageFile, file).subarray(0, -4);
  const digest = core.hash('sha256', region);
  const isP256 = signer.publicKey.kind === 'p256';
  const tlvs: ImageTlv[] = [
    { type: 'sha256', value: digest },
    { type: 'keyHash', value: keyHashOf(core, signer.publicKey) },
    { type: isP256 ? 'ecdsa' : 'ed25519', value: signer.signNow(isP256 ? region : digest) },
  ];
  return encode(imageFile, { ...file, tlvs: unprotected(tlvs) });
}

/** Which check refused, `form` for what is no image, or `accepted`. Anything but a refusal is thrown on. */
export function verdict(bytes: Uint8Array, options: VerifyOptions): string {
  try {
    verifyImage(bytes, options);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    if (error.code === 'image-malformed') return 'form';
    if (error.code === 'image-refused' || error.code === 'rollback-refused') return String(error.details?.['check']);
    throw error;
  }
}
