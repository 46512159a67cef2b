import { Secret, type SelvageError } from '@selvage/core';
import { datagramSuite, outcomeOf } from '@selvage/core/testing';
import { SeededEntropy } from '@selvage/core/virtual';
import { CoapTransport } from '@selvage/coap';
import { nativeCore } from '@selvage/crypto';
import { type DtlsConfiguration, DtlsTransport } from '@selvage/dtls';
import { describe, expect, it } from 'vitest';
import { Ip6Endpoint, ip6Endpoint } from '../../src/ip6/stack/endpoint.js';
import { MeshPair } from '../support/mesh-pair.js';

datagramSuite(
  { describe, it, expect },
  {
    name: 'UDP over IPv6 over 6LoWPAN',
    create: () => {
      const pair = new MeshPair();
      const [a, b] = [pair.a.stack.openPort({ port: 5683 }), pair.b.stack.openPort({ port: 5683 })];
      return Promise.resolve({
        a,
        addressOfA: new Ip6Endpoint(pair.a.address, 5683),
        b,
        addressOfB: new Ip6Endpoint(pair.b.address, 5683),
        until: (condition: () => boolean) => pair.clock.runUntil(condition),
      });
    },
  },
);

const body = new Uint8Array(3000).map((_, index) => index * 7);
const passphraseOnly = (seed: string): DtlsConfiguration => ({
  core: nativeCore,
  entropy: new SeededEntropy(seed),
  suites: ['TLS_ECJPAKE_WITH_AES_128_CCM_8'],
  credentials: { passphrase: Secret.text('J01NME') },
  retransmission: { initial: 1000, maximum: 8000 },
});

/** A frame in ten is lost, and one in twenty comes twice or late: what the link would have sent again. */
const links = {
  'a lossless link': { seed: 1 },
  'a link that loses, repeats and reorders': { seed: 7, loss: 0.1, duplication: 0.05, reordering: 0.05 },
} as const;

describe.each(Object.entries(links))('over %s (seed in the title of the link)', (_, conditions) => {
  it(`CoAP moves 3,000 bytes each way in blocks, unchanged (seed ${conditions.seed})`, async () => {
    const pair = new MeshPair(conditions);
    // What a port states is what CoAP sizes its blocks to.
    const [port, clientPort] = [
      pair.b.stack.openPort({ port: 5683, maximumPayload: 300 }),
      pair.a.stack.openPort({ maximumPayload: 300 }),
    ];
    const { clock } = pair;
    const entropy = (name: string) => new SeededEntropy(`${conditions.seed}/${name}`);
    new CoapTransport({ port, clock, entropy: entropy('s'), handler: ({ payload }) => ({ code: '2.04', payload }) });
    const client = new CoapTransport({ port: clientPort, clock, entropy: entropy('c') });
    let answer: Uint8Array | undefined;
    const settled = client.request(new Ip6Endpoint(pair.b.address, 5683), { method: 'POST', payload: body });
    settled.then(
      ({ payload }) => void (answer = payload),
      () => void (answer = new Uint8Array()),
    );
    await clock.runUntil(() => answer !== undefined);
    expect(answer).toEqual(body);
    expect(pair.frames).toBeGreaterThan(24);
  });

  it(`DTLS shakes hands with a passphrase and carries data, unchanged (seed ${conditions.seed})`, async () => {
    const pair = new MeshPair(conditions);
    const { clock } = pair;
    const [port, clientPort] = [
      pair.b.stack.openPort({ port: 1000, maximumPayload: 300 }),
      pair.a.stack.openPort({ maximumPayload: 300 }),
    ];
    const server = passphraseOnly('server');
    new DtlsTransport({
      port,
      clock,
      server,
      onSession: (socket) => socket.onData((data) => socket.send(data.toReversed())),
    });
    const client = new DtlsTransport({ port: clientPort, clock });
    let outcome: string | undefined;
    void client.connect(new Ip6Endpoint(pair.b.address, 1000), passphraseOnly('client')).then(
      (socket) => {
        socket.onData((data) => void (outcome = String(data)));
        // A record that is lost is lost: it is said until it is heard.
        const say = (): void => {
          if (outcome !== undefined) return;
          socket.send(Uint8Array.of(1, 2, 3));
          clock.wakeAt(clock.now() + 1000, say);
        };
        say();
      },
      (error: SelvageError) => void (outcome = error.code),
    );
    await clock.runUntil(() => outcome !== undefined);
    expect(outcome).toBe('3,2,1');
  });
});

describe('a UDP port', () => {
  it('states 1232 bytes unless it is told less, and no more than that', () => {
    const { stack } = new MeshPair().a;
    const limits = [undefined, 300, 5000].map(
      (maximumPayload) => stack.openPort(maximumPayload === undefined ? {} : { maximumPayload }).maximumPayload,
    );
    expect(limits).toEqual([1232, 300, 1232]);
  });

  it('is one’s own, and free again when it is closed', () => {
    const { stack } = new MeshPair().a;
    const port = stack.openPort({ port: 61631 });
    expect(outcomeOf(() => stack.openPort({ port: 61631 }))).toBe('address-in-use');
    port.close();
    expect(stack.openPort({ port: 61631 }).port).toBe(61631);
    expect([0, 65536, 1.5].map((wrong) => outcomeOf(() => stack.openPort({ port: wrong })))).toEqual(
      Array(3).fill('value-out-of-range'),
    );
  });

  it('hears a group that its node joined, and tells which', async () => {
    const pair = new MeshPair();
    const seen: string[] = [];
    const port = pair.b.stack.openPort({ port: 5683 });
    port.onArrival(({ destination, from, hopLimit }) =>
      seen.push(`${new Ip6Endpoint(destination, 0).key} ${from.key} ${hopLimit}`),
    );
    const sender = pair.a.stack.openPort({ port: 5684 });
    sender.send(Uint8Array.of(1), ip6Endpoint('ff03::1', 5683));
    sender.send(Uint8Array.of(1), ip6Endpoint('ff03::158', 5683));
    await pair.clock.runUntil(() => pair.b.stack.counters.notOurs === 1);
    expect(seen).toEqual(['[ff03::1]:0 [fd4b:167e:c82f:facc::8c00:1]:5684 64']);
  });

  it('speaks and hears only as the address that it is bound to', async () => {
    const pair = new MeshPair();
    const rloc = pair.b.stack.addresses.unicast[2]!.address;
    const port = pair.b.stack.openPort({ port: 61631, address: rloc });
    let heard = 0;
    port.onDatagram(() => heard++);
    const sender = pair.a.stack.openPort();
    sender.send(Uint8Array.of(1), new Ip6Endpoint(pair.b.address, 61631));
    sender.send(Uint8Array.of(1), new Ip6Endpoint(rloc, 61631));
    await pair.clock.runUntil(() => heard + pair.b.stack.counters.noPort === 2);
    expect([heard, pair.b.stack.counters.noPort]).toEqual([1, 1]);
  });
});
