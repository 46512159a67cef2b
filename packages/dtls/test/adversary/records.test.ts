/** Records out of their place: epochs, sequence numbers, replays, and what an authentic peer may not do. */
import { concat, encode } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { handshakeMessage } from '../../src/protocol/handshake.js';
import { helloVerifyRequest } from '../../src/protocol/hello.js';
import { ContentType, dtls10, maximumSequence } from '../../src/protocol/record.js';
import { type RecordLayer } from '../../src/record/record-layer.js';
import type { CipherSuiteName } from '../../src/index.js';
import { allSuites, pairOf } from '../support/configurations.js';
import type { Pair, Side } from '../support/pair.js';
import {
  forgerOf,
  garbageRecord,
  leakingCore,
  type Listened,
  plainAlert,
  plainMessage,
  plainRecord,
} from './support/forger.js';
import { nameOf, recordsOf } from './support/wire.js';

const ecdsa: CipherSuiteName = 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8';
const psk: CipherSuiteName = 'TLS_PSK_WITH_AES_128_CCM_8';
const anonymous: CipherSuiteName = 'TLS_ECDH_anon_WITH_AES_128_CBC_SHA256';
const sides = ['client', 'server'] as const;
const other = (side: Side): Side => (side === 'client' ? 'server' : 'client');

/** An open pair and, for each side, somebody who writes authentic records in its name. */
function openPair(suite: CipherSuiteName): { pair: Pair; forgers: Record<Side, RecordLayer> } {
  const listened: Listened = [];
  const pair = pairOf(suite, { client: { core: leakingCore(listened) } }).run(5000);
  expect(pair.bothOpen).toBe(true);
  return {
    pair,
    forgers: { client: forgerOf(suite, 'client', listened), server: forgerOf(suite, 'server', listened) },
  };
}

/** Data passes both ways, and nothing but what the peers sent came in. */
function expectAlive(pair: Pair): void {
  for (const from of sides) {
    const before = pair.outcome[other(from)].data.length;
    pair.send(from, Uint8Array.of(1, 2, 3));
    pair.run(pair.now + 10);
    expect(pair.outcome[other(from)].data.slice(before)).toEqual([Uint8Array.of(1, 2, 3)]);
    expect(pair.outcome[from].closed).toBeUndefined();
  }
}

function alertsOf(pair: Pair, from: Side): number {
  return pair.sent.filter((sent) => sent.from === from && recordsOf(sent.payload).some((r) => nameOf(r) === 'alert'))
    .length;
}

describe('Finished in its place (RFC 6347 §4.2.4)', () => {
  it.each(allSuites)('before ChangeCipherSpec it waits for it in %s', (suite) => {
    const link = (payload: Uint8Array) => {
      const records = recordsOf(payload);
      const isHeld = (record: Uint8Array): boolean => nameOf(record) === 'change_cipher_spec';
      return [
        { payload: concat(...records.filter((record) => !isHeld(record))), delay: 1 },
        { payload: concat(...records.filter(isHeld)), delay: 100 },
      ].filter((datagram) => datagram.payload.length > 0);
    };
    const pair = pairOf(suite, { server: { clientAuthentication: 'require' }, pair: { link } });
    pair.run(90);
    expect(pair.outcome.server.session).toBeUndefined();
    expect(pair.run(5000).bothOpen).toBe(true);
  });

  it.each(allSuites)('without any ChangeCipherSpec it opens nothing in %s', (suite) => {
    const link = (payload: Uint8Array) => [
      { payload: concat(...recordsOf(payload).filter((record) => nameOf(record) !== 'change_cipher_spec')), delay: 1 },
    ];
    const pair = pairOf(suite, { pair: { link } }).run(300_000);
    expect(pair.outcome.client.session).toBeUndefined();
    expect(pair.outcome.server.session).toBeUndefined();
  });

  it('in the clear it is not read', () => {
    const link = (payload: Uint8Array, from: Side) => {
      const forged = from === 'client' ? [plainMessage('finished', 2, new Uint8Array(12))] : [];
      const records = recordsOf(payload).filter((record) => nameOf(record) !== 'finished');
      return [{ payload: concat(...records, ...forged), delay: 1 }];
    };
    const pair = pairOf(anonymous, { pair: { link } }).run(300_000);
    expect(pair.outcome.server.session).toBeUndefined();
    expect(pair.connection('server').counters.malformed).toBeGreaterThan(0);
  });

  it.each(['client_key_exchange', 'server_hello', 'certificate'] as const)(
    'nothing but it comes in epoch 1: %s',
    (type) => {
      const listened: Listened = [];
      const link = (payload: Uint8Array, from: Side) => {
        if (from === 'server' || nameOf(recordsOf(payload)[0] as Uint8Array) !== 'client_key_exchange') {
          return [{ payload, delay: 1 }];
        }
        const forger = forgerOf(psk, 'client', listened);
        const raw = handshakeMessage(type, 2, new Uint8Array(12)).raw;
        const records = recordsOf(payload).filter((record) => nameOf(record) !== 'finished');
        return [{ payload: concat(...records, forger.seal(ContentType.handshake, 1, raw)), delay: 1 }];
      };
      const pair = pairOf(psk, { client: { core: leakingCore(listened) }, pair: { link } }).run(30_000);
      expect(pair.outcome.server.closed).toMatchObject({ error: { code: 'unexpected-message' } });
    },
  );
});

