import { Secret, toHex } from '@selvage/core';
import { encodeSpki, nativeCore, type PublicKey, writePrivateKey } from '@selvage/crypto';
import { keyHashOf } from '@selvage/hardware';
import { encodePem } from '@selvage/pki';
import { requireNewFiles, writeNewFile } from '../ca/output.js';
import { Report } from '../ca/report.js';
import { step } from '../ca/step.js';
import { parseKeyReference } from '../keys/key-reference.js';
import { generateElsewhere } from '../keys/generate-key.js';
import type { Surface } from '../terminal/surface.js';
import { keyPassphrase } from './passphrase.js';
import type { FirmwareOptions } from './sign-options.js';

export interface KeygenOptions extends FirmwareOptions {
  readonly type: 'ecdsa-p256' | 'ed25519';
  readonly key: string;
  /** Where the public key goes, too. */
  readonly pub?: string;
  /** False for `--no-passphrase`. */
  readonly passphrase: boolean;
}

/** `firmware keygen`: a new key to sign images with. @throws SelvageError that names the step */
export async function keygen(surface: Surface, options: KeygenOptions): Promise<void> {
  const { home, name } = await step('understand where the key goes', () => parseKeyReference(options.key));
  await requireNewFiles(home === 'file' ? name : undefined, options.pub);
  const publicKey =
    home === 'file'
      ? await generateFile(surface, name, options)
      : await step(`make the key ${options.key}`, () => generateElsewhere(options.key, options.type, surface));
  const pem = encodePem('PUBLIC KEY', encodeSpki(publicKey));
  if (options.pub !== undefined) await writeNewFile(options.pub, pem, 'public');
  const keyHash = toHex(keyHashOf(nativeCore, publicKey));
  const report = new Report(surface, options.json);
  report.tell({
    event: 'generated',
    data: { key: options.key, type: options.type, keyHash, publicKey: pem },
    lines: [
      `made a key of ${options.type} in ${options.key}: whoever has it can put software on your devices`,
      `devices and images know it as ${keyHash}`,
    ],
  });
  if (options.pub === undefined) report.hand(pem);
}

async function generateFile(surface: Surface, path: string, options: KeygenOptions): Promise<PublicKey> {
  const passphrase = options.passphrase
    ? await step('read the passphrase', () => keyPassphrase(surface, options.passphraseFile))
    : undefined;
  const { publicKey, key } = draw(surface, options.type);
  const protection = passphrase && { passphrase, entropy: surface.entropy };
  const file = await step('encrypt the key', () =>
    writePrivateKey(nativeCore, { kind: publicKey.kind, key }, protection),
  );
  key.dispose();
  passphrase?.dispose();
  try {
    await writeNewFile(path, file.reveal(), 'private');
  } finally {
    file.dispose();
  }
  return publicKey;
}

function draw({ entropy }: Surface, type: KeygenOptions['type']): { publicKey: PublicKey; key: Secret } {
  if (type === 'ecdsa-p256') {
    const { privateKey, publicKey } = nativeCore.p256.generateKeyPair(entropy);
    return { publicKey: { kind: 'p256', publicKey }, key: taken(privateKey) };
  }
  const seed = new Uint8Array(32);
  entropy.fill(seed);
  return { publicKey: { kind: 'ed25519', publicKey: nativeCore.ed25519.publicKey(seed) }, key: taken(seed) };
}

function taken(bytes: Uint8Array): Secret {
  const secret = Secret.of(bytes);
  bytes.fill(0);
  return secret;
}
