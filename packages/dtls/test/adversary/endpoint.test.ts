/** Attacks on a server's endpoint: before the cookie, with it, and on sessions of others. */
import { bytesEqual, concat, encode } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { Reassembly } from '../../src/handshake/reassembly.js';
import { type CipherSuiteName, DtlsEndpoint } from '../../src/index.js';
import { handshakeFragmentHeader } from '../../src/protocol/handshake.js';
import { ContentType } from '../../src/protocol/record.js';
import { allSuites, configuration } from '../support/configurations.js';
import {
  addressOf,
  cookieIn,
  type CrowdAddress,
  type CrowdEndpoint,
  drain,
  Guest,
  heapInUse,
  helloDatagram,
  helloOf,
  tell,
} from './support/crowd.js';
import { garbageRecord, plainAlert, plainMessage, plainRecord } from './support/forger.js';
import { connectionIdLength, recordsOf } from './support/wire.js';

const anonymous: CipherSuiteName = 'TLS_ECDH_anon_WITH_AES_128_CBC_SHA256';
const psk: CipherSuiteName = 'TLS_PSK_WITH_AES_128_CCM_8';
const ecjpake: CipherSuiteName = 'TLS_ECJPAKE_WITH_AES_128_CCM_8';

function serverOf(suite: CipherSuiteName, options: object = {}, changes: object = {}): CrowdEndpoint {
  return new DtlsEndpoint<CrowdAddress>({ server: configuration('server', [suite], changes), ...options });
}

function guestAt(endpoint: CrowdEndpoint, suite: CipherSuiteName, index: number, now: number, changes: object = {}) {
  return new Guest(
    endpoint,
    configuration('client', [suite], { seed: 100 + index, ...changes }),
    addressOf(index),
    now,
  );
}

describe('before the cookie', () => {
  it('100,000 clients leave nothing behind', () => {
    const endpoint = serverOf(ecjpake);
    const hello = helloOf(configuration('client', [ecjpake]));
    const random = new SeededRandom(5);
    const flood = (count: number): void => {
      for (let index = 0; index < count; index++) {
        const payload = helloDatagram({ ...hello, random: random.bytes(32) });
        const { sent, happenings } = tell(endpoint, payload, addressOf(random.below(65_536)), index / 100);
        if (sent.length !== 1 || happenings.length > 0) expect.fail('a cookie-less ClientHello was more than answered');
      }
    };
    flood(5000);
    const before = heapInUse();
    flood(100_000);
    expect(heapInUse() - before).toBeLessThan(1_000_000);
    expect(endpoint.handshakeCount).toBe(0);
    expect(endpoint.sessionCount).toBe(0);
    expect(endpoint.deadline).toBeUndefined();
    expect(endpoint.counters.cookiesSent).toBe(105_000);
  });

  it.each(allSuites)('the answer is no longer than the ClientHello of %s', (suite) => {
    const endpoint = serverOf(suite);
    const payload = helloDatagram(helloOf(configuration('client', [suite])));
    const { sent } = tell(endpoint, payload, addressOf(1), 0);
    expect(sent.length).toBe(1);
    expect(sent[0]?.payload.length).toBeLessThanOrEqual(payload.length);
  });

  it('no datagram at all is answered with a longer one', () => {
    const endpoint = serverOf(psk);
    const whole = helloDatagram(helloOf(configuration('client', [psk])));
    let answered = 0;
    for (let length = 0; length <= whole.length - 25; length++) {
      const body = whole.subarray(25, 25 + length);
      const header = encode(handshakeFragmentHeader, {
        type: 'client_hello',
        length: whole.length - 25,
        messageSequence: 0,
        fragmentOffset: 0,
        fragmentLength: length,
      });
      const payload = plainRecord(ContentType.handshake, concat(header, body));
      const { sent } = tell(endpoint, payload, addressOf(1), 0);
      if (sent.length === 0) continue;
      answered++;
      expect(sent.length).toBe(1);
      expect(sent[0]?.payload.length).toBeLessThanOrEqual(payload.length);
    }
    expect(answered).toBeGreaterThan(10);
  });

  it('many ClientHellos in one datagram are answered once', () => {
    const endpoint = serverOf(psk);
    const hello = helloDatagram(helloOf(configuration('client', [psk])));
    expect(tell(endpoint, concat(hello, hello, hello), addressOf(1), 0).sent.length).toBe(1);
  });

  it('nothing else is answered at all', () => {
    const endpoint = serverOf(psk);
    const strays = [
      plainAlert(40),
      garbageRecord(),
      plainMessage('client_key_exchange', 1, new Uint8Array(5)),
      new Uint8Array(0),
    ];
    for (const payload of strays) expect(tell(endpoint, payload, addressOf(1), 0).sent).toEqual([]);
    expect(endpoint.counters.stray).toBe(strays.length);
  });
});

