/** What we make, OpenSSL reads and verifies; what OpenSSL makes, we read, judge and sign. */
import { readFileSync } from 'node:fs';
import { nativeCore } from '@selvage/crypto';
import {
  decodePem,
  deviceOf,
  encodePem,
  encodePemChain,
  makeCertificateRequest,
  nameText,
  ocfIdentityPurpose,
  ocfManufacturerPurpose,
  openCertificateRequest,
  readCertificate,
  readCertificateList,
  revocationStatus,
  serialText,
  validFor,
  verifyChain,
} from '@selvage/pki';
import { expect, it } from 'vitest';
import { device, today, World } from '../support/authority.js';
import { describeWithOpenssl, inFolder, openssl } from '../support/openssl.js';

const world = new World('openssl');
const validity = validFor(today, 365);
const at = ['-attime', `${today / 1000}`];
const lamp = [
  ['C', 'DE'],
  ['O', 'Lab GmbH'],
  ['CN', 'lamp 0001'],
] as const;

/** Runs OpenSSL, which must be content. */
async function run(...words: readonly string[]): Promise<string> {
  const { code, output } = await openssl(...words);
  expect([words.join(' '), code, output]).toEqual([words.join(' '), 0, output]);
  return output;
}

describeWithOpenssl('certificates that we make, in OpenSSL', () => {
  it('are shown as we mean them (x509)', async () => {
    const root = await world.root();
    const makers = await world.intermediate(root);
    const mudUrl = 'https://lab.example/lamp.json';
    const { certificate } = await makers.issue(
      { kind: 'device', subject: lamp, mudUrl },
      { publicKey: await world.publicKey(), validity },
    );
    const role = await root.issue(
      { kind: 'role', device, roles: [{ role: 'lab.user', authority: 'Lab' }] },
      { publicKey: await world.publicKey(), validity },
    );
    await inFolder(async (file) => {
      const text = await run(
        'x509',
        '-noout',
        '-text',
        '-in',
        file('lamp.pem', encodePem('CERTIFICATE', certificate.der)),
      );
      for (const line of [
        'Version: 3 (0x2)',
        'Signature Algorithm: ecdsa-with-SHA256',
        'Issuer: O = Lab, CN = Lab Device Authority',
        'Not Before: Nov 22 12:00:00 2026 GMT',
        'Not After : Nov 22 11:59:59 2027 GMT',
        'Subject: C = DE, O = Lab GmbH, CN = lamp 0001',
        'ASN1 OID: prime256v1',
        'Digital Signature, Key Agreement',
        'TLS Web Server Authentication, TLS Web Client Authentication, 1.3.6.1.4.1.44924.1.6',
        '1.3.6.1.5.5.7.1.25: ',
        `..${mudUrl}`,
      ]) {
        expect(text).toContain(line);
      }
      const serial = await run('x509', '-noout', '-serial', '-in', file('lamp.pem'));
      expect(serial.trim().toLowerCase()).toBe(`serial=${serialText(certificate)}`);
      const roleText = await run(
        'x509',
        '-noout',
        '-text',
        '-in',
        file('role.pem', encodePem('CERTIFICATE', role.certificate.der)),
      );
      expect(roleText).toContain('DirName:/CN=lab.user/OU=Lab');
    });
  });

  it('are verified strictly, with and without revocation lists (verify)', async () => {
    const root = await world.root();
    const makers = await world.intermediate(root);
    const [good, bad] = [
      await makers.issue({ kind: 'device', subject: lamp }, { publicKey: await world.publicKey(), validity }),
      await makers.issue({ kind: 'device', subject: lamp }, { publicKey: await world.publicKey(), validity }),
    ];
    await makers.revoke(serialText(bad.certificate), { at: today, reason: 'cessationOfOperation' });
    const times = { thisUpdate: today, nextUpdate: today + 1_000_000 };
    const lists = [await root.revocationList(times), await makers.revocationList(times)];
    await inFolder(async (file) => {
      const trust = ['-CAfile', file('root.pem', encodePem('CERTIFICATE', root.certificate.der))];
      const [leaf, ...between] = good.chain;
      const untrusted = ['-untrusted', file('between.pem', encodePemChain(between))];
      const common = ['verify', '-x509_strict', '-check_ss_sig', ...at, ...trust, ...untrusted];
      const lamps = [
        file('good.pem', encodePem('CERTIFICATE', leaf as Uint8Array)),
        file('bad.pem', encodePem('CERTIFICATE', bad.certificate.der)),
      ];
      for (const purpose of ['sslserver', 'sslclient']) await run(...common, '-purpose', purpose, ...lamps);
      const pem = lists.map(({ der }) => encodePem('X509 CRL', der)).join('');
      const revocation = ['-crl_check_all', '-CRLfile', file('lists.pem', pem)];
      await run(...common, ...revocation, lamps[0] as string);
      const { code, output } = await openssl(...common, ...revocation, lamps[1] as string);
      expect([code, output]).toEqual([2, expect.stringContaining('certificate revoked')]);
    });
  });

  it('come with lists that it reads and verifies (crl)', async () => {
    const root = await world.root();
    const { certificate } = await root.issue(
      { kind: 'identity', device },
      { publicKey: await world.publicKey(), validity },
    );
    await root.revoke(serialText(certificate), { at: today, reason: 'keyCompromise' });
    const list = await root.revocationList({ thisUpdate: today, nextUpdate: Date.UTC(2050, 0, 1) });
    await inFolder(async (file) => {
      const pem = file('list.pem', encodePem('X509 CRL', list.der));
      const text = await run(
        'crl',
        '-noout',
        '-text',
        '-in',
        pem,
        '-CAfile',
        file('root.pem', encodePem('CERTIFICATE', root.certificate.der)),
      );
      for (const line of [
        'verify OK',
        'Version 2 (0x1)',
        'Next Update: Jan  1 00:00:00 2050 GMT',
        'Key Compromise',
        serialText(certificate).toUpperCase(),
      ]) {
        expect(text).toContain(line);
      }
    });
  });

  it('are asked for by requests that it verifies (req)', async () => {
    const request = await makeCertificateRequest(lamp, { keys: world.keys, key: await world.key() });
    await inFolder(async (file) => {
      const text = await run(
        'req',
        '-noout',
        '-text',
        '-verify',
        '-in',
        file('request.pem', encodePem('CERTIFICATE REQUEST', request)),
      );
      expect(text).toContain('self-signature verify OK');
      expect(text).toContain('Subject: C = DE, O = Lab GmbH, CN = lamp 0001');
    });
  });
});

