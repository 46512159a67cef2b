import { createPrivateKey } from 'node:crypto';
import { Secret, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { FailingEntropy, SeededEntropy } from '@selvage/core/virtual';
import { nativeCore, portableCore, readPrivateKey, writePrivateKey } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';

const keys = (['p256', 'ed25519'] as const).map((kind) => {
  const bytes = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 0 : at + 1));
  return { kind, key: Secret.of(bytes) };
});
const passphrase = Secret.text('correct horse');
const entropy = new SeededEntropy('key-files');
const protection = { passphrase, entropy, iterations: 1000 };
const text = (secret: Secret): string => new TextDecoder().decode(secret.reveal());

describe('a private key that is written', () => {
  it.each(keys)('is read back: $kind', ({ kind, key }) => {
    for (const [secret, file] of [
      [undefined, writePrivateKey(nativeCore, { kind, key })],
      [passphrase, writePrivateKey(nativeCore, { kind, key }, protection)],
    ] as const) {
      const read = readPrivateKey(file.reveal(), secret);
      expect([read.kind, toHex(read.key.reveal())]).toEqual([kind, toHex(key.reveal())]);
    }
  });

  it.each(keys)('has its public key with it, and is the PKCS#8 that OpenSSL writes: $kind', ({ kind, key }) => {
    const ours = text(writePrivateKey(nativeCore, { kind, key }));
    expect(createPrivateKey(ours).export({ type: 'pkcs8', format: 'pem' })).toBe(ours);
  });

  it('says in PEM whether it is encrypted, and shows itself to nobody', () => {
    const [key] = keys as [(typeof keys)[number]];
    const [plain, closed] = [writePrivateKey(nativeCore, key), writePrivateKey(nativeCore, key, protection)];
    expect(text(plain)).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(text(closed)).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect([String(plain), String(closed)]).toEqual(['‹redacted›', '‹redacted›']);
    expect(outcomeOf(() => readPrivateKey(closed.reveal()))).toBe('invalid-key');
    expect(outcomeOf(() => readPrivateKey(closed.reveal(), Secret.text('wrong horse')))).toBe('invalid-key');
  });

  it('takes another salt every time, and 600,000 rounds where nothing else is said', () => {
    const [key] = keys as [(typeof keys)[number]];
    const files = [1, 2].map(() => text(writePrivateKey(nativeCore, key, protection)));
    expect(files[0]).not.toBe(files[1]);
    const usual = text(writePrivateKey(nativeCore, key, { passphrase, entropy }));
    // INTEGER 600000.
    expect(Buffer.from(usual.replace(/-----.*-----|\n/g, ''), 'base64').toString('hex')).toContain('02030927c0');
    expect(toHex(readPrivateKey(new TextEncoder().encode(usual), passphrase).key.reveal())).toBe(
      toHex(key.key.reveal()),
    );
  });

  it('is the same with either engine', () => {
    const [key] = keys as [(typeof keys)[number]];
    const [native, portable] = [nativeCore, portableCore].map((core) =>
      text(writePrivateKey(core, key, { passphrase, entropy: new SeededEntropy(3), iterations: 10 })),
    );
    expect(portable).toBe(native);
  });

  it('needs a passphrase of 8 bytes, and entropy', () => {
    const [key] = keys as [(typeof keys)[number]];
    const short = { ...protection, passphrase: Secret.text('1234567') };
    expect(outcomeOf(() => writePrivateKey(nativeCore, key, short))).toBe('invalid-argument');
    const failing = { ...protection, entropy: new FailingEntropy() };
    expect(outcomeOf(() => writePrivateKey(nativeCore, key, failing))).toBe('entropy-failed');
  });
});
