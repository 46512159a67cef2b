import { Secret, SelvageError, systemEntropy } from '@selvage/core';
import { systemClock, udpAddress, UdpPort } from '@selvage/core/node';
import { VirtualClock, VirtualNetwork } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { type DtlsConfiguration, type DtlsSocket, DtlsTransport } from '../../src/index.js';
import { configuration, signWithTestKey } from '../support/configurations.js';

const text = (value: string) => new TextEncoder().encode(value);
const passphraseOnly = (passphrase: string): DtlsConfiguration => ({
  core: nativeCore,
  entropy: systemEntropy,
  suites: ['TLS_ECJPAKE_WITH_AES_128_CCM_8'],
  credentials: { passphrase: Secret.text(passphrase) },
  retransmission: { initial: 100, maximum: 1000 },
});

describe('DTLS over UDP sockets', () => {
  it('opens, carries data both ways and closes', async () => {
    const [serverPort, clientPort] = [await UdpPort.bind(), await UdpPort.bind()];
    const onServer = new Promise<DtlsSocket<never>>((resolve) => {
      new DtlsTransport({
        port: serverPort,
        clock: systemClock,
        server: passphraseOnly('J01NME'),
        onSession: (socket) => resolve(socket as DtlsSocket<never>),
      });
    });
    const client = new DtlsTransport({ port: clientPort, clock: systemClock });
    const socket = await client.connect(udpAddress('127.0.0.1', serverPort.local.port), passphraseOnly('J01NME'));
    const server = await onServer;
    server.onData((data) => server.send(data.toReversed()));
    const echoed = new Promise<Uint8Array>((resolve) => socket.onData(resolve));
    socket.send(text('abc'));
    expect(await echoed).toEqual(text('cba'));
    const closed = new Promise((resolve) => server.onClosed(resolve));
    socket.close();
    expect(await closed).toEqual({ by: 'peer' });
    client.close();
    serverPort.close();
  });

  it('tells the client that the passphrases differ, through the alert', async () => {
    const [serverPort, clientPort] = [await UdpPort.bind(), await UdpPort.bind()];
    const failures: SelvageError[] = [];
    const server = new DtlsTransport({
      port: serverPort,
      clock: systemClock,
      server: passphraseOnly('J01NME'),
      onFailure: (error) => failures.push(error),
    });
    const client = new DtlsTransport({ port: clientPort, clock: systemClock });
    const attempt = client.connect(udpAddress('127.0.0.1', serverPort.local.port), passphraseOnly('WR0NG1'));
    await expect(attempt).rejects.toMatchObject({ code: 'peer-alert', details: { alert: 'bad_record_mac' } });
    expect(failures.map(({ code }) => code)).toEqual(['bad-record']);
    client.close();
    server.close();
  });
});

describe('DTLS in virtual time', () => {
  async function world(judge?: () => { accepted: boolean }) {
    const clock = new VirtualClock();
    const network = new VirtualNetwork({ clock });
    const suites = ['TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8'] as const;
    const sign = async (operation: Parameters<typeof signWithTestKey>[0]) => signWithTestKey(operation, 'server');
    new DtlsTransport({ port: network.open('server'), clock, server: configuration('server', suites), sign });
    const port = network.open('client');
    const client = new DtlsTransport({
      port,
      clock,
      ...(judge && { judge: () => (judge().accepted ? { accepted: true } : refused) }),
    });
    const outcome = client.connect({ key: 'server' }, configuration('client', suites)).then(
      (socket) => socket.session.suite.name,
      (error: SelvageError) => error.code,
    );
    for (let turn = 0; turn < 400; turn++) {
      await Promise.resolve();
      clock.advance(20);
    }
    return outcome;
  }
  const refused = { accepted: false, error: new SelvageError('unknown-ca', 'not one of ours') } as const;

  it('asks for signatures and verdicts and goes on with the answers', async () => {
    expect(await world(() => ({ accepted: true }))).toBe('TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8');
  });

  it('refuses a chain that the judge refuses, and every chain without a judge', async () => {
    expect(await world(() => ({ accepted: false }))).toBe('unknown-ca');
    expect(await world()).toBe('unknown-ca');
  });
});
