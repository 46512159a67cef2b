/** An authority from its making to its lists, as the help shows it; OpenSSL judges what comes out. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { nativeCore, readPrivateKey } from '@selvage/crypto';
import {
  decodePem,
  ocfIdentityPurpose,
  ocfManufacturerPurpose,
  ocfRolePurpose,
  type Purpose,
  readCertificate,
  readCertificateList,
  verifyChain,
} from '@selvage/pki';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../../core/test/support/described-with.js';
import { scratchFolder } from '../support/scratch.js';
import { ca, caWith, device, good, passphrase, written } from './authority.js';

const file = scratchFolder();
const [root, maker, site] = [file('root'), file('maker'), file('site')];
const run = promisify(execFile);
const read = (name: string): string => readFileSync(name, 'utf8');

beforeAll(async () => {
  await good('init', '--ca', root, '--name', 'O=Lab,CN=Lab Root');
  await good('init', '--ca', maker, '--name', 'O=Lab,CN=Lab Device Authority', '--issuer', root);
  await good('init', '--ca', site, '--name', 'CN=My Site');
});

/** Judges a chain in a file by the certificate of a folder. */
function judged(chain: string, folder: string, purpose: Purpose, lists: readonly string[] = []): string {
  const [anchor = new Uint8Array(0)] = decodePem('CERTIFICATE', read(`${folder}/certificate.pem`));
  const judgement = verifyChain(decodePem('CERTIFICATE', read(chain)), {
    core: nativeCore,
    anchors: [{ certificate: readCertificate(anchor) }],
    now: Date.now(),
    purpose,
    crls: lists.map((list) => readCertificateList(decodePem('X509 CRL', read(list))[0] as Uint8Array)),
  });
  return judgement.accepted ? 'accepted' : judgement.error.code;
}

describe('ca init', () => {
  it('leaves a certificate and a locked vault that their owner alone can read', () => {
    expect(readdirSync(maker, { recursive: true }).sort()).toEqual(
      ['certificate.pem', 'vault', 'vault/chip', 'vault/chip/counter', 'vault/chip/unique-key', 'vault/store'].sort(),
    );
    for (const name of readdirSync(maker, { recursive: true, encoding: 'utf8' })) {
      expect(statSync(`${maker}/${name}`).mode & 0o077).toBe(0);
    }
    expect(statSync(maker).mode & 0o777).toBe(0o700);
    expect(decodePem('CERTIFICATE', read(`${maker}/certificate.pem`)).length).toBe(2);
  });

  it('with another passphrase for the issuer asks for that', async () => {
    const [own, above] = [
      written(file('own.pass'), 'other words here\n'),
      written(file('above.pass'), `${passphrase}\n`),
    ];
    const words = ['init', '--ca', file('second'), '--name', 'CN=Second Authority', '--issuer', root];
    const { exit, says } = await caWith({}, ...words, '--passphrase-file', own, '--issuer-passphrase-file', above);
    expect([exit, says]).toEqual([0, expect.stringContaining('CN=Second Authority is an authority until')]);
  });
});