describe('epochs', () => {
  it.each(allSuites)('but 0 and 1 hold nothing in %s', (suite) => {
    const { pair, forgers } = openPair(suite);
    const counters = pair.connection('server').counters;
    const before = counters.wrongEpoch;
    for (const epoch of [2, 3, 256, 65_535]) {
      const record = forgers.client.seal(ContentType.applicationData, 1, Uint8Array.of(9));
      record[3] = epoch >>> 8;
      record[4] = epoch & 0xff;
      pair.inject('server', record);
    }
    pair.run(pair.now + 10);
    expect(counters.wrongEpoch - before).toBe(4);
    expectAlive(pair);
  });

  it('are not skipped in a handshake', () => {
    for (const epoch of [1, 2, 3, 65_535]) {
      const link = (payload: Uint8Array) => {
        const records = recordsOf(payload).map((record) => {
          const changed = record.slice();
          if (nameOf(record) !== 'finished') return changed;
          changed[3] = epoch >>> 8;
          changed[4] = epoch & 0xff;
          return changed;
        });
        return [{ payload: concat(...records), delay: 1 }];
      };
      expect(pairOf(psk, { pair: { link } }).run(300_000).bothOpen).toBe(epoch === 1);
    }
  });

  it('0 carries no application data, neither before nor after the handshake', () => {
    const forged = plainRecord(ContentType.applicationData, Uint8Array.of(6, 6, 6));
    const link = (payload: Uint8Array) => [
      { payload: forged, delay: 1 },
      { payload: concat(forged, payload, forged), delay: 1 },
    ];
    const pair = pairOf(anonymous, { pair: { link } }).run(5000);
    expect(pair.bothOpen).toBe(true);
    expectAlive(pair);
    expect(pair.outcome.server.data.length + pair.outcome.client.data.length).toBe(2);
  });
});

describe('renegotiation (RFC 5746 is signalled, and there is none)', () => {
  it.each(sides)('that the %s is asked for is declined with no_renegotiation, and the session lives', (asked) => {
    const { pair, forgers } = openPair(ecdsa);
    const forger = forgers[other(asked)];
    const type = asked === 'client' ? 'hello_request' : 'client_hello';
    const body = asked === 'client' ? new Uint8Array(0) : new Uint8Array(60);
    const before = alertsOf(pair, asked);
    pair.inject(asked, forger.seal(ContentType.handshake, 1, handshakeMessage(type, 0, body).raw));
    pair.run(pair.now + 10);
    expect(alertsOf(pair, asked) - before).toBe(1);
    expectAlive(pair);
  });

  it.each(sides)('that nobody asked the %s for is not answered when it comes in the clear', (asked) => {
    const { pair } = openPair(ecdsa);
    const sent = pair.sent.length;
    pair.inject(asked, plainMessage('hello_request', 0, new Uint8Array(0)));
    pair.inject(asked, plainMessage('client_hello', 0, new Uint8Array(60)));
    pair.inject(asked, plainMessage('server_hello', 0, new Uint8Array(60)));
    pair.inject(
      asked,
      plainMessage(
        'hello_verify_request',
        0,
        encode(helloVerifyRequest, { version: dtls10, cookie: new Uint8Array(8) }),
      ),
    );
    pair.run(pair.now + 10);
    expect(pair.sent.length).toBe(sent);
    expectAlive(pair);
  });
});

