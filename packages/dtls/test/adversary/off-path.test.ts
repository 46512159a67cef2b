/**
 * Attackers who can send datagrams in a peer's name but neither see nor hold back what the peers send. RFC 6347 §4.1.2.7
 * lets an implementation drop what is wrong; here it must: none of this ends a handshake that the peers can finish.
 */
import { encode } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import type { CipherSuiteName } from '../../src/index.js';
import { handshakeFragmentHeader } from '../../src/protocol/handshake.js';
import { ContentType, dtls10 } from '../../src/protocol/record.js';
import { helloVerifyRequest } from '../../src/protocol/hello.js';
import { allSuites, configuration, pairOf, signWithTestKey } from '../support/configurations.js';
import { Duel, type DuelLink, type DuelOptions } from '../support/duel.js';
import type { Side } from '../support/pair.js';
import { garbageRecord, plainAlert, plainMessage, plainRecord } from './support/forger.js';
import { nameOf, recordsOf } from './support/wire.js';

const ecdsa: CipherSuiteName = 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8';
const anonymous: CipherSuiteName = 'TLS_ECDH_anon_WITH_AES_128_CBC_SHA256';
const ecjpake: CipherSuiteName = 'TLS_ECJPAKE_WITH_AES_128_CCM_8';

/** A duel in which datagrams take 50 ms; `before` tells what the attacker sends to whom ahead of a message. */
function attacked(
  suite: CipherSuiteName,
  before: Readonly<Record<string, readonly { readonly to: Side; readonly payload: Uint8Array }[]>>,
  changes: Partial<DuelOptions> & { readonly maximumDatagram?: number } = {},
): Duel {
  const { maximumDatagram = 1200, ...rest } = changes;
  const done = new Set<string>();
  const link: DuelLink = (payload) => {
    for (const record of recordsOf(payload)) {
      const name = nameOf(record);
      if (done.has(name)) continue;
      done.add(name);
      for (const { to, payload: forged } of before[name] ?? []) duel.inject(to, forged, 40);
    }
    return [{ payload, delay: 50 }];
  };
  const duel: Duel = new Duel({
    client: configuration('client', [suite], { maximumDatagram, trace: true }),
    server: configuration('server', [suite], { maximumDatagram, trace: true, clientAuthentication: 'require' }),
    sign: signWithTestKey,
    link,
    ...rest,
  });
  return duel;
}

const junk = plainRecord(ContentType.handshake, new Uint8Array(40).fill(0xff));

describe('junk in the clear', () => {
  it.each(allSuites)('between the datagrams of a flight costs %s nothing', (suite) => {
    const names = ['certificate', 'server_key_exchange', 'server_hello_done', 'client_key_exchange', 'finished'];
    const both = [junk, plainMessage('finished', 3, new Uint8Array(12))].flatMap((payload) => [
      { to: 'client' as const, payload },
      { to: 'server' as const, payload },
    ]);
    const duel = attacked(suite, Object.fromEntries(names.map((name) => [name, both])), { maximumDatagram: 200 });
    duel.run(30_000, () => duel.bothOpen);
    expect(duel.bothOpen).toBe(true);
    expect(duel.now).toBeLessThan(1000);
  });

  it('does not end a server that waits for its first ClientHello', () => {
    const pair = pairOf(ecjpake);
    pair.inject('server', junk);
    pair.inject('server', plainMessage('finished', 0, new Uint8Array(12)));
    pair.inject('server', plainMessage('client_key_exchange', 0, new Uint8Array(12)));
    expect(pair.run(5000).bothOpen).toBe(true);
  });

  it('that starves reassembly gives way to the message that is due', () => {
    const hog = (messageSequence: number): Uint8Array => {
      const header = encode(handshakeFragmentHeader, {
        type: 'certificate',
        length: 16_384,
        messageSequence,
        fragmentOffset: 0,
        fragmentLength: 1,
      });
      return plainRecord(ContentType.handshake, Uint8Array.of(...header, 7));
    };
    const hogs = [6, 7, 8, 9, 10, 11].map(hog);
    const duel = attacked(ecdsa, {
      client_hello_with_cookie: hogs.map((payload) => ({ to: 'client' as const, payload })),
      server_hello: hogs.map((payload) => ({ to: 'server' as const, payload })),
    });
    duel.run(30_000, () => duel.bothOpen);
    expect(duel.bothOpen).toBe(true);
    expect(duel.now).toBeLessThan(1000);
  });
});

