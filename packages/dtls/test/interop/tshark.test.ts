import { concat, fromHex, PcapWriter } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { type CipherSuiteName, cipherSuites, type DtlsConfiguration } from '../../src/index.js';
import { allSuites, pairOf } from '../support/configurations.js';
import type { Pair } from '../support/pair.js';
import { describeWith } from '../../../core/test/support/described-with.js';
import { Program } from '../../../core/test/support/peer-program.js';
import { temporaryFile } from './support/temporary.js';

/** OCF's private number, which Wireshark does not know: it names the messages and cannot decrypt. */
const ocfPrivate = 'TLS_ECDH_anon_WITH_AES_128_CBC_SHA256';
const knownSuites = allSuites.filter((suite) => suite !== ocfPrivate);
/** CoAP (RFC 7252): GET /light, confirmable, message ID 0x1234; and the answer 2.05 with "on". */
const request = fromHex('40011234b56c69676874');
const answer = fromHex('60451234ff6f6e');

/** What tshark makes of one datagram. */
interface Frame {
  readonly info: string;
  readonly malformed: boolean;
  readonly experts: string;
  readonly checksums: string;
  readonly uriPath: string;
}

describeWith(['tshark'], 'Wireshark (tshark)', () => {
  it.each(knownSuites)('reads a session of %s and, with the key log, what was said in it', async (suite) => {
    const frames = await readSession(suite);
    expectWhole(frames);
    expect(frames.at(0)?.info).toMatch(/^Client Hello/);
    expect(messagesIn(frames)).toEqual(expectedMessages(suite));
    expect(frames.filter(({ uriPath }) => uriPath === 'light')).toHaveLength(1);
    expect(frames.map(({ info }) => info)).toContainEqual(expect.stringMatching(/^ACK, MID:4660, 2\.05 Content/));
    expect(frames.at(-1)?.info).toMatch(/Alert \(Level: Warning, Description: Close Notify\)/);
  });

  it('reads the messages of the OCF suite 0xFF00 but does not know how to decrypt it', async () => {
    const frames = await readSession(ocfPrivate);
    expectWhole(frames);
    expect(frames[1]?.info).toBe('Server Hello, Server Key Exchange, Server Hello Done');
    expect(frames[2]?.info).toBe('Client Key Exchange, Change Cipher Spec, Encrypted Handshake Message');
    expect(frames.every(({ uriPath }) => uriPath === '')).toBe(true);
  });

  describe('reads a session', () => {
    const ccm8 = 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8';
    const [clientConnectionId, serverConnectionId] = [fromHex('c1c2'), fromHex('5e7e4e')];

    it.each([
      ['without extended master secret', ccm8, { both: { extendedMasterSecret: 'off' } }],
      ['with MAC-then-encrypt', 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256', { both: { encryptThenMac: false } }],
      ['in fragments', ccm8, { both: { maximumDatagram: 256 } }],
      ['with connection IDs (RFC 9146)', ccm8, { clientConnectionId, serverConnectionId }],
      [
        'with connection IDs and EC-JPAKE',
        'TLS_ECJPAKE_WITH_AES_128_CCM_8',
        { clientConnectionId, serverConnectionId },
      ],
    ] as const)('%s', async (_title, suite, changes) => {
      const frames = await readSession(suite, changes);
      expectWhole(frames);
      expect(frames.filter(({ uriPath }) => uriPath === 'light')).toHaveLength(1);
    });

    it('on IPv6', async () => {
      const frames = await readSession(ccm8, {}, '::1');
      expectWhole(frames);
      expect(frames.filter(({ uriPath }) => uriPath === 'light')).toHaveLength(1);
    });
  });
});

interface Changes {
  readonly both?: Partial<DtlsConfiguration>;
  readonly clientConnectionId?: Uint8Array;
  readonly serverConnectionId?: Uint8Array;
}

/** A handshake, a request, its answer and the end, as tshark reads them with the key log. */
async function readSession(suite: CipherSuiteName, changes: Changes = {}, address = '127.0.0.1'): Promise<Frame[]> {
  const { both = {}, ...ids } = changes;
  const keys: string[] = [];
  const pair = pairOf(suite, {
    ...ids,
    client: { ...both, keyLog: (line) => keys.push(line) },
    server: { ...both, clientAuthentication: 'require' },
  }).run(5000);
  pair.send('client', request);
  pair.run(6000).send('server', answer);
  pair.run(7000).close('client');
  pair.run(8000);
  const capture = temporaryFile('session.pcap', pcapOf(pair, address));
  return readCapture(capture, temporaryFile('keys.log', `${keys.join('\n')}\n`));
}

function pcapOf(pair: Pair, address: string): Uint8Array {
  const parts: Uint8Array[] = [];
  const pcap = new PcapWriter((bytes) => parts.push(bytes), { linkType: address === '::1' ? 'ethernet' : 'raw' });
  const [client, server] = [
    { address, port: 40_000 },
    { address, port: 5684 },
  ];
  for (const { from, payload } of pair.sent) {
    const [source, destination] = from === 'client' ? [client, server] : [server, client];
    pcap.datagram({ source, destination, payload }, 0);
  }
  return concat(...parts);
}

async function readCapture(capture: string, keyLog: string): Promise<Frame[]> {
  const fields = ['_ws.col.Info', '_ws.malformed', '_ws.expert.message', 'udp.checksum.status', 'coap.opt.uri_path'];
  const preferences = [`tls.keylog_file:${keyLog}`, 'udp.check_checksum:TRUE', 'ip.check_checksum:TRUE'];
  const output = await Program.run('tshark', [
    ...['-n', '-r', capture, '-d', 'udp.port==5684,dtls', '-T', 'fields', '-E', 'separator=|'],
    ...preferences.flatMap((preference) => ['-o', preference]),
    ...fields.flatMap((field) => ['-e', field]),
  ]);
  const lines = output.split('\n').filter((line) => line.includes('|'));
  return lines.map((line) => {
    const [info = '', malformed = '', experts = '', checksums = '', uriPath = ''] = line.split('|');
    return { info, malformed: malformed !== '', experts, checksums, uriPath };
  });
}

/** Nothing is malformed or worth a remark, and every UDP checksum is good (status 1). */
function expectWhole(frames: readonly Frame[]): void {
  expect(frames.length).toBeGreaterThan(5);
  for (const frame of frames) expect(frame).toMatchObject({ malformed: false, experts: '', checksums: '1' });
}

/** The handshake messages that tshark names, each once, in order. */
function messagesIn(frames: readonly Frame[]): string[] {
  const names = frames.flatMap(({ info }) => info.split(', ')).map((name) => name.replace(/ \((Reassembled)\)/, ''));
  return names.filter((name) => handshakeNames.has(name));
}

const handshakeNames = new Set([
  ...['Client Hello', 'Server Hello', 'Certificate', 'Server Key Exchange', 'Certificate Request'],
  ...['Server Hello Done', 'Client Key Exchange', 'Certificate Verify', 'Change Cipher Spec', 'Finished'],
]);

function expectedMessages(suite: CipherSuiteName): string[] {
  const end = ['Change Cipher Spec', 'Finished'];
  const signed = cipherSuites[suite].keyExchange === 'ecdhe-ecdsa';
  const server = signed
    ? ['Certificate', 'Server Key Exchange', 'Certificate Request', 'Server Hello Done']
    : ['Server Key Exchange', 'Server Hello Done'];
  const client = signed ? ['Certificate', 'Client Key Exchange', 'Certificate Verify'] : ['Client Key Exchange'];
  return ['Client Hello', 'Server Hello', ...server, ...client, ...end, ...end];
}