describe('an open session', () => {
  it.each(allSuites)('takes no record twice in %s', (suite) => {
    const recorded: { to: Side; payload: Uint8Array }[] = [];
    const pair = pairOf(suite, {
      pair: {
        link: (payload, from) => {
          recorded.push({ to: other(from), payload });
          return [{ payload, delay: 1 }];
        },
      },
    }).run(5000);
    expectAlive(pair);
    const counts = sides.map((side) => pair.outcome[side].data.length);
    for (let round = 0; round < 3; round++) {
      for (const { to, payload } of recorded) {
        pair.inject(to, payload);
        pair.inject(other(to), payload);
      }
    }
    pair.run(pair.now + 10);
    expect(sides.map((side) => pair.outcome[side].data.length)).toEqual(counts);
    expectAlive(pair);
  });

  it.each(allSuites)('does not end by anything in the clear in %s', (suite) => {
    const { pair } = openPair(suite);
    for (const side of sides) {
      for (let description = 0; description < 256; description += 5) {
        pair.inject(side, plainAlert(description));
        pair.inject(side, plainAlert(description, 1));
      }
      pair.inject(side, plainRecord(ContentType.changeCipherSpec, Uint8Array.of(1)));
      pair.inject(side, plainMessage('finished', 3, new Uint8Array(12)));
      pair.inject(side, new Uint8Array(0));
      pair.inject(side, new Uint8Array(2000).fill(0x17));
      for (let sequence = 0; sequence < 200; sequence += 7) pair.inject(side, garbageRecord(sequence, sequence));
    }
    pair.run(pair.now + 10);
    expectAlive(pair);
  });

  it.each(allSuites)('lives through floods of authentic warnings and empty records in %s', (suite) => {
    const { pair, forgers } = openPair(suite);
    const before = pair.sent.length;
    for (const side of sides) {
      for (let index = 0; index < 300; index++) {
        pair.inject(side, forgers[other(side)].seal(ContentType.alert, 1, Uint8Array.of(1, 90)));
        pair.inject(side, forgers[other(side)].seal(ContentType.alert, 1, new Uint8Array(0)));
        pair.inject(side, forgers[other(side)].seal(ContentType.handshake, 1, new Uint8Array(0)));
        pair.inject(side, forgers[other(side)].seal(ContentType.changeCipherSpec, 1, Uint8Array.of(1)));
      }
    }
    pair.run(pair.now + 10);
    expect(pair.sent.length).toBe(before);
    for (const side of sides) expect(pair.outcome[side].closed).toBeUndefined();
  });

  it('hands on an authentic record without content as what it is', () => {
    const { pair, forgers } = openPair(psk);
    pair.inject('server', forgers.client.seal(ContentType.applicationData, 1, new Uint8Array(0)));
    pair.run(pair.now + 10);
    expect(pair.outcome.server.data).toEqual([new Uint8Array(0)]);
  });

  it('ends by an authentic fatal alert and by an authentic close_notify, and by nothing after that', () => {
    for (const [level, description, reason] of [
      [2, 20, { by: 'error', error: { code: 'peer-alert', details: { alert: 'bad_record_mac' } } }],
      [1, 0, { by: 'peer' }],
    ] as const) {
      const { pair, forgers } = openPair(psk);
      pair.inject('server', forgers.client.seal(ContentType.alert, 1, Uint8Array.of(level, description)));
      pair.inject('server', forgers.client.seal(ContentType.applicationData, 1, Uint8Array.of(1)));
      pair.run(pair.now + 10);
      expect(pair.outcome.server.closed).toMatchObject(reason);
      expect(pair.outcome.server.data).toEqual([]);
    }
  });

  it('does not read tls12_cid records where no connection ID was agreed', () => {
    const { pair, forgers } = openPair(psk);
    forgers.client.peerConnectionId = Uint8Array.of(1, 2, 3, 4);
    pair.inject('server', forgers.client.seal(ContentType.applicationData, 1, Uint8Array.of(1)));
    for (let length = 0; length < 60; length++) {
      pair.inject('server', concat(Uint8Array.of(25, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 9, 9), new Uint8Array(length)));
    }
    pair.run(pair.now + 10);
    expect(pair.outcome.server.data).toEqual([]);
    expectAlive(pair);
  });

  it('with connection IDs does not read records without one, or with another', () => {
    const listened: Listened = [];
    const connectionId = Uint8Array.of(1, 2, 3, 4);
    const pair = pairOf(psk, {
      client: { core: leakingCore(listened) },
      serverConnectionId: connectionId,
      clientConnectionId: new Uint8Array(0),
    }).run(5000);
    const forger = forgerOf(psk, 'client', listened);
    pair.inject('server', forger.seal(ContentType.applicationData, 1, Uint8Array.of(1)));
    forger.peerConnectionId = Uint8Array.of(1, 2, 3, 5);
    pair.inject('server', forger.seal(ContentType.applicationData, 1, Uint8Array.of(2)));
    pair.run(pair.now + 10);
    expect(pair.outcome.server.data).toEqual([]);
    expect(pair.connection('server').counters.wrongConnectionId).toBe(2);
    forger.peerConnectionId = connectionId;
    pair.inject('server', forger.seal(ContentType.applicationData, 1, Uint8Array.of(3)));
    pair.run(pair.now + 10);
    expect(pair.outcome.server.data).toEqual([Uint8Array.of(3)]);
  });
});