describe('a cookie (RFC 6347 §4.2.1)', () => {
  const lifetime = 10_000;
  const hello = helloOf(configuration('client', [psk]));
  const cookieFor = (endpoint: CrowdEndpoint, from: CrowdAddress, now: number): Uint8Array => {
    const [first] = tell(endpoint, helloDatagram(hello), from, now).sent;
    return cookieIn(first?.payload ?? new Uint8Array(0)) ?? expect.fail('no cookie');
  };
  const isTaken = (
    endpoint: CrowdEndpoint,
    cookie: Uint8Array,
    from: CrowdAddress,
    now: number,
    sent = hello,
  ): boolean => {
    const before = endpoint.handshakeCount;
    tell(endpoint, helloDatagram({ ...sent, cookie }), from, now);
    return endpoint.handshakeCount > before;
  };

  it('is good for its own address and ClientHello alone', () => {
    const endpoint = serverOf(psk);
    const cookie = cookieFor(endpoint, addressOf(1), 0);
    expect(isTaken(endpoint, cookie, addressOf(2), 1)).toBe(false);
    expect(isTaken(endpoint, cookie, addressOf(1), 1, { ...hello, random: new Uint8Array(32) })).toBe(false);
    expect(isTaken(endpoint, cookie, addressOf(1), 1, { ...hello, sessionId: new Uint8Array(8) })).toBe(false);
    expect(isTaken(endpoint, cookie.slice(1), addressOf(1), 1)).toBe(false);
    expect(isTaken(endpoint, concat(cookie, Uint8Array.of(0)), addressOf(1), 1)).toBe(false);
    expect(isTaken(endpoint, cookie, addressOf(1), 1)).toBe(true);
  });

  it('is good for one lifetime at least and two at most', () => {
    for (const [age, good] of [
      [lifetime - 1, true],
      [lifetime + 1, true],
      [2 * lifetime, false],
      [10 * lifetime, false],
    ] as const) {
      const endpoint = serverOf(psk, { cookieLifetime: lifetime });
      const cookie = cookieFor(endpoint, addressOf(1), 0);
      expect(isTaken(endpoint, cookie, addressOf(1), age)).toBe(good);
    }
  });

  it('of a secret that has changed twice is refused however busy the server was', () => {
    const endpoint = serverOf(psk, { cookieLifetime: lifetime });
    const cookie = cookieFor(endpoint, addressOf(1), 0);
    for (let now = 0; now <= 2 * lifetime; now += 1000) cookieFor(endpoint, addressOf(7), now);
    expect(isTaken(endpoint, cookie, addressOf(1), 2 * lifetime)).toBe(false);
  });

  it('of one server is refused by another', () => {
    const cookie = cookieFor(serverOf(psk, {}, { seed: 8 }), addressOf(1), 0);
    expect(isTaken(serverOf(psk, {}, { seed: 9 }), cookie, addressOf(1), 0)).toBe(false);
  });
});

describe('half-open handshakes', () => {
  it('10,000 with valid cookies are capped, forgotten in time, and let a good client through', () => {
    const endpoint = serverOf(anonymous);
    const hello = helloOf(configuration('client', [anonymous]));
    const random = new SeededRandom(6);
    const half = (index: number): void => {
      const own = { ...hello, random: random.bytes(32) };
      const from = addressOf(index);
      const [asked] = tell(endpoint, helloDatagram(own), from, index).sent;
      const cookie = cookieIn(asked?.payload ?? new Uint8Array(0)) ?? expect.fail('no cookie');
      expect(tell(endpoint, helloDatagram({ ...own, cookie }), from, index).sent.length).toBeGreaterThan(0);
    };
    for (let index = 0; index < 2000; index++) half(index);
    expect(endpoint.handshakeCount).toBe(1000);
    const before = heapInUse();
    for (let index = 2000; index < 10_000; index++) half(index);
    expect(endpoint.handshakeCount).toBe(1000);
    expect(endpoint.counters.evicted).toBe(9000);
    expect(heapInUse() - before).toBeLessThan(4_000_000);

    const guest = guestAt(endpoint, anonymous, 20_000, 10_000);
    guest.talk(10_000);
    expect(guest.connection.session).toBeDefined();
    expect(endpoint.sessionCount).toBe(1);
    for (let now = 10_000; now < 140_000; now += 1000) drain(endpoint, now);
    expect(endpoint.handshakeCount).toBe(0);
    expect(endpoint.sessionCount).toBe(1);
  });

  it('of one address are two at most, and the newest completes', () => {
    const endpoint = serverOf(anonymous);
    const guests = Array.from({ length: 20 }, (_, index) => {
      const guest = new Guest(endpoint, configuration('client', [anonymous], { seed: 300 + index }), addressOf(1), 0);
      for (const payload of guest.take(0)) guest.send(payload, 0);
      for (const payload of guest.take(0)) guest.send(payload, 0);
      expect(endpoint.handshakeCount).toBeLessThanOrEqual(2);
      return guest;
    });
    guests[19]?.talk(0);
    expect(guests[19]?.connection.session).toBeDefined();
    expect(endpoint.handshakeCount).toBe(0);
  });
});