describe('forged records of epoch 1', () => {
  it.each(allSuites)('before and behind the client finishes do not end a handshake of %s', (suite) => {
    const garbage = (to: Side) => [0, 1, 2, 3].map((sequence) => ({ to, payload: garbageRecord(sequence) }));
    const duel = attacked(suite, {
      server_hello_done: [...garbage('server'), ...garbage('client')],
      client_key_exchange: [...garbage('server'), ...garbage('client')],
    });
    duel.run(30_000, () => duel.bothOpen);
    expect(duel.bothOpen).toBe(true);
    expect(duel.now).toBeLessThan(2000);
  });

  it("that come with the peer's own flight cost a suite with certificates one retransmission", () => {
    const duel = attacked(
      ecdsa,
      {},
      {
        link: (payload, from) => {
          const isAnswer = recordsOf(payload).some((record) => nameOf(record) === 'finished') && from === 'client';
          const forged = isAnswer && duel.now < 900 ? [1, 2, 3].map((sequence) => garbageRecord(sequence)) : [];
          return [
            ...recordsOf(payload)
              .slice(0, -1)
              .map((record) => ({ payload: record, delay: 50 })),
            ...forged.map((record) => ({ payload: record, delay: 50 })),
            ...recordsOf(payload)
              .slice(-1)
              .map((record) => ({ payload: record, delay: 50 })),
          ];
        },
      },
    );
    duel.run(30_000, () => duel.bothOpen);
    expect(duel.bothOpen).toBe(true);
    expect(duel.now).toBeLessThan(2000);
  });
});

describe('spoofed HelloVerifyRequest', () => {
  const request = (cookie: number): Uint8Array =>
    plainMessage(
      'hello_verify_request',
      0,
      encode(helloVerifyRequest, { version: dtls10, cookie: new Uint8Array(20).fill(cookie) }),
    );

  it.each([1, 4, 40])('%i of them with cookies of nobody do not end the handshake', (count) => {
    const forged = Array.from({ length: count }, (_, index) => ({ to: 'client' as const, payload: request(index) }));
    const duel = attacked(anonymous, { client_hello: forged, server_hello: forged });
    duel.run(30_000, () => duel.bothOpen);
    expect(duel.bothOpen).toBe(true);
    expect(duel.sent.filter(({ from }) => from === 'client').length).toBeLessThan(20);
  });
});

describe('spoofed alerts', () => {
  const descriptions = [0, 10, 20, 40, 47, 50, 70, 80, 90, 255];

  it.each(allSuites)('in the clear at every moment do not end a handshake of %s', (suite) => {
    const forged = descriptions.flatMap((description) =>
      [1, 2].flatMap((level) => [
        { to: 'client' as const, payload: plainAlert(description, level) },
        { to: 'server' as const, payload: plainAlert(description, level) },
      ]),
    );
    const names = ['client_hello', 'hello_verify_request', 'client_hello_with_cookie', 'server_hello', 'finished'];
    const duel = attacked(suite, Object.fromEntries(names.map((name) => [name, forged])));
    duel.run(30_000, () => duel.bothOpen);
    expect(duel.bothOpen).toBe(true);
    expect(duel.now).toBeLessThan(1000);
  });

  it.each(['client', 'server'] as const)('wait while the %s judges the other side', (judging) => {
    const forged = [{ to: judging, payload: plainAlert(40) }];
    const duel = attacked(
      ecdsa,
      { certificate: forged, certificate_verify: forged },
      { judgeDelay: (side) => (side === judging ? 4000 : 0) },
    );
    duel.run(2000);
    duel.inject(judging, plainAlert(40));
    duel.run(30_000, () => duel.bothOpen);
    expect(duel.bothOpen).toBe(true);
  });
});

describe('a bad copy of a flight', () => {
  it('costs a retransmission even when the good copy is a little slower than the bad one was', () => {
    let flights = 0;
    const duel = attacked(
      ecjpake,
      {},
      {
        link: (payload, from) => {
          const isFlight = from === 'server' && recordsOf(payload).some((record) => nameOf(record) === 'server_hello');
          if (!isFlight) return [{ payload, delay: 50 }];
          const changed = payload.slice();
          const last = changed.length - 13 - 12 - 1;
          if (flights++ === 0) changed[last] = (changed[last] ?? 0) ^ 1;
          return [{ payload: changed, delay: flights === 1 ? 50 : 150 }];
        },
      },
    );
    duel.run(30_000, () => duel.bothOpen);
    expect(duel.bothOpen).toBe(true);
  });
});