describe('the end of the sequence numbers, 2^48 (RFC 6347 §4.1)', () => {
  it.each(allSuites)('is reached, read and not passed in %s', (suite) => {
    const listened: Listened = [];
    const pair = pairOf(suite, { client: { core: leakingCore(listened) } }).run(5000);
    const forger = forgerOf(suite, 'client', listened, maximumSequence - 1);
    for (const value of [1, 2]) {
      pair.inject('server', forger.seal(ContentType.applicationData, 1, Uint8Array.of(value)));
    }
    expect(() => forger.seal(ContentType.applicationData, 1, Uint8Array.of(3))).toThrow(
      expect.objectContaining({ code: 'sequence-exhausted' }),
    );
    pair.run(pair.now + 10);
    expect(pair.outcome.server.data).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
  });

  it("in the clear is nobody else's end", () => {
    const link = (payload: Uint8Array) => {
      const records = recordsOf(payload).map((record) => {
        const changed = record.slice();
        if (changed[4] === 0) changed.fill(0xff, 5, 11);
        return changed;
      });
      return [{ payload: concat(...records), delay: 1 }];
    };
    expect(pairOf(anonymous, { pair: { link } }).run(5000).bothOpen).toBe(true);
  });
});

describe('an attacker beside the path', () => {
  it('who answers before the client puts no data into the session that the client then opens', () => {
    const listened: Listened = [];
    const pair = pairOf(anonymous, {
      client: { core: leakingCore(listened) },
      pair: {
        link: (payload, from, now) => {
          const name = nameOf(recordsOf(payload)[0] as Uint8Array);
          if (from !== 'client' || name !== 'client_key_exchange' || now > 500) return [{ payload, delay: 1 }];
          // Whoever sends the key exchange knows the keys it leads to; then a record that does not open takes them back.
          const data = forgerOf(anonymous, 'client', listened).seal(ContentType.applicationData, 1, Uint8Array.of(6));
          const exchange = recordsOf(payload).filter((record) => nameOf(record) !== 'finished');
          return [
            { payload: concat(...exchange, data), delay: 1 },
            { payload: garbageRecord(77), delay: 2 },
          ];
        },
      },
    }).run(30_000);
    expect(pair.bothOpen).toBe(true);
    expect(pair.outcome.server.data).toEqual([]);
  });
});