describe('a ClientHello in fragments', () => {
  it.each([128, 160, 200, 300])('of datagrams of %i bytes brings its cookie and completes', (maximumDatagram) => {
    const endpoint = serverOf(ecjpake, {}, { maximumDatagram });
    const guest = guestAt(endpoint, ecjpake, 1, 0, { maximumDatagram });
    guest.talk(0);
    expect(guest.connection.session).toBeDefined();
  });
});

describe('an open session', () => {
  const opened = (suite: CipherSuiteName = psk, index = 1) => {
    const endpoint = serverOf(suite);
    const guest = guestAt(endpoint, suite, index, 0);
    guest.talk(0);
    expect(guest.connection.session).toBeDefined();
    return { endpoint, guest };
  };
  const isAlive = (guest: Guest, now: number): boolean =>
    guest.send(guest.seal(Uint8Array.of(7), now), now).some(({ kind, data }) => kind === 'data' && data?.[0] === 7);

  it('outlives every ClientHello that does not lead to a session', () => {
    const { endpoint, guest } = opened();
    for (let index = 0; index < 50; index++) {
      const own = { ...helloOf(configuration('client', [psk])), random: new Uint8Array(32).fill(index) };
      const [asked] = tell(endpoint, helloDatagram(own), guest.address, 1).sent;
      const cookie = cookieIn(asked?.payload ?? new Uint8Array(0)) ?? expect.fail('no cookie');
      tell(endpoint, helloDatagram({ ...own, cookie }), guest.address, 1);
      expect(isAlive(guest, 1)).toBe(true);
    }
    expect(endpoint.sessionCount).toBe(1);
    for (let now = 1000; now < 200_000; now += 1000) drain(endpoint, now);
    expect(endpoint.handshakeCount).toBe(0);
    expect(isAlive(guest, 200_000)).toBe(true);
  });

  it('gives way to a new one from its address only when that has completed', () => {
    const { endpoint, guest } = opened();
    const again = new Guest(endpoint, configuration('client', [psk], { seed: 77 }), guest.address, 1);
    for (let round = 0; round < 2; round++) {
      for (const payload of again.take(1)) again.send(payload, 1);
      expect(isAlive(guest, 1)).toBe(true);
    }
    again.talk(1);
    expect(again.connection.session).toBeDefined();
    expect(isAlive(again, 1)).toBe(true);
    expect(isAlive(guest, 1)).toBe(false);
    expect(endpoint.sessionCount).toBe(1);
  });

  it('is not moved, doubled or ended by its own ClientHello played back', () => {
    const endpoint = serverOf(psk);
    const recorded: Uint8Array[] = [];
    const guest = guestAt(endpoint, psk, 1, 0);
    for (let sending = guest.take(0); sending.length > 0; sending = guest.take(0)) {
      for (const payload of sending) {
        recorded.push(payload);
        guest.send(payload, 0);
      }
    }
    for (const payload of [...recorded, ...recorded]) {
      tell(endpoint, payload, guest.address, 1);
      tell(endpoint, payload, addressOf(99), 1);
    }
    expect(endpoint.sessionCount).toBe(1);
    expect(endpoint.handshakeCount).toBe(0);
    expect(isAlive(guest, 1)).toBe(true);
  });
});