describe('ca issue', () => {
  it('makes a device of a manufacturer, with its MUD URL and a key in a file', async () => {
    const words = ['--ca', maker, '--name', 'O=Lab,CN=lamp 0001', '--mud-url', 'https://lab.example/lamp.json'];
    const { says } = await good('issue', 'device', ...words, '--key', file('lamp.key'), '--out', file('lamp.pem'));
    expect(says).toMatch(/issued [0-9a-f]{32} to O=Lab, CN=lamp 0001, until 20\d\d-/);
    expect(judged(file('lamp.pem'), root, ocfManufacturerPurpose)).toBe('accepted');
    expect(statSync(file('lamp.key')).mode & 0o777).toBe(0o600);
    const { key } = readPrivateKey(readFileSync(file('lamp.key')));
    const [lamp] = decodePem('CERTIFICATE', read(file('lamp.pem')));
    const certified = readCertificate(lamp as Uint8Array).publicKey?.publicKey;
    expect(nativeCore.p256.publicKey(key.reveal())).toEqual(certified);
  });

  it('makes an identity, its key encrypted where a passphrase is given, and a role for the same key', async () => {
    const secret = ['--key-passphrase-file', written(file('hub.pass'), 'hub passphrase')];
    await good(
      'issue',
      'identity',
      device.toUpperCase(),
      '--ca',
      site,
      '--key',
      file('hub.key'),
      '--out',
      file('hub.pem'),
      ...secret,
    );
    expect(read(file('hub.key'))).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    await good('issue', 'role', file('hub.pem'), '--ca', site, '--role', 'lab.admin:Lab', '--out', file('admin.pem'));
    expect(judged(file('hub.pem'), site, ocfIdentityPurpose)).toBe('accepted');
    expect(judged(file('admin.pem'), site, ocfRolePurpose)).toBe('accepted');
    const keys = ['hub.pem', 'admin.pem'].map((name) => {
      return readCertificate(decodePem('CERTIFICATE', read(file(name)))[0] as Uint8Array).publicKey?.publicKey;
    });
    expect(keys[0]).toEqual(keys[1]);
  });

  it('never overwrites a file, and issues nothing then', async () => {
    const before = readdirSync(site).length;
    const words = ['issue', 'identity', device, '--ca', site, '--key', file('other.key'), '--out', file('hub.pem')];
    const { exit, says } = await ca(...words);
    expect([exit, says]).toEqual([64, expect.stringContaining('there is such a file already')]);
    expect([existsSync(file('other.key')), readdirSync(site).length]).toEqual([false, before]);
  });

  it('keeps to the life of the authority, and says so where more was asked for', async () => {
    const { exit, says } = await ca(
      'issue',
      'identity',
      device,
      '--ca',
      site,
      '--key',
      file('x.key'),
      '--days',
      '9000',
    );
    expect([exit, says]).toEqual([
      64,
      expect.stringMatching(/cannot issue the certificate: the validity .* is not within that of the authority/),
    ]);
  });
});

describe('ca revoke and ca show', () => {
  it('revokes by file or serial number, and keeps the list', async () => {
    const { says, surface } = await good(
      'issue',
      'identity',
      device,
      '--ca',
      site,
      '--key',
      file('lost.key'),
      '--out',
      file('lost.pem'),
    );
    expect(surface.stdout.text).toBe('');
    const serial = /issued ([0-9a-f]+)/.exec(says)?.[1] ?? '';
    const revoked = await good('revoke', file('lost.pem'), '--ca', site, '--reason', 'keyCompromise');
    expect(revoked.says).toContain(`${serial} was revoked on`);
    expect(judged(file('lost.pem'), site, ocfIdentityPurpose, [`${site}/list.pem`])).toBe('certificate-revoked');
    expect(judged(file('hub.pem'), site, ocfIdentityPurpose, [`${site}/list.pem`])).toBe('accepted');
    const again = await good('revoke', serial, '--ca', site);
    expect(again.says).toContain('keyCompromise before, and so it stays');
  });

  it('makes a new list where nothing is named', async () => {
    const number = async (): Promise<unknown> => {
      const { surface } = await good('revoke', '--ca', site, '--json', '--list-days', '7');
      expect(surface.events.map(({ event }) => event)).toEqual(['list']);
      return surface.events[0]?.['number'];
    };
    const [first, second] = [await number(), await number()];
    expect(Number(second)).toBe(Number(first) + 1);
  });

  it('shows the authority and what it issued without its passphrase', async () => {
    const { exit, surface } = await caWith({}, 'show', '--ca', site, '--json');
    expect(exit).toBe(0);
    const [own, ...issued] = surface.events;
    expect(own).toMatchObject({ event: 'certificate', subject: 'CN=My Site', kind: 'authority', folder: site });
    expect(issued.map(({ kind, state, reason }) => [kind, state, reason])).toEqual(
      expect.arrayContaining([
        ['role', 'good', undefined],
        ['device', 'good', undefined],
        ['device', 'revoked', 'keyCompromise'],
      ]),
    );
    const text = await caWith({}, 'show', '--ca', site);
    expect(text.stdout).toMatch(/^subject +CN=My Site$/m);
    expect(text.stdout).toMatch(/^[0-9a-f]{32} {2}device +until \S+ {2}revoked \S+: keyCompromise {2}CN=uuid:/m);
  });

  it('shows one certificate, and files of every kind', async () => {
    const { stdout } = await good('show', file('admin.pem'));
    expect(stdout).toMatch(/^roles +lab\.admin of Lab$/m);
    const serial = /^serial +([0-9a-f]+)$/m.exec(stdout)?.[1] ?? '';
    expect((await good('show', serial, '--ca', site)).stdout).toContain(`CN=uuid:${device}`);
    expect((await good('show', `${site}/list.pem`)).stdout).toMatch(/^revoked +[0-9a-f]{32} \S+ keyCompromise$/m);
    expect((await good('show', file('lamp.pem'), '--json')).surface.events.map(({ subject }) => subject)).toEqual([
      'O=Lab, CN=lamp 0001',
      'O=Lab, CN=Lab Device Authority',
    ]);
  });
});

