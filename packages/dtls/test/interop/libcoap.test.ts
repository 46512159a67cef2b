import { concat, Secret } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../src/index.js';
import { authority } from '../support/certificates.js';
import { freePortPair } from './support/free-port.js';
import { describeWith } from '../../../core/test/support/described-with.js';
import { configure, OurClient, ourCertificates, OurServer } from './support/ours.js';
import { Program } from '../../../core/test/support/peer-program.js';

const identity = new TextEncoder().encode('device');
/** libcoap's programs take a key as text. */
const key = 'sesame, open now';
const textKey: Credentials = {
  keyForHint: () => ({ identity, key: Secret.text(key) }),
  keyForIdentity: () => Secret.text(key),
};
const psk = 'TLS_PSK_WITH_AES_128_CCM_8';
const ecdsa = 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8';

// RFC 7252 §3, in the little that the tests need of it.
const confirmable = 0x40;
const acknowledgement = 0x60;
const get = 0x01;
const content = 0x45;
const payloadMarker = 0xff;

describe.each(['openssl', 'gnutls'])('on %s', (library) => {
  const [coapClient, coapServer] = [`coap-client-${library}`, `coap-server-${library}`];

  describeWith([coapClient, coapServer], `libcoap on ${library}`, () => {
    it('coap-client gets an answer from our server with a pre-shared key', async () => {
      const ours = await OurServer.listen(configure('server', [psk], { credentials: textKey }));
      const client = Program.start(coapClient, ['-B', '10', '-u', 'device', '-k', key, url(ours.port)]);
      await answerOne(ours, psk);
      await client.says(/all is well/);
    });

    it('coap-client gets an answer from our server with certificates both ways', async () => {
      const ours = await OurServer.listen(configure('server', [ecdsa], { clientAuthentication: 'require' }));
      const own = certificateOptions('client');
      const client = Program.start(coapClient, ['-B', '10', ...own, url(ours.port)]);
      await answerOne(ours, ecdsa);
      await client.says(/all is well/);
    });

    it('our client gets an answer from coap-server with a pre-shared key', async () => {
      const port = await startServer(coapServer, ['-k', key, '-h', 'hint']);
      const answer = await askOnce(port, configure('client', [psk], { credentials: textKey }));
      expect(answer).toMatch(/made with libcoap/);
    });

    it('our client gets an answer from coap-server with certificates both ways', async () => {
      const port = await startServer(coapServer, certificateOptions('server'));
      expect(await askOnce(port, configure('client', [ecdsa]))).toMatch(/made with libcoap/);
    });

    it('our server refuses coap-client with another key', async () => {
      const ours = await OurServer.listen(configure('server', [psk], { credentials: textKey, grace: 50 }));
      Program.start(coapClient, ['-B', '10', '-u', 'device', '-k', 'another key', url(ours.port)]);
      expect(await ours.fails()).toMatchObject({ code: 'bad-record' });
    });
  });
});

function url(port: number): string {
  return `coaps://127.0.0.1:${port}/status`;
}

function certificateOptions(role: 'client' | 'server'): string[] {
  const { certificateFile, keyFile } = ourCertificates[role];
  return ['-c', certificateFile, '-j', keyFile, '-C', authority.certificateFile];
}

/** Starts coap-server on two ports of its own; returns the one for DTLS. */
async function startServer(program: string, options: readonly string[]): Promise<number> {
  const port = await freePortPair();
  const server = Program.start(program, ['-A', '127.0.0.1', '-p', `${port}`, '-v', '7', ...options]);
  await server.says(/created DTLS endpoint/i);
  return port + 1;
}

/** Answers the first request of the first session with text. */
async function answerOne(ours: OurServer, suite: string): Promise<void> {
  const talk = await ours.accepts();
  expect(talk.session.suite.name).toBe(suite);
  const request = await talk.hearsBytes();
  const tokenLength = (request[0] as number) & 0x0f;
  const [idAndToken, payload] = [request.subarray(2, 4 + tokenLength), new TextEncoder().encode('all is well')];
  const head = Uint8Array.of(acknowledgement | tokenLength, content);
  talk.socket.send(concat(head, idAndToken, Uint8Array.of(payloadMarker), payload));
}

/** Asks for the root resource; returns the payload, as text. */
async function askOnce(port: number, configuration: Parameters<OurClient['connect']>[1]): Promise<string> {
  const talk = await (await OurClient.open()).connect(port, configuration);
  talk.socket.send(Uint8Array.of(confirmable, get, 0x12, 0x34));
  const answer = await talk.hearsBytes();
  expect([...answer.subarray(0, 4)]).toEqual([acknowledgement, content, 0x12, 0x34]);
  return new TextDecoder().decode(answer.subarray(answer.indexOf(payloadMarker) + 1));
}