describe('forged fragments', () => {
  it('of any length and number never take reassembly past its cap', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = new SeededRandom(`fragments/${seed}`);
      const reassembly = new Reassembly(16_384);
      const lengths = [0, 1, 100, 16_383, 16_384, 16_385, 65_536, 0xff_ffff];
      for (let count = 0; count < 2000; count++) {
        const fragment = random.bytes(random.below(200));
        reassembly.add({
          type: random.chance(0.5) ? 'certificate' : 'server_key_exchange',
          length: lengths[random.below(lengths.length)] as number,
          messageSequence: random.chance(0.1) ? 0xffff : random.below(40),
          fragmentOffset: random.chance(0.1) ? 0xff_ff00 : random.below(20_000),
          fragmentLength: fragment.length,
          fragment,
        });
        if (reassembly.buffered > 65_536 || reassembly.buffered < 0)
          expect.fail(`seed ${seed}: ${reassembly.buffered}`);
        if (random.chance(0.01) && reassembly.peek() !== undefined) reassembly.advance();
      }
      reassembly.restart(0);
      expect(reassembly.buffered).toBe(0);
    }
  });
});

describe('connection IDs (RFC 9146 §6)', () => {
  const world = (guests = 1) => {
    const endpoint = serverOf(psk, { connectionIdLength: 8 });
    const connected = Array.from({ length: guests }, (_, index) => {
      const own = configuration('client', [psk], { seed: 500 + index });
      const guest = new Guest(endpoint, own, addressOf(index), 0, new Uint8Array(0));
      const peer = guest.talk(0).find(({ kind }) => kind === 'connected')?.peer ?? expect.fail('not connected');
      return { guest, peer };
    });
    return { endpoint, connected };
  };
  const first = <T>(all: readonly T[]): T => all[0] ?? expect.fail('nobody');

  it('move a peer with its newest authentic record', () => {
    const { connected } = world();
    const { guest, peer } = first(connected);
    const record = guest.seal(Uint8Array.of(1), 1);
    expect(guest.send(record, 1, addressOf(50)).map(({ kind }) => kind)).toEqual(['data']);
    expect(peer.address.key).toBe(addressOf(50).key);
  });

  it('do not move it with records that are forged, replayed or older', () => {
    const { connected } = world();
    const { guest, peer } = first(connected);
    const [old, newer] = [guest.seal(Uint8Array.of(1), 1), guest.seal(Uint8Array.of(2), 1)];
    guest.send(newer, 1);
    const forged = newer.slice();
    forged[10] = (forged[10] ?? 0) + 5;
    for (const payload of [forged, newer, old, old]) guest.send(payload, 1, addressOf(66));
    expect(peer.address.key).toBe(guest.address.key);
  });

  it('do not move a handshake, nor end it', () => {
    const endpoint = serverOf(psk, { connectionIdLength });
    const guest = new Guest(endpoint, configuration('client', [psk]), addressOf(1), 0, new Uint8Array(0));
    const told: string[] = [];
    for (let sending = guest.take(0); sending.length > 0; sending = guest.take(0)) {
      for (const payload of sending.flatMap(recordsOf)) {
        const elsewhere = payload[0] === ContentType.tls12Cid ? addressOf(66) : guest.address;
        told.push(...guest.send(payload, 0, elsewhere).map(({ kind }) => kind));
      }
    }
    expect(told).toEqual(['connected']);
    expect(guest.connection.session).toBeDefined();
    expect(endpoint.handshakeCount).toBe(0);
    expect(endpoint.sessionCount).toBe(1);
  });

  it('do not let a peer take the address, or the session, of another', () => {
    const { endpoint, connected } = world(2);
    const [attacker, victim] = connected;
    if (attacker === undefined || victim === undefined) return expect.fail('nobody');
    attacker.guest.send(attacker.guest.seal(Uint8Array.of(1), 1), 1, victim.guest.address);
    expect(endpoint.sessionCount).toBe(2);
    expect(attacker.peer.address.key).toBe(attacker.guest.address.key);
    const data = victim.guest.send(victim.guest.seal(Uint8Array.of(4), 1), 1);
    expect(data.some((happening) => happening.data !== undefined && bytesEqual(happening.data, Uint8Array.of(4)))).toBe(
      true,
    );
  });

  it('of nobody, and cut short, are strays', () => {
    const { endpoint, connected } = world();
    const record = first(connected).guest.seal(Uint8Array.of(1), 1);
    const wrong = record.slice();
    wrong[12] = (wrong[12] ?? 0) ^ 1;
    for (let length = 0; length < record.length; length++) {
      expect(tell(endpoint, record.subarray(0, length), addressOf(9), 1).happenings).toEqual([]);
    }
    expect(tell(endpoint, wrong, addressOf(9), 1)).toEqual({ sent: [], happenings: [] });
    expect(endpoint.sessionCount).toBe(1);
  });
});
