/** Keys, images and what is done with them on the command line, in files. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { Secret } from '@selvage/core';
import { nativeCore, readPrivateKey } from '@selvage/crypto';
import { readImage, verifyImage } from '@selvage/hardware';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../../core/test/support/described-with.js';
import { scratchFolder } from '../support/scratch.js';
import { firmware, good, ownKey, passphrase, told, vectorPath } from './support.js';

const file = scratchFolder();
const [p256, ed25519, devices] = [file('p256.pem'), file('ed25519.pem'), file('devices.pem')];
const pub = (key: string): string => key.replace('.pem', '.pub.pem');
const payload = vectorPath('payload-1000.bin');
const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(name));

beforeAll(async () => {
  await good('keygen', '-k', p256, '--pub', pub(p256));
  await good('keygen', '-t', 'ed25519', '-k', ed25519, '--pub', pub(ed25519), '--no-passphrase');
  await good('keygen', '-k', devices, '--pub', pub(devices), '--no-passphrase');
});

describe('firmware keygen', () => {
  it('leaves an encrypted key that its owner alone can read, and a public key', () => {
    expect(readFileSync(p256, 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    expect(statSync(p256).mode & 0o777).toBe(0o600);
    expect(readPrivateKey(bytes(p256), Secret.text(passphrase)).kind).toBe('p256');
    expect(readFileSync(pub(p256), 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  });

  it('without a passphrase makes none, unless it is told to', async () => {
    expect(readFileSync(ed25519, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    const { exit, says } = await firmware(
      'keygen',
      '-k',
      file('short.pem'),
      '--passphrase-file',
      written('short', 'abc\n'),
    );
    expect([exit, says]).toEqual([64, expect.stringContaining('the passphrase has 3 bytes')]);
    expect(existsSync(file('short.pem'))).toBe(false);
  });

  it('never writes over a key', async () => {
    const { exit, says } = await firmware('keygen', '-k', p256);
    expect([exit, says]).toEqual([64, expect.stringContaining('there is such a file already')]);
  });

  it('hands out the public key on standard output where no file is named, and its hash', async () => {
    const { stdout, says } = await good('keygen', '-k', file('other.pem'));
    expect(stdout).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(says).toMatch(/devices and images know it as [0-9a-f]{64}/);
  });

  it('refuses what imgtool makes beside, and says what there is', async () => {
    for (const type of ['rsa-2048', 'ecdsa-p384', 'x25519']) {
      const { exit, says } = await firmware('keygen', '-t', type, '-k', file('no.pem'));
      expect([exit, says]).toEqual([64, expect.stringContaining('Allowed choices are ecdsa-p256, ed25519')]);
    }
  });
});

describe.each([
  ['P-256', p256],
  ['Ed25519', ed25519],
])('firmware sign with a key of %s', (_, key) => {
  const image = file('image.bin');

  it('makes an image that verifies, with what was asked for', async () => {
    const words = ['-v', '1.2.3+4', '-s', '7', '-d', '(1, 1.2.0)(2,3.4.5+6)', '--boot-record', 'APP', '--pad-header'];
    const { says } = await good('sign', '-k', key, ...words, payload, image);
    expect(says).toContain('is version 1.2.3+4, security counter 7');
    const [verified] = await told('verify', '-k', pub(key), '--minimum-counter', '7', image);
    expect(verified).toMatchObject({
      event: 'verified',
      version: '1.2.3+4',
      securityCounter: 7,
      encrypted: false,
      dependencies: [
        { image: 1, minimum: '1.2.0' },
        { image: 2, minimum: '3.4.5+6' },
      ],
      payloadLength: 1000,
    });
  });

  it('encrypts to the devices, who alone read it', async () => {
    const words = ['-v', '1.2.3', '--pad-header', '-E', pub(devices), '--encrypt-keylen', '256'];
    await good('sign', '-k', key, ...words, payload, image);
    expect(Buffer.from(bytes(image)).includes(Buffer.from(bytes(payload).subarray(0, 32)))).toBe(false);
    const { exit, says } = await firmware('verify', '-k', pub(key), image);
    expect([exit, says]).toEqual([77, expect.stringContaining('no decryption key was given')]);
    const [verified] = await told('verify', '-k', pub(key), '--decrypt', devices, image);
    expect(verified).toMatchObject({ encrypted: true, flags: ['encryptedAes256'] });
    await good('sign', '-k', key, ...words, '--clear', payload, image);
    expect((await told('verify', '-k', pub(key), image))[0]).toMatchObject({ encrypted: false });
  });

  it('fills a slot and asks for a trial, or confirms', async () => {
    const words = ['-v', '1.2.3', '--pad-header', '-S', '0x4000', '--align', '4', '-M', '4'];
    for (const [option, state] of [
      ['--pad', 'unset'],
      ['--test', 'unset'],
      ['--confirm', 'set'],
    ] as const) {
      await good('sign', '-k', key, ...words, option, payload, image);
      expect(statSync(image).size).toBe(0x4000);
      const [shown] = await told('inspect', image);
      expect(shown?.['trailer']).toBe(`magic good, image_ok ${state}, copy_done unset, max-align 8`);
      await good('verify', '-k', pub(key), image);
    }
  });

  it('carries TLVs of the vendor, as imgtool’s users write them', async () => {
    const words = [
      '--custom-tlv',
      '0xa0',
      '0x01020304',
      '--custom-tlv',
      '0xb5',
      'hello',
      '--custom-tlv-file',
      '0xb6',
      payload,
    ];
    await good(
      'sign',
      '-k',
      key,
      '-v',
      '1',
      '--pad-header',
      ...words,
      '--vid',
      'acme.example',
      '--cid',
      'sensor-1',
      payload,
      image,
    );
    const { protectedTlvs = [] } = readImage(bytes(image));
    expect(protectedTlvs.map((tlv) => (tlv.type === 'unknown' ? [tlv.tag, tlv.body.length] : tlv.type))).toEqual([
      'vendorId',
      'classId',
      [0xa0, 4],
      [0xb5, 5],
      [0xb6, 1000],
    ]);
  });

  it('writes the signature to a file too, and that file makes the same image again', async () => {
    const again = file('again.bin');
    const words = ['-v', '1.2.3', '--pad-header', '--public-key-format', 'full'];
    await good('sign', '-k', key, ...words, '--sig-out', file('sig.b64'), payload, image);
    await good('sign', '--fix-sig', file('sig.b64'), '--fix-sig-pubkey', pub(key), ...words, payload, again);
    expect(bytes(again)).toEqual(bytes(image));
    await good('verify', '--key-hash', String((await told('verify', '-k', pub(key), image))[0]?.['signer']), image);
  });

  it('leaves no half of an image behind, and replaces the one before', async () => {
    await good('sign', '-k', key, '-v', '2', '--pad-header', payload, image);
    expect(readImage(bytes(image)).header.version.major).toBe(2);
    expect(readdirSync(file('.')).filter((name) => name.includes('.part'))).toEqual([]);
  });
});

describe('firmware sign with what only one kind of key can', () => {
  const image = file('special.bin');
  it('signs the image itself with Ed25519, or with SHA-512', async () => {
    for (const words of [['--pure'], ['--sha', '512']]) {
      await good('sign', '-k', ed25519, '-v', '1', '--pad-header', ...words, payload, image);
      expect((await told('verify', '-k', pub(ed25519), image))[0]).toMatchObject({ hash: 'sha512' });
      const { exit, says } = await firmware('sign', '-k', p256, '-v', '1', '--pad-header', ...words, payload, image);
      expect([exit, says]).toEqual([64, expect.stringMatching(/does not go with a key of P-256/)]);
    }
  });

  it('pads ECDSA signatures to 72 bytes', async () => {
    await good('sign', '-k', p256, '-v', '1', '--pad-header', '--pad-sig', payload, image);
    expect(readImage(bytes(image)).tlvs.find(({ type }) => type === 'ecdsa')).toMatchObject({ value: { length: 72 } });
  });
});

describe('a key that never meets this machine', () => {
  const [vector, sig, image] = [file('vector.bin'), file('sig.b64'), file('fixed.bin')];
  const words = ['-v', '1.2.3+4', '-H', '0x20', '--pad-header'];

  it('signs what imgtool would have it sign, and fix-sig makes imgtool’s image of it', async () => {
    await good('sign', '--vector-to-sign', 'payload', ...words, payload, vector);
    expect(bytes(vector)).toEqual(bytes(vectorPath('18-vector-payload.bin')));
    const key = vectorPath('keys/sign-p256.pub.pem');
    await good('fix-sig', '--sig', vectorPath('18-sig.b64'), '--pubkey', key, vector, image);
    expect(bytes(image)).toEqual(bytes(vectorPath('18-p256-fixsig.bin')));
    await good('sign', '--vector-to-sign', 'digest', ...words, payload, vector);
    expect(bytes(vector)).toEqual(bytes(vectorPath('18-vector-digest.bin')));
  });

  it('is checked before it is baked in', async () => {
    await good('sign', '--vector-to-sign', 'payload', ...words, payload, vector);
    for (const [what, exit] of [
      ['AQIDBA==', 77],
      ['not base64!', 64],
    ] as const) {
      writeFileSync(sig, what);
      const run = await firmware('fix-sig', '--sig', sig, '--pubkey', pub(p256), vector, file('never.bin'));
      expect(run.exit).toBe(exit);
    }
    const other = await firmware(
      'fix-sig',
      '--sig',
      vectorPath('18-sig.b64'),
      '--pubkey',
      pub(p256),
      vector,
      file('never.bin'),
    );
    expect([other.exit, other.says]).toEqual([77, expect.stringContaining('is not one of the key')]);
    expect(existsSync(file('never.bin'))).toBe(false);
  });

  it('has its image encrypted and padded by fix-sig, without saying again what it is', async () => {
    await good('sign', '--vector-to-sign', 'payload', ...words, '-s', '9', '-E', pub(devices), payload, vector);
    const key = readPrivateKey(bytes(p256), Secret.text(passphrase)).key;
    writeFileSync(sig, Buffer.from(nativeCore.p256.sign(key.reveal(), 'sha256', bytes(vector))).toString('base64'));
    const missing = await firmware('fix-sig', '--sig', sig, '--pubkey', pub(p256), vector, image);
    expect([missing.exit, missing.says]).toEqual([
      64,
      expect.stringContaining('to be encrypted, and not said to whom'),
    ]);
    await good(
      'fix-sig',
      '--sig',
      sig,
      '--pubkey',
      pub(p256),
      '-E',
      pub(devices),
      '-S',
      '8192',
      '--confirm',
      vector,
      image,
    );
    const [verified] = await told('verify', '-k', pub(p256), '--decrypt', devices, image);
    expect(verified).toMatchObject({ version: '1.2.3+4', securityCounter: 9, encrypted: true });
    expect(statSync(image).size).toBe(8192);
  });
});

describeWith(['openssl'], 'OpenSSL', () => {
  it.each(['p256', 'ed25519'] as const)('signs elsewhere with %s, and its signature is put in', async (kind) => {
    const key = kind === 'p256' ? ownKey(file('openssl.pem'), 'sign-p256') : ed25519;
    const [vector, sig, image] = [file('to-sign.bin'), file('openssl.sig'), file('openssl.img')];
    const what = kind === 'p256' ? 'payload' : 'digest';
    const words = ['-v', '1.2.3', '-s', '3', '--pad-header'];
    await good('sign', '--vector-to-sign', what, ...words, payload, vector);
    const command =
      kind === 'p256'
        ? ['dgst', '-sha256', '-sign', key, vector]
        : ['pkeyutl', '-sign', '-rawin', '-inkey', key, '-in', vector];
    writeFileSync(sig, execFileSync('openssl', command).toString('base64'));
    const name = kind === 'p256' ? vectorPath('keys/sign-p256.pub.pem') : pub(key);
    await good('sign', '--fix-sig', sig, '--fix-sig-pubkey', name, ...words, payload, image);
    await good('verify', '-k', name, image);
  });

  it('reads our keys, and we read its', async () => {
    const shown = execFileSync('openssl', ['pkey', '-in', p256, '-passin', `pass:${passphrase}`, '-pubout']).toString();
    expect(shown).toBe(readFileSync(pub(p256), 'utf8'));
    const key = file('sec1.pem');
    execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key]);
    chmodSync(key, 0o600);
    await good('sign', '-k', key, '-v', '1', '--pad-header', payload, file('sec1.bin'));
    await good('verify', '-k', key, file('sec1.bin'));
  });
});

describeWith(['openssl'], 'keys of other kinds', () => {
  it.each([
    ['RSA', ['-algorithm', 'RSA']],
    ['P-384', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384']],
  ])('of %s are refused by what is taken', async (name, words) => {
    const key = file(`${name}.pem`);
    execFileSync('openssl', ['genpkey', ...words, '-out', key], { stdio: 'ignore' });
    chmodSync(key, 0o600);
    const { exit, says } = await firmware('sign', '-k', key, '-v', '1', '--pad-header', payload, file('no.bin'));
    expect([exit, says]).toEqual([65, expect.stringContaining('neither of P-256 nor of Ed25519')]);
  });
});

describe('firmware inspect', () => {
  it('shows each field with its offset, and says that nothing is verified', async () => {
    const { stdout } = await good('inspect', vectorPath('06-p256-deps.bin'));
    expect(stdout).toMatch(/^ +1036 +2 {2}protected\.tlvs\[0\]\.type +0x50 securityCounter$/m);
    expect(stdout).toMatch(/^ +1040 +4 {2}protected\.tlvs\[0\]\.securityCounter +8$/m);
    expect(stdout).toMatch(/^needs +image 1 of at least 1\.2\.0, image 2 of at least 3\.4\.5\+6$/m);
    expect(stdout).toContain('Nothing of this is verified');
  });

  it('gives the same as one object with --json: its fields cover the file', async () => {
    const [shown] = await told('inspect', vectorPath('07-p256-bootrec.bin'));
    expect(shown).toMatchObject({
      event: 'image',
      version: '1.4.1',
      securityCounter: 8,
      bootRecord: 'APP 1.4.1, SHA256',
    });
    const fields = shown?.['fields'] as { offset: number; length: number }[];
    expect(fields.reduce((end, { offset, length }) => (offset === end ? end + length : Number.NaN), 0)).toBe(1290);
  });

  it('says whether the bytes have the hash', async () => {
    const hashed = async (name: string) => (await told('inspect', vectorPath(name)))[0]?.['hashed'];
    expect(await hashed('01-p256.bin')).toBe('these bytes have that hash');
    expect(await hashed('w01-payload-bit.bin')).toBe('these bytes do NOT have that hash');
    expect(await hashed('09-p256-enc-ec256.bin')).toBe('of the decrypted payload, or of something else');
    expect(await hashed('11-p256-enc-clear.bin')).toBe('these bytes have that hash: the clear form');
    expect(await hashed('w17-no-hash-tlv.bin')).toBe('it states no hash');
  });

  it('shows as much of a damaged image as can be read, and fails with the place', async () => {
    const { exit, stdout, says } = await firmware('inspect', vectorPath('w10-tlv-length-past-end.bin'));
    expect([exit, says]).toEqual([65, expect.stringContaining('needs 16384 bytes where 143 are left')]);
    expect(stdout).toContain('protected.tlvs[0].securityCounter');
  });
});

describe('firmware verify', () => {
  it('comes to the verdicts of the library, of imgtool’s images', async () => {
    const key = vectorPath('keys/sign-p256.pub.pem');
    const decrypt = ownKey(file('enc.pem'), 'enc-p256');
    await good('verify', '-k', key, vectorPath('04-p256-seccnt7.bin'));
    await good('verify', '-k', key, '--decrypt', decrypt, vectorPath('10-p256-enc-ec256-aes256.bin'));
    await good('verify', '-k', key, vectorPath('21-p256-lzma2.bin'));
    expect(() => verifyImage(bytes(vectorPath('w05-unprot-seccnt.bin')), { core: nativeCore, keys: [] })).toThrow(
      'stands where no signature covers it',
    );
    const { exit, says } = await firmware('verify', '-k', key, vectorPath('w05-unprot-seccnt.bin'));
    expect([exit, says]).toEqual([77, expect.stringContaining('check: unprotected-tlv')]);
  });

  it('says which check failed, with both values, also as JSON', async () => {
    const key = vectorPath('keys/sign-p256.pub.pem');
    const [failed] = await told('verify', '-k', key, '--minimum-counter', '8', vectorPath('04-p256-seccnt7.bin'));
    expect(failed).toMatchObject({
      event: 'failed',
      error: { code: 'rollback-refused', details: { check: 'security-counter', expected: 8, found: 7 } },
    });
  });

  it('takes any of several keys, a private key or a certificate as a public one, and never none', async () => {
    const image = vectorPath('02-ed25519.bin');
    const keys = ['sign-p256', 'sign-ed25519'].flatMap((name) => ['-k', vectorPath(`keys/${name}.pub.pem`)]);
    await good('verify', ...keys, image);
    await good('verify', '-k', ownKey(file('sign-ed25519.pem'), 'sign-ed25519'), image);
    const { exit, says } = await firmware('verify', image);
    expect([exit, says]).toEqual([64, expect.stringContaining('nobody is trusted')]);
  });
});

describe('what a tired person does wrong', () => {
  const sign = (...words: string[]) => firmware('sign', '-v', '1', '--pad-header', ...words, payload, file('no.bin'));
  it.each([
    ['nobody signs', [], 64, /nobody is named to sign/],
    [
      'a public key',
      ['-k', vectorPath('keys/sign-p256.pub.pem')],
      65,
      /holds a public key, and a private one is needed/,
    ],
    ['a file that is not there', ['-k', '/nowhere/key.pem'], 66, /\/nowhere\/key\.pem cannot be read/],
    ['a slot without a size', ['-k', p256, '--pad'], 64, /its size is not known/],
    ['a trial that is confirmed', ['-k', p256, '-S', '0x4000', '--test', '--confirm'], 64, /not both/],
    [
      'a slot that is too small',
      ['-k', p256, '-S', '1300'],
      64,
      /118\d bytes and a trailer of 432 do not fit a slot of 1300/,
    ],
    ['clear without a recipient', ['-k', p256, '--clear'], 64, /nobody is named to read it/],
    ['encryption to Ed25519', ['-k', p256, '-E', pub(ed25519)], 65, /images are encrypted to P-256/],
    ['encryption to X25519', ['-k', p256, '-E', vectorPath('keys/enc-x25519.pub.pem')], 65, /is of another kind/],
    ['here and elsewhere', ['-k', p256, '--fix-sig', 'x'], 64, /not both/],
    ['a signature of nobody', ['--fix-sig', vectorPath('18-sig.b64')], 64, /give the public key with --fix-sig-pubkey/],
    ['big endian', ['-k', p256, '-e', 'big'], 64, /little-endian/],
    ['compression', ['-k', p256, '--compression', 'lzma2'], 64, /not made here/],
    ['SHA-384', ['-k', p256, '--sha', '384'], 64, /P-384 keys, which are not supported/],
    ['a reserved TLV', ['-k', p256, '--custom-tlv', '0x50', '0x00'], 64, /from 160 to 65534/],
    ['half a byte', ['-k', p256, '--custom-tlv', '0xa0', '0x123'], 64, /half of one/],
    ['a strange dependency', ['-k', p256, '-d', '1,1.2.0'], 64, /Write it as/],
    ['a class of no vendor', ['-k', p256, '--cid', 'sensor'], 64, /belongs to no vendor/],
  ] as const)('%s', async (_, words, exit, says) => {
    const run = await sign(...words);
    expect([run.exit, run.says]).toEqual([exit, expect.stringMatching(says)]);
    expect(existsSync(file('no.bin'))).toBe(false);
  });

  it('a payload without room for a header, and Intel HEX', async () => {
    const room = await firmware('sign', '-k', p256, '-v', '1', payload, file('no.bin'));
    expect([room.exit, room.says]).toEqual([64, expect.stringContaining('--pad-header')]);
    const hex = written('f.hex', ':10000000000102030405060708090A0B0C0D0E0F78\n:00000001FF\n');
    const run = await firmware('sign', '-k', p256, '-v', '1', '--pad-header', hex, file('no.bin'));
    expect([run.exit, run.says]).toEqual([64, expect.stringContaining('objcopy -I ihex -O binary')]);
  });

  it('a key that others can read, a wrong passphrase', async () => {
    const open = written('open.pem', readFileSync(ed25519, 'utf8'));
    chmodSync(open, 0o644);
    const run = await sign('-k', open);
    expect([run.exit, run.says]).toEqual([77, expect.stringContaining('others can read the key file')]);
    const wrong = await sign('-k', p256, '--passphrase-file', written('wrong', 'something else\n'));
    expect([wrong.exit, wrong.says]).toEqual([65, expect.stringContaining('compare the passphrase')]);
  });

  it('--json tells the same', async () => {
    const [failed] = await told('sign', '-v', '1', '--pad-header', payload, file('no.bin'));
    expect(failed).toMatchObject({ event: 'failed', error: { code: 'invalid-argument' } });
  });
});

function written(name: string, text: string): string {
  writeFileSync(file(name), text, { mode: 0o600 });
  return file(name);
}