describeWithOpenssl('what OpenSSL makes, here', () => {
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];

  it('are requests, with and without extensions, that get certificates which it verifies', async () => {
    const root = await world.root();
    await inFolder(async (file) => {
      const files = ['-keyout', file('key.pem'), '-out', file('request.pem')];
      const asks = ['-addext', 'subjectAltName=DNS:lamp.example', '-addext', 'keyUsage=digitalSignature'];
      for (const more of [[], asks]) {
        await run('req', '-new', ...newKey, '-subj', `/CN=uuid:${device}`, ...files, ...more);
        const [request = new Uint8Array(0)] = decodePem(
          'CERTIFICATE REQUEST',
          readFileSync(file('request.pem'), 'utf8'),
        );
        const opened = openCertificateRequest(nativeCore, request);
        expect([deviceOf(opened.subject), opened.extensions.length]).toEqual([device, more.length / 2]);
        const { certificate } = await root.issueForRequest({ kind: 'identity', device }, { request, validity });
        const pem = file('identity.pem', encodePem('CERTIFICATE', certificate.der));
        await run(
          'verify',
          '-x509_strict',
          ...at,
          '-CAfile',
          file('root.pem', encodePem('CERTIFICATE', root.certificate.der)),
          pem,
        );
        const [fromKey, fromCertificate] = [
          await run('pkey', '-pubout', '-in', file('key.pem')),
          await run('x509', '-noout', '-pubkey', '-in', pem),
        ];
        expect(fromCertificate).toBe(fromKey);
      }
    });
  });

  it('are no requests of other keys', async () => {
    await inFolder(async (file) => {
      const kinds = [['rsa:2048'], ['ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1'], ['ed25519']];
      for (const kind of kinds) {
        await run(
          'req',
          '-new',
          '-newkey',
          ...kind,
          '-nodes',
          '-subj',
          '/CN=x',
          '-keyout',
          file('key.pem'),
          '-out',
          file('request.pem'),
        );
        const [request = new Uint8Array(0)] = decodePem(
          'CERTIFICATE REQUEST',
          readFileSync(file('request.pem'), 'utf8'),
        );
        expect(() => openCertificateRequest(nativeCore, request)).toThrow('is for a key that is not of P-256');
      }
    });
  });

  it('are chains and lists, judged as it judges them', async () => {
    await inFolder(async (file) => {
      const config = file('ca.cnf', caConfiguration(file));
      file('index.txt', '');
      file('crlnumber', '0a');
      const root = [
        '-keyout',
        file('root.key'),
        '-out',
        file('root.pem'),
        '-days',
        '30',
        '-x509',
        '-config',
        config,
        '-extensions',
        'root',
      ];
      await run('req', '-new', ...newKey, '-subj', '/O=Lab/CN=OpenSSL Root', ...root);
      await run(
        'req',
        '-new',
        ...newKey,
        '-subj',
        `/CN=uuid:${device}`,
        '-keyout',
        file('leaf.key'),
        '-out',
        file('leaf.csr'),
      );
      const sign = [
        '-CA',
        file('root.pem'),
        '-CAkey',
        file('root.key'),
        '-days',
        '20',
        '-extfile',
        config,
        '-extensions',
        'identity',
      ];
      await run('x509', '-req', '-in', file('leaf.csr'), '-out', file('leaf.pem'), '-sha256', ...sign);
      const [leaf, anchor] = ['leaf.pem', 'root.pem'].map(
        (name) => decodePem('CERTIFICATE', readFileSync(file(name), 'utf8'))[0] as Uint8Array,
      );
      const certificate = readCertificate(anchor as Uint8Array);
      const chain = [leaf as Uint8Array];
      const common = { core: nativeCore, anchors: [{ certificate }], now: Date.now() };
      expect(verifyChain(chain, { ...common, purpose: ocfIdentityPurpose })).toMatchObject({
        accepted: true,
        identity: device,
      });
      expect(verifyChain(chain, { ...common, purpose: ocfManufacturerPurpose })).toMatchObject({ accepted: true });

      const ca = ['ca', '-config', config, '-keyfile', file('root.key'), '-cert', file('root.pem')];
      const lists: unknown[] = [];
      for (const revoke of [false, true]) {
        if (revoke) await run(...ca, '-revoke', file('leaf.pem'), '-crl_reason', 'superseded');
        await run(...ca, '-gencrl', '-crldays', '5', '-md', 'sha256', '-out', file('list.pem'));
        const list = readCertificateList(
          decodePem('X509 CRL', readFileSync(file('list.pem'), 'utf8'))[0] as Uint8Array,
        );
        const status = revocationStatus(readCertificate(leaf as Uint8Array), certificate, {
          core: nativeCore,
          lists: [list],
          now: Date.now() + 1000,
        });
        lists.push([nameText(list.issuer), list.number, status.kind, status.kind === 'revoked' && status.entry.reason]);
      }
      expect(lists).toEqual([
        ['O=Lab, CN=OpenSSL Root', '0a', 'good', false],
        ['O=Lab, CN=OpenSSL Root', '0b', 'revoked', 'superseded'],
      ]);
    });
  });
});

function caConfiguration(file: (name: string) => string): string {
  return `
[ca]
default_ca = own
[own]
database = ${file('index.txt')}
crlnumber = ${file('crlnumber')}
default_md = sha256
[req]
distinguished_name = subject
[subject]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[identity]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature, keyAgreement
extendedKeyUsage = serverAuth, clientAuth, 1.3.6.1.4.1.44924.1.6
authorityKeyIdentifier = keyid
`;
}
