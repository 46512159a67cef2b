import { mkdirSync, writeFileSync } from 'node:fs';
import { UdpPort } from '@selvage/core/node';
import { FailingEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { certificateFile } from '../support/certificates.js';
import { converse } from '../support/conversation.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const file = scratchFolder();
const key = '00112233445566778899aabbccddeeff';
const psk = ['--psk', key];
const own = ['--cert', certificateFile('chain.pem'), '--key', certificateFile('chain.key.pem')];
const quick = ['--grace', '150'];

/** Standard error on one line, as it is the words that count. */
function words(surface: TestSurface): string {
  return surface.stderr.text.replace(/\s+/g, ' ');
}

async function refused(...line: string[]): Promise<{ exit: number; says: string }> {
  const surface = new TestSurface();
  surface.stdin.end();
  const exit = await surface.run('dtls', ...line);
  expect(surface.stdout.text).toBe('');
  return { exit, says: words(surface) };
}

describe('a handshake that fails says on both sides what, where and what to do', () => {
  it('with the wrong passphrase', async () => {
    const { client, server, ...exits } = await converse({
      server: ['--passphrase', 'J01NME', ...quick],
      client: ['--passphrase', 'J01NMF', ...quick],
    });
    expect(exits).toEqual({ clientExit: 76, serverExit: 76 });
    expect(words(server)).toMatch(
      /the handshake with 127\.0\.0\.1:\d+ failed: the peer's Finished does not open: the two sides derived different keys \[bad-record\] → check that both sides have the same passphrase or key/,
    );
    expect(words(server)).toContain('lastReceived: ChangeCipherSpec');
    expect(words(client)).toMatch(/failed: the peer ended the handshake or session with bad_record_mac \[peer-alert\]/);
    expect(words(client)).toContain('→ the two sides derived different keys: compare the passphrase');
    expect(words(client)).toContain('lastSent: Finished');
    for (const side of [client, server]) {
      expect(words(side)).toContain('in doubt, waiting whether the real peer goes on');
      expect(words(side)).not.toContain('J01NM');
    }
  });

  it('with another pre-shared key of the same identity', async () => {
    const { clientExit, serverExit, client } = await converse({
      server: [...psk, ...quick],
      client: ['--psk', key.replace('00', 'ff'), ...quick],
    });
    expect([clientExit, serverExit]).toEqual([76, 76]);
    expect(words(client)).toContain('compare the passphrase or pre-shared key on both');
    expect(words(client)).not.toContain('112233');
  });

  it('with an identity that the server does not know', async () => {
    const { client, server, ...exits } = await converse({
      server: [...psk, ...quick],
      client: [...psk, '--identity', 'somebody', ...quick],
    });
    expect(exits).toEqual({ clientExit: 76, serverExit: 77 });
    expect(words(server)).toContain('identity that has no key here [unknown-psk-identity]');
    expect(words(client)).toContain('compare it on both sides, byte by byte');
  });

  it('without a suite in common', async () => {
    const { client, server, ...exits } = await converse({
      server: psk,
      client: ['--passphrase', 'J01NME', ...quick],
    });
    expect(exits).toEqual({ clientExit: 76, serverExit: 76 });
    expect(words(server)).toContain('the client offers no cipher suite that is usable here [handshake-failure]');
    expect(words(server)).toContain('offered: TLS_ECJPAKE_WITH_AES_128_CCM_8');
    expect(words(client)).toContain('compare modes and --suite on both');
  });

  it('with a certificate of nobody that is trusted, and shows its hash', async () => {
    const { client, server, ...exits } = await converse({
      server: [...own, ...quick],
      client: ['--ca', certificateFile('narrow.cert.pem'), ...quick],
    });
    expect(exits).toEqual({ clientExit: 77, serverExit: 76 });
    expect(words(client)).toMatch(/issued by CN=Chain root, which is no trust anchor here, .*\[unknown-ca\]/);
    expect(words(client)).toMatch(/certificate: sha256:[0-9a-f]{64}/);
    expect(words(server)).toContain('the peer does not trust the authority of our certificate');
  });

  it('with a certificate whose hash was not given, and shows the one to compare', async () => {
    const { client, clientExit } = await converse({
      server: [...own, ...quick],
      client: ['--peer-certificate', `sha256:${'00'.repeat(32)}`, ...quick],
    });
    expect(clientExit).toBe(77);
    expect(words(client)).toMatch(/if it is the same: --peer-certificate sha256:[0-9a-f]{64}/);
  });

  it('without the certificate that the server insists on', async () => {
    const ca = ['--ca', certificateFile('root.cert.pem')];
    const { client, server, ...exits } = await converse({
      server: [...own, ...ca, ...quick],
      client: [...ca, ...quick],
    });
    expect(exits).toEqual({ clientExit: 76, serverExit: 76 });
    expect(words(server)).toContain('[handshake-failure]');
    expect(words(client)).toContain('handshake_failure');
  });

  it('when nobody answers: what was awaited, and what to check', async () => {
    const silent = await UdpPort.bind();
    const { exit, says } = await refused(
      'client',
      silent.local.key,
      ...psk,
      '--timeout',
      '120',
      '--retransmission',
      '50',
    );
    silent.close();
    expect(exit).toBe(75);
    expect(says).toContain('ended after 120 ms without an answer to ClientHello [handshake-timeout]');
    expect(says).toContain('→ check that the peer is on, reachable at this address and port, and speaks DTLS 1.2');
    expect(says).toMatch(/no answer from 127\.0\.0\.1:\d+ yet; asked again/);
    expect(says).toContain('waitingFor: an answer to ClientHello');
  });

  it('when the system sends nothing: that it did not', async () => {
    const { exit, says } = await refused('client', '255.255.255.255:5684', ...psk, '--timeout', '120');
    expect(exit).toBe(75);
    expect(says).toMatch(/WARNING: a datagram to 255\.255\.255\.255:5684 was not sent: .*EACCES/);
  });

  it('and as one object with --json', async () => {
    const { client } = await converse({
      server: ['--passphrase', 'J01NME', ...quick],
      client: ['--passphrase', 'J01NMF', '--json', ...quick],
    });
    expect(client.events.at(-1)).toMatchObject({
      event: 'failed',
      error: { code: 'peer-alert', fault: 'peer', details: { alert: 'bad_record_mac', lastSent: 'Finished' } },
    });
  });
});

describe('an option that cannot be used is named, with what to do', () => {
  const cannot = (...line: string[]) => refused(...line);
  const folder = file('folder');
  mkdirSync(folder);
  writeFileSync(file('empty'), '\n');
  writeFileSync(file('no-session'), '{"sessionId":"00"}');

  it.each([
    [
      ['client', 'localhost'],
      64,
      /nothing says how the two sides are to know each other .*→ give a passphrase, a pre-/,
    ],
    [['client', 'a:b:c', ...psk], 64, /a:b:c is no address .*→ write it as name:5684/],
    [['client', 'no-such-host.invalid', ...psk], 64, /the name no-such-host\.invalid is not known/],
    [['client', '127.0.0.1:0', ...psk], 64, /port 0 is no UDP address/],
    [['client', 'localhost', '--psk', 'xyz'], 64, /not hexadecimal: digits 0-9 a-f in pairs are wanted/],
    [['client', 'localhost', '--psk', ''], 64, /the pre-shared key is empty/],
    [['client', 'localhost', '--passphrase', ''], 64, /the passphrase is empty/],
    [['client', 'localhost', '--passphrase-file', file('empty')], 64, /the passphrase is empty/],
    [['client', 'localhost', '--passphrase', 'a', '--passphrase-file', 'b'], 64, /exclude each other/],
    [['client', 'localhost', '--passphrase-file', file('absent')], 66, /--passphrase-file \S+ cannot be read .*ENOENT/],
    [['client', 'localhost', '--cert', certificateFile('chain.pem')], 64, /--cert without --key/],
    [['client', 'localhost', '--key', certificateFile('chain.key.pem')], 64, /--key without --cert/],
    [
      ['client', 'localhost', '--cert', certificateFile('leaf.cert.pem'), '--key', certificateFile('chain.key.pem')],
      64,
      /--key is not the private key of --cert/,
    ],
    [
      [
        'client',
        'localhost',
        '--cert',
        certificateFile('chain.pem'),
        '--key',
        certificateFile('chain.encrypted.key.pem'),
      ],
      65,
      /is encrypted .*→ give its passphrase/,
    ],
    [['client', 'localhost', '--ca', certificateFile('chain.key.pem')], 65, /has no certificate in PEM/],
    [
      ['client', 'localhost', '--peer-certificate', 'sha256:00'],
      64,
      /is no hash of a certificate .*openssl x509 -noout/,
    ],
    [
      ['client', 'localhost', ...psk, '--suite', 'TLS_ECJPAKE_WITH_AES_128_CCM_8'],
      64,
      /--suite TLS_ECJPAKE_WITH_AES_128_CCM_8 has no credentials .*→ give --passphrase-file or SELVAGE_PASSPHRASE/,
    ],
    [['client', 'localhost', ...psk, '--suite', 'AES'], 64, /'AES' is invalid\. The suites are: TLS_ECJPAKE/],
    [['client', 'localhost', ...psk, '--mtu', '12'], 64, /'12' is invalid\. Give a whole number from 128 to 65507/],
    [['client', 'localhost', ...psk, '--pcap', folder], 74, /--pcap \S+ cannot be written .*EISDIR/],
    [['client', 'localhost', ...psk, '--keylog', folder], 74, /--keylog \S+ cannot be written/],
    [['client', 'localhost', ...psk, '--resume', file('no-session')], 65, /is no session that --save-session kept/],
    [['client', 'localhost', '--bogus'], 64, /unknown option '--bogus'.*--help explains each option/],
    [['client'], 64, /missing required argument 'host:port'/],
    [['server', ...own, '--client-auth', 'require'], 64, /asks for certificates that nobody could trust/],
    [['server', '--ca', certificateFile('root.cert.pem')], 64, /nothing says how/],
    [['server', ...psk, '--listen', '192.0.2.1:5684'], 64, /192\.0\.2\.1/],
  ])('%j', async (line, exit, says) => {
    const result = await cannot(...line);
    expect(result.says).toMatch(says);
    expect(result.exit).toBe(exit);
  });

  it('and so is an address that is taken', async () => {
    const taken = await UdpPort.bind();
    const { exit, says } = await refused('server', ...psk, '--listen', taken.local.key);
    taken.close();
    expect(exit).toBe(69);
    expect(says).toContain('EADDRINUSE');
  });
});

describe('entropy that fails', () => {
  it('ends the command before anything is sent', async () => {
    const surface = new TestSurface({ entropy: new FailingEntropy() });
    expect(await surface.run('dtls', 'client', '127.0.0.1:9', ...psk)).toBe(71);
    expect(words(surface)).toContain('[entropy-failed]');
  });
});

describe('Ctrl-C', () => {
  it('ends a handshake that nobody answers with 130', async () => {
    const silent = await UdpPort.bind();
    const surface = new TestSurface();
    const end = surface.run('dtls', 'client', silent.local.key, ...psk);
    await surface.stderr.shows(/connecting/);
    surface.interrupt();
    expect(await end).toBe(130);
    silent.close();
  });
});
