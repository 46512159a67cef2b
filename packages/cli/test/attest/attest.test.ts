/** `selvage attest`: every example of its help as it stands there, and every way to be refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { systemEntropy } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { encodeSpki, LocalKeyHome, nativeCore } from '@selvage/crypto';
import {
  type AttestationClaims,
  attestationSubject,
  instanceIdOf,
  makeToken,
  type ReferenceFile,
  writeReferenceFile,
} from '@selvage/hardware';
import { CertificateAuthority, decodePem, encodePem, validFor } from '@selvage/pki';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attestExitCodes, showExamples, verifyExamples } from '../../src/attest/examples.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const file = scratchFolder();
const before = process.cwd();
const nonce = 'a1'.repeat(32);
const bytes = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const firmware = { type: 'firmware', version: '1.2.0', measurement: bytes(0x0f), signer: bytes(0x51) } as const;
const reference: ReferenceFile = {
  implementations: [bytes(0x11)],
  lifeCycles: ['secured'],
  isolations: ['namespaces'],
  components: [{ type: 'firmware', signers: [bytes(0x51)], minimumVersion: '1.2.0' }],
};

/** The token with another chain of its key. */
let again: (chain: readonly Uint8Array[]) => Promise<Uint8Array>;

beforeAll(async () => {
  process.chdir(file('.'));
  const [core, entropy, now] = [nativeCore, systemEntropy, Date.now()];
  const keys = new LocalKeyHome({ core, entropy });
  const signing = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
  const key = await keys.generate(signing);
  const publicKey = { kind: 'p256', publicKey: await keys.publicKey(key) } as const;
  const instance = instanceIdOf(core, publicKey);
  const setting = { core, entropy, keys, key: await keys.generate(signing), store: new MemoryStore() };
  const validity = validFor(now, 365);
  const root = await CertificateAuthority.establish(setting, { subject: [['CN', 'Maker Root']], validity });
  const subject = attestationSubject(instance, [['O', 'Maker']]);
  const { chain } = await root.issue({ kind: 'attestation', subject }, { publicKey: publicKey.publicKey, validity });
  const claims: AttestationClaims = {
    nonce: bytes(0xa1),
    instance,
    implementation: bytes(0x11),
    client: -1,
    lifeCycle: 'secured',
    components: [firmware],
    verificationService: 'https://verifier.example',
    isolation: 'namespaces',
  };
  again = (issued) => makeToken({ keys, key, chain: issued }, claims);
  writeFileSync('lamp.token', await again(chain));
  writeFileSync('bare.token', await makeToken({ keys, key }, claims));
  writeFileSync('root.pem', encodePem('CERTIFICATE', root.certificate.der));
  writeFileSync('lamp.pub.pem', encodePem('PUBLIC KEY', encodeSpki(publicKey)));
  writeFileSync('lamp.json', writeReferenceFile(reference));
  writeFileSync('known.json', writeReferenceFile({ ...reference, instances: [{ instance, key: publicKey }] }));
});
afterAll(() => process.chdir(before));

async function attest(...words: readonly string[]) {
  const surface = new TestSurface();
  const exit = await surface.run('attest', ...words);
  return {
    exit,
    stdout: surface.stdout.text,
    says: surface.stderr.text.replace(/\s+/g, ' '),
    events: () => surface.events,
  };
}

describe('the examples of', () => {
  const lines = [
    ...`${verifyExamples}${showExamples}`.replaceAll(/\\\n\s+/g, '').matchAll(/^ +\$ selvage attest (.+)$/gm),
  ];

  it.each(lines.map(([, line = '']) => line))('attest %s', async (line) => {
    const { exit, stdout, says } = await attest(...line.split(/ +/));
    expect([exit, says]).toEqual([0, '']);
    expect(stdout).toContain('firmware');
  });

  it('are four', () => {
    expect(lines.length).toBe(4);
    expect(attestExitCodes).toContain('77');
  });
});

