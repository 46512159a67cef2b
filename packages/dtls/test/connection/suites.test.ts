import { bytesEqual } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { keyBlockLengths } from '../../src/protocol/cipher-suites.js';
import { cipherSuites } from '../../src/index.js';
import { clientCertificate, serverCertificate } from '../support/certificates.js';
import { allSuites, pairOf, psk, pskHint, pskIdentity } from '../support/configurations.js';

const hello = new TextEncoder().encode('hello from the other side');

describe.each(allSuites)('a handshake with %s', (suite) => {
  it('opens both sides with the same keys, and carries data both ways', () => {
    const pair = pairOf(suite).run(10_000);
    expect(pair.bothOpen).toBe(true);
    expect(pair.outcome.client.session?.suite.name).toBe(suite);
    expect(pair.outcome.client.doubts).toEqual([]);
    expect(pair.outcome.server.doubts).toEqual([]);
    expect(bytesEqual(pair.connection('client').keyBlock(), pair.connection('server').keyBlock())).toBe(true);
    pair.send('client', hello);
    pair.send('server', hello);
    pair.run(11_000);
    expect(pair.outcome.server.data).toEqual([hello]);
    expect(pair.outcome.client.data).toEqual([hello]);
  });

  it('gives both sides the same exported keying material, and other material for another label (RFC 5705)', () => {
    const pair = pairOf(suite).run(10_000);
    const [client, server] = [pair.connection('client'), pair.connection('server')];
    const material = client.exportKeyingMaterial('EXPORTER-selvage', 48);
    expect(material).toHaveLength(48);
    expect(server.exportKeyingMaterial('EXPORTER-selvage', 48)).toEqual(material);
    expect(server.exportKeyingMaterial('EXPORTER-selvage', 48, new Uint8Array(0))).not.toEqual(material);
    expect(server.exportKeyingMaterial('EXPORTER-other', 48)).not.toEqual(material);
  });

  it('has a key block as long as the suite cuts it (RFC 5246 §6.3)', () => {
    const pair = pairOf(suite).run(10_000);
    expect(pair.connection('client').keyBlock()).toHaveLength(keyBlockLengths(cipherSuites[suite].cipher).total);
  });

  it('ends for both when one says close_notify', () => {
    const pair = pairOf(suite).run(10_000);
    pair.close('client');
    pair.run(11_000);
    expect(pair.outcome.client.closed).toEqual({ by: 'us' });
    expect(pair.outcome.server.closed).toEqual({ by: 'peer' });
  });

  it('completes in datagrams of 128 bytes, every one within the limit', () => {
    const small = { maximumDatagram: 128 };
    const pair = pairOf(suite, { client: small, server: small }).run(60_000);
    expect(pair.bothOpen).toBe(true);
    expect(Math.max(...pair.sent.map(({ payload }) => payload.length))).toBeLessThanOrEqual(128);
  });
});

describe('who the peer is', () => {
  it('with a passphrase: somebody who knows it', () => {
    const pair = pairOf('TLS_ECJPAKE_WITH_AES_128_CCM_8').run(10_000);
    expect(pair.outcome.client.session?.peer).toEqual({ kind: 'passphrase' });
    expect(pair.outcome.server.session?.peer).toEqual({ kind: 'passphrase' });
  });

  it.each(['TLS_PSK_WITH_AES_128_CCM_8', 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256'] as const)(
    'with %s: the raw identity and its key for the server, the raw hint for the client',
    (suite) => {
      const pair = pairOf(suite).run(10_000);
      const peer = pair.outcome.server.session?.peer;
      expect(peer).toMatchObject({ kind: 'psk', identity: pskIdentity });
      expect(peer?.kind === 'psk' && peer.key?.reveal()).toEqual(psk);
      expect(pair.outcome.client.session?.peer).toEqual({ kind: 'psk', identity: pskHint });
    },
  );

  it('with certificates: the judged chain, of both where the server asks', () => {
    const pair = pairOf('TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', { server: { clientAuthentication: 'require' } });
    pair.run(10_000);
    expect(pair.outcome.client.session?.peer).toMatchObject({ kind: 'certificate' });
    const [seenByClient, seenByServer] = [pair.outcome.client.session?.peer, pair.outcome.server.session?.peer];
    expect(seenByClient?.kind === 'certificate' && seenByClient.chain[0]).toEqual(serverCertificate.certificate);
    expect(seenByServer?.kind === 'certificate' && seenByServer.chain[0]).toEqual(clientCertificate.certificate);
  });

  it('without a certificate request or with anonymous ECDH: nobody in particular', () => {
    const certificate = pairOf('TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8').run(10_000);
    expect(certificate.outcome.server.session?.peer).toEqual({ kind: 'anonymous' });
    const anonymous = pairOf('TLS_ECDH_anon_WITH_AES_128_CBC_SHA256').run(10_000);
    expect(anonymous.outcome.client.session?.peer).toEqual({ kind: 'anonymous' });
  });

  it('a client without certificate is let in when one was only requested, refused when it was required', () => {
    const suite = 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8';
    const client = { credentials: {} };
    const requested = pairOf(suite, { client, server: { clientAuthentication: 'request' } }).run(10_000);
    expect(requested.outcome.server.session?.peer).toEqual({ kind: 'anonymous' });
    const required = pairOf(suite, { client, server: { clientAuthentication: 'require' } }).run(10_000);
    expect(required.bothOpen).toBe(false);
    expect(required.outcome.server.closed).toMatchObject({ by: 'error', error: { code: 'handshake-failure' } });
    expect(required.outcome.client.closed).toMatchObject({ by: 'error', error: { code: 'peer-alert' } });
  });
});
