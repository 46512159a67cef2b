/** Signing keys that are in no file: those of the operator's vault, and of a PKCS#11 token. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeSoftHsm, softTokens } from '../../../hardware/test/support/softhsm.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const file = scratchFolder();
const pin = '73914682';
const env = { SELVAGE_VAULT: file('vault'), SELVAGE_PKCS11_PIN: pin };

async function run(...words: string[]): Promise<{ exit: number; says: string; surface: TestSurface }> {
  const surface = new TestSurface({ env });
  const exit = await surface.run('firmware', ...words);
  return { exit, says: surface.stderr.text.replace(/\s+/g, ' '), surface };
}

describe.each(['ecdsa-p256', 'ed25519'])('a key of %s in the vault', (type) => {
  const label = `maker-${type}`;
  const [key, pub, payload, image] = [`vault:${label}`, file(`${type}.pub.pem`), file('large.bin'), file('large.img')];

  it('is made there, signs a payload of 1 MiB, and verifies it', async () => {
    writeFileSync(
      payload,
      Uint8Array.from({ length: 1 << 20 }, (_, at) => at * 7),
    );
    expect(await run('keygen', '-t', type, '-k', key, '--pub', pub)).toMatchObject({ exit: 0 });
    expect(await run('sign', '-k', key, '-v', '1.2.3', '-s', '1', '--pad-header', payload, image)).toMatchObject({
      exit: 0,
    });
    expect(await run('verify', '-k', pub, image)).toMatchObject({ exit: 0 });
    expect(await run('verify', '-k', key, image)).toMatchObject({ exit: 0 });
    expect(readFileSync(image).length).toBeGreaterThan(1 << 20);
  });

  it('is never made twice', async () => {
    const { exit, says } = await run('keygen', '-t', type, '-k', key, '--pub', file('again.pub.pem'));
    expect(exit).not.toBe(0);
    expect(says).toContain(label);
  });
});

it('a key that the vault has not is said to be missing', async () => {
  const payload = file('small.bin');
  writeFileSync(payload, 'x');
  const { exit, says } = await run('sign', '-k', 'vault:nobody', '-v', '1', '--pad-header', payload, file('no.img'));
  expect([exit, says]).toEqual([66, expect.stringContaining('has no key "nobody"')]);
});

describeSoftHsm('a key in a token', (library) => {
  softTokens().make('maker', pin);

  it.each(['ecdsa-p256', 'ed25519'])('of %s is made there and signs images', async (type) => {
    const key = `pkcs11:token=maker;object=${type}?module-path=${library}`;
    const [pub, payload, image] = [file(`token-${type}.pub.pem`), file('payload.bin'), file(`token-${type}.img`)];
    writeFileSync(payload, new Uint8Array(5000).fill(7));
    expect(await run('keygen', '-t', type, '-k', key, '--pub', pub)).toMatchObject({ exit: 0 });
    expect(await run('sign', '-k', key, '-v', '1.2.3', '--pad-header', payload, image)).toMatchObject({ exit: 0 });
    expect(await run('verify', '-k', pub, image)).toMatchObject({ exit: 0 });
    expect(await run('verify', '-k', key, image)).toMatchObject({ exit: 0 });
    const again = await run('keygen', '-t', type, '-k', key);
    expect([again.exit, again.says]).toEqual([64, expect.stringContaining(`has a key ${type} already`)]);
  });

  it('that has no name is not made', async () => {
    const { exit, says } = await run('keygen', '-k', `pkcs11:token=maker?module-path=${library}`);
    expect([exit, says]).toEqual([64, expect.stringContaining('what the new key is to be called')]);
  });
});