describe('attest verify', () => {
  it('says who vouches, what was judged, and what the device is', async () => {
    const words = ['verify', 'lamp.token', '--nonce', nonce, '--trust', 'root.pem', '--reference', 'lamp.json'];
    const { stdout } = await attest(...words);
    expect(stdout).toMatch(/^verified +true$/m);
    expect(stdout).toMatch(/^key +certified: O=Maker, serialNumber=[0-9a-f]{64}$/m);
    expect(stdout).toMatch(/^judged +accepted$/m);
    expect(stdout).toMatch(/^isolation +namespaces$/m);
    expect(stdout).toMatch(/^component +firmware$/m);
    const { events } = await attest(...words, '--json');
    expect(events()).toMatchObject([
      { event: 'token', verified: true, lifeCycle: 'secured', components: [{ type: 'firmware', version: '1.2.0' }] },
    ]);
  });

  it('takes instances of the reference file, and says where nothing was judged', async () => {
    const known = await attest('verify', 'bare.token', '--nonce', nonce, '--reference', 'known.json');
    expect([known.exit, known.stdout]).toEqual([0, expect.stringMatching(/^key +enrolled$/m)]);
    const unjudged = await attest('verify', 'bare.token', '--nonce', nonce, '--key', 'lamp.pub.pem');
    expect(unjudged.stdout).toMatch(/^judged +no: no reference values were given$/m);
  });

  it.each<[string, number, RegExp, readonly string[]]>([
    [
      'another nonce',
      77,
      /cannot verify the token: the attestation's nonce/,
      ['--nonce', 'a2'.repeat(32), '--trust', 'root.pem'],
    ],
    ['an unknown manufacturer', 77, /instance id/, ['--nonce', nonce, '--trust', 'root.pem', '--token', 'bare.token']],
    ['nobody to trust', 64, /nothing says whose signature counts/, ['--nonce', nonce]],
    ['a nonce of another length', 64, /64, 96 or 128 hexadecimal digits/, ['--nonce', 'a1', '--trust', 'root.pem']],
    ['no nonce', 64, /--nonce/, ['--trust', 'root.pem']],
    ['no such file', 66, /cannot be read/, ['--nonce', nonce, '--trust', 'none.pem']],
    [
      'no such reference',
      66,
      /--reference none.json cannot be read/,
      ['--nonce', nonce, '--trust', 'root.pem', '--reference', 'none.json'],
    ],
    [
      'a reference that is none',
      65,
      /--reference root.pem: the file is no JSON/,
      ['--nonce', nonce, '--trust', 'root.pem', '--reference', 'root.pem'],
    ],
    ['a key that is none', 77, /cannot read the key/, ['--nonce', nonce, '--key', 'lamp.json']],
    ['garbage', 77, /the attestation's form/, ['--nonce', nonce, '--trust', 'root.pem', '--token', 'lamp.json']],
  ])('with %s exits %i', async (_, code, words, options) => {
    const at = options.indexOf('--token');
    const token = at < 0 ? 'lamp.token' : (options[at + 1] as string);
    const rest = options.filter((_word, place) => at < 0 || (place !== at && place !== at + 1));
    const { exit, says, stdout } = await attest('verify', token, ...rest);
    expect([exit, stdout]).toEqual([code, '']);
    expect(says).toMatch(words);
  });

  it.each<[string, Partial<ReferenceFile>]>([
    ['life cycle', { lifeCycles: ['rot-provisioning'] }],
    ['implementation id', { implementations: [] }],
    ['isolation of the normal world', { isolations: ['none'] }],
    [
      'version of software component "firmware"',
      { components: [{ type: 'firmware', signers: [bytes(0x51)], minimumVersion: '2' }] },
    ],
  ])('refuses by its %s, and says what was expected and found', async (claim, changes) => {
    writeFileSync('other.json', writeReferenceFile({ ...reference, ...changes }));
    const words = ['verify', 'lamp.token', '--nonce', nonce, '--trust', 'root.pem', '--reference', 'other.json'];
    const { exit, says } = await attest(...words);
    expect(exit).toBe(77);
    for (const word of [claim, 'expected:', 'found:', '[attestation-refused]']) expect(says).toContain(word);
    const { events } = await attest(...words, '--json');
    expect(events()).toMatchObject([{ event: 'failed', error: { code: 'attestation-refused', details: { claim } } }]);
  });
});

describe('ca issue attestation', () => {
  it('certifies the key of a device, so that its tokens lead to the manufacturer', async () => {
    writeFileSync('maker.pass', 'correct horse battery\n', { mode: 0o600 });
    const run = async (...words: readonly string[]): Promise<string> => {
      const surface = new TestSurface();
      expect([words[1], await surface.run(...words, '--ca', 'maker', '--passphrase-file', 'maker.pass')]).toEqual([
        words[1],
        0,
      ]);
      return surface.stdout.text;
    };
    await run('ca', 'init', '--name', 'O=Lab,CN=Lab Root');
    await run('ca', 'issue', 'attestation', 'lamp.pub.pem', '--name', 'O=Lab', '--out', 'lamp-attest.pem');
    const chain = decodePem('CERTIFICATE', readFileSync('lamp-attest.pem', 'utf8'));
    writeFileSync('certified.token', await again(chain));
    const words = ['verify', 'certified.token', '--nonce', nonce, '--reference', 'lamp.json'];
    const verified = await attest(...words, '--trust', 'maker/certificate.pem');
    expect(verified.stdout).toMatch(/^key +certified: O=Lab, serialNumber=[0-9a-f]{64}$/m);
    expect((await attest(...words, '--trust', 'root.pem')).exit).toBe(77);
    const surface = new TestSurface();
    await surface.run('ca', 'show', '--ca', 'maker');
    expect(surface.stdout.text).toMatch(/ attestation +until /);
  });
});

describe('attest show', () => {
  it('says that nothing is verified, and connects nowhere', async () => {
    const { stdout } = await attest('show', 'lamp.token');
    expect(stdout).toMatch(/^verified +false$/m);
    expect(stdout).toMatch(/^verificationService +https:\/\/verifier.example$/m);
    expect(stdout).toMatch(/^certificate +goes along$/m);
    expect((await attest('show', 'bare.token')).stdout).toMatch(/^certificate +none$/m);
  });

  it.each([
    ['root.pem', 77],
    ['none.token', 66],
  ])('of %s exits %i', async (name, code) => {
    expect((await attest('show', name)).exit).toBe(code);
  });

  it('shows tokens of others', async () => {
    const published = new URL('../../../hardware/test/attestation/vectors/iatverifier-profile1.cbor', import.meta.url);
    writeFileSync('old.token', readFileSync(published));
    expect((await attest('show', 'old.token')).stdout).toMatch(/^profile +psa-iot-1$/m);
  });
});