describe('ca renew', () => {
  it('issues the same anew', async () => {
    await good('renew', file('hub.pem'), '--ca', site, '--days', '10', '--out', file('hub2.pem'));
    const [old, renewed] = ['hub.pem', 'hub2.pem'].map((name) => {
      return readCertificate(decodePem('CERTIFICATE', read(file(name)))[0] as Uint8Array);
    });
    expect(renewed?.publicKey).toEqual(old?.publicKey);
    expect(renewed?.serialNumber).not.toEqual(old?.serialNumber);
    expect(judged(file('hub2.pem'), site, ocfIdentityPurpose)).toBe('accepted');
  });

  it('refuses what was revoked', async () => {
    const { exit, says } = await ca('renew', file('lost.pem'), '--ca', site);
    expect([exit, says]).toEqual([77, expect.stringContaining('cannot renew the certificate: certificate')]);
  });
});

describeWith(['openssl'], 'ca with OpenSSL on the other side', () => {
  const asked = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];

  it('signs a request of OpenSSL, from a file and from standard input', async () => {
    const files = ['-keyout', file('csr.key'), '-out', file('hub.csr')];
    await run('openssl', ['req', '-new', ...asked, '-subj', `/CN=uuid:${device}`, ...files]);
    expect((await good('show', file('hub.csr'))).stdout).toMatch(/^proved +true$/m);
    await good('sign', file('hub.csr'), '--as', 'identity', '--ca', site, '--out', file('signed.pem'));
    expect(judged(file('signed.pem'), site, ocfIdentityPurpose)).toBe('accepted');
    const env = { SELVAGE_CA_PASSPHRASE: passphrase };
    const piped = await caWith(
      { env, types: read(file('hub.csr')) },
      'sign',
      '-',
      '--as',
      'role',
      '--role',
      'lab.user',
      '--ca',
      site,
    );
    expect(decodePem('CERTIFICATE', piped.stdout).length).toBe(1);
    await good(
      'sign',
      file('hub.csr'),
      '--as',
      'device',
      '--name',
      'O=Lab,CN=hub 1',
      '--ca',
      maker,
      '--out',
      file('made.pem'),
    );
    expect(judged(file('made.pem'), root, ocfManufacturerPurpose)).toBe('accepted');
  });

  it('is verified strictly, before and after a revocation', async () => {
    const trust = ['-x509_strict', '-purpose', 'sslserver'];
    const lamp = ['-CAfile', `${root}/certificate.pem`, '-untrusted', file('lamp.pem'), file('lamp.pem')];
    expect((await run('openssl', ['verify', ...trust, ...lamp])).stdout).toContain('lamp.pem: OK');
    const lists = ['-CAfile', `${site}/certificate.pem`, '-crl_check', '-CRLfile', `${site}/list.pem`];
    expect((await run('openssl', ['verify', ...trust, ...lists, file('hub.pem')])).stdout).toContain('hub.pem: OK');
    await expect(run('openssl', ['verify', ...trust, ...lists, file('lost.pem')])).rejects.toThrow(
      'certificate revoked',
    );
  });

  it('reads the keys, with their passphrases', async () => {
    const of = async (words: readonly string[]): Promise<string> => (await run('openssl', [...words])).stdout;
    const certified = (name: string): Promise<string> => of(['x509', '-in', file(name), '-noout', '-pubkey']);
    expect(await of(['pkey', '-in', file('hub.key'), '-passin', 'pass:hub passphrase', '-pubout'])).toBe(
      await certified('hub.pem'),
    );
    expect(await of(['pkey', '-in', file('lamp.key'), '-pubout'])).toBe(await certified('lamp.pem'));
  });
});
