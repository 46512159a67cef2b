/** What we make, GnuTLS reads and verifies as well. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { encodePem, encodePemChain, nameText, readCertificate, serialText, validFor } from '@selvage/pki';
import { expect, it } from 'vitest';
import { device, World } from '../support/authority.js';
import { describeWith } from '../../../core/test/support/described-with.js';
import { inFolder } from '../support/openssl.js';

/** GnuTLS goes by the clock of the machine. */
const aMinuteAgo = Math.floor(Date.now() / 1000) * 1000 - 60_000;
const world = new World('gnutls', aMinuteAgo);

/** Runs `certtool`; its exit code and all that it said. */
function certtool(...words: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile('certtool', words, { encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr });
    });
  });
}

describeWith(['certtool'], 'what we make, in GnuTLS', () => {
  it('is a chain that verifies, until it is revoked', async () => {
    const root = await world.root();
    const makers = await world.intermediate(root);
    const lamp = await makers.issue(
      { kind: 'device', subject: [['CN', 'lamp 0001']], mudUrl: 'https://lab.example/lamp.json' },
      { publicKey: await world.publicKey(), validity: validFor(aMinuteAgo, 30) },
    );
    const times = { thisUpdate: aMinuteAgo, nextUpdate: aMinuteAgo + 3_600_000 };
    const before = await makers.revocationList(times);
    await makers.revoke(serialText(lamp.certificate), { at: aMinuteAgo, reason: 'keyCompromise' });
    const after = await makers.revocationList(times);
    await inFolder(async (file) => {
      const trust = [
        '--verify',
        '--load-ca-certificate',
        file('root.pem', encodePem('CERTIFICATE', root.certificate.der)),
      ];
      const chain = ['--infile', file('chain.pem', encodePemChain(lamp.chain))];
      const lists = (der: Uint8Array): string[] => ['--load-crl', file('list.pem', encodePem('X509 CRL', der))];
      const verdicts = [
        await certtool(...trust, ...chain),
        await certtool(...trust, ...chain, ...lists(before.der)),
        await certtool(...trust, ...chain, ...lists(after.der)),
      ];
      expect(verdicts.map(({ code }) => code)).toEqual([0, 0, 1]);
      expect(verdicts[0]?.output).toContain('Chain verification output: Verified. The certificate is trusted.');
      expect(verdicts[2]?.output).toContain('revoked');
    });
  });

  it('is read with all that it says', async () => {
    const root = await world.root();
    const { certificate } = await root.issue(
      { kind: 'role', device, roles: [{ role: 'lab.user', authority: 'Lab' }] },
      { publicKey: await world.publicKey(), validity: root.certificate.validity },
    );
    await inFolder(async (file) => {
      const { output } = await certtool(
        '--certificate-info',
        '--infile',
        file('role.pem', encodePem('CERTIFICATE', certificate.der)),
      );
      for (const line of [
        `Subject: CN=uuid:${device}`,
        'ECDSA-SHA256',
        'Curve:	SECP256R1',
        '1.3.6.1.4.1.44924.1.7',
        'directoryName: OU=Lab,CN=lab.user',
        'Key agreement.',
      ]) {
        expect(output).toContain(line);
      }
    });
  });

  it('is beside what GnuTLS makes, which is read here', async () => {
    await inFolder(async (file) => {
      const [key, made] = [file('key.pem'), file('root.der')];
      const template = file(
        'root.cfg',
        'cn = "GnuTLS Root"\nca\ncert_signing_key\ncrl_signing_key\nexpiration_days = 3\n',
      );
      await certtool('--generate-privkey', '--key-type', 'ecdsa', '--curve', 'secp256r1', '--outfile', key);
      const own = ['--generate-self-signed', '--load-privkey', key, '--template', template];
      await certtool(...own, '--outder', '--outfile', made);
      const root = readCertificate(new Uint8Array(readFileSync(made)));
      expect([nameText(root.subject), root.publicKey?.kind]).toEqual(['CN=GnuTLS Root', 'p256']);
      expect(root.extensions.keyUsage).toEqual(['keyCertSign', 'cRLSign']);
      expect(root.extensions.basicConstraints?.isAuthority).toBe(true);
    });
  });
});
