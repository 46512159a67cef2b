/** Datagrams of chance, into every state of connections and endpoints. Nothing throws, nothing grows, nothing breaks. */
import { concat, encode, SelvageError } from '@selvage/core';
import { mutate } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { type CipherSuiteName, DtlsEndpoint } from '../../src/index.js';
import { handshakeFragmentHeader, handshakeType } from '../../src/protocol/handshake.js';
import { allSuites, configuration, pairOf, signWithTestKey } from '../support/configurations.js';
import { Duel, type DuelLink } from '../support/duel.js';
import { addressOf, type CrowdAddress, heapInUse, tell } from './support/crowd.js';
import { plainRecord } from './support/forger.js';
import { recordsOf } from './support/wire.js';

const sides = ['client', 'server'] as const;
const contentTypes = [20, 21, 22, 23] as const;

/** A datagram that no peer sent: noise, or noise within a record, or within a fragment of a handshake message. */
function noise(random: SeededRandom): Uint8Array {
  const bytes = random.bytes(random.below(120));
  switch (random.below(4)) {
    case 0:
      return bytes;
    case 1: {
      const type = contentTypes[random.below(contentTypes.length)] as number;
      return plainRecord(type, bytes, { epoch: random.below(3), sequence: random.below(1000) });
    }
    case 2:
      return concat(plainRecord(22, fragment(random, bytes)), random.bytes(random.below(20)));
    default:
      return plainRecord(22, concat(fragment(random, bytes), fragment(random, bytes)));
  }
}

function fragment(random: SeededRandom, content: Uint8Array): Uint8Array {
  const header = encode(handshakeFragmentHeader, {
    type: handshakeType.fromNumber(random.below(24)),
    length: random.chance(0.5) ? content.length : random.below(0x100_0000),
    messageSequence: random.chance(0.9) ? random.below(8) : random.below(0x1_0000),
    fragmentOffset: random.chance(0.7) ? 0 : random.below(0x1_0000),
    fragmentLength: content.length,
  });
  return concat(header, content);
}

/** Runs `body` and names the seed if it throws. */
function seeded(seed: string, body: (random: SeededRandom) => void): void {
  try {
    body(new SeededRandom(seed));
  } catch (cause) {
    throw new SelvageError('internal', `seed ${seed}: ${String(cause)}`, { cause });
  }
}

function duelOn(suite: CipherSuiteName, link: DuelLink, changes: object = {}): Duel {
  return new Duel({
    client: configuration('client', [suite], { trace: true, ...changes }),
    server: configuration('server', [suite], { trace: true, clientAuthentication: 'require', ...changes }),
    sign: signWithTestKey,
    link,
  });
}

describe('noise', () => {
  const burst = 40;

  it.each(allSuites)('around a datagram of a handshake does not keep %s from completing', (suite) => {
    for (let target = 0; target < 14; target++) {
      seeded(`noise/${suite}/${target}`, (random) => {
        let passed = 0;
        const link: DuelLink = (payload) => {
          const isTarget = passed++ === target;
          for (let count = 0; isTarget && count < burst; count++) {
            for (const side of sides) duel.inject(side, noise(random), random.below(40));
          }
          return [{ payload, delay: 20 }];
        };
        const duel = duelOn(suite, link, { maximumDatagram: 300 });
        duel.run(60_000, () => duel.bothOpen);
        if (!duel.bothOpen) throw new SelvageError('internal', 'the handshake did not complete');
      });
    }
  });

  it.each(allSuites)('into an open session of %s changes nothing', (suite) => {
    seeded(`open/${suite}`, (random) => {
      const pair = pairOf(suite).run(5000);
      for (let count = 0; count < 2000; count++) {
        for (const side of sides) pair.inject(side, noise(random));
      }
      pair.run(pair.now + 10);
      for (const side of sides) pair.send(side, Uint8Array.of(5));
      pair.run(pair.now + 10);
      for (const side of sides) {
        expect(pair.outcome[side].data).toEqual([Uint8Array.of(5)]);
        expect(pair.outcome[side].closed).toBeUndefined();
      }
    });
  });

  it('into a closed connection does nothing', () => {
    seeded('closed', (random) => {
      const pair = pairOf('TLS_PSK_WITH_AES_128_CCM_8').run(5000);
      pair.close('client');
      pair.run(pair.now + 10);
      const sent = pair.sent.length;
      for (let count = 0; count < 2000; count++) {
        for (const side of sides) pair.inject(side, noise(random));
      }
      pair.run(pair.now + 10);
      expect(pair.sent.length).toBe(sent);
    });
  });

  it('into an endpoint leaves nothing behind', () => {
    seeded('endpoint', (random) => {
      const server = configuration('server', allSuites);
      const endpoint = new DtlsEndpoint<CrowdAddress>({ server, connectionIdLength: 4 });
      const pour = (count: number): void => {
        for (let index = 0; index < count; index++) tell(endpoint, noise(random), addressOf(random.below(50)), 0);
      };
      pour(2000);
      const before = heapInUse();
      pour(30_000);
      expect(heapInUse() - before).toBeLessThan(1_000_000);
      expect(endpoint.handshakeCount + endpoint.sessionCount).toBe(0);
    });
  });
});

describe('damaged copies', () => {
  it.each(allSuites)('of every datagram, ahead of it, never open %s under different keys', (suite) => {
    let completed = 0;
    const rounds = 20;
    for (let index = 0; index < rounds; index++) {
      seeded(`damaged/${suite}/${index}`, (random) => {
        const earlier: Uint8Array[] = [];
        const duel: Duel = duelOn(
          suite,
          (payload, from) => {
            earlier.push(payload);
            const to = from === 'client' ? 'server' : 'client';
            for (let count = 0; count < 3; count++) {
              duel.inject(
                to,
                mutate(earlier[random.below(earlier.length)] as Uint8Array, random),
                2 + random.below(20),
              );
            }
            return [{ payload, delay: 10 }];
          },
          { handshakeTimeout: 20_000 },
        );
        duel.run(60_000, () => duel.bothOpen);
        if (!duel.bothOpen) return;
        completed++;
        expect(duel.clientTold.keyBlock).toEqual(duel.serverOpen?.keyBlock);
      });
    }
    expect(completed).toBeGreaterThan(rounds / 4);
  });

  it.each(allSuites)('of application data are not data of %s', (suite) => {
    seeded(`data/${suite}`, (random) => {
      const pair = pairOf(suite, {
        pair: {
          link: (payload, from) => {
            const isData = recordsOf(payload)[0]?.[0] === 23;
            const to = from === 'client' ? 'server' : 'client';
            for (let count = 0; isData && count < 300; count++) {
              const damaged = mutate(payload, random);
              // What is added behind a record is another record, and the record itself is whole.
              const isWhole = payload.every((byte, at) => damaged[at] === byte);
              if (!isWhole) pair.inject(to, damaged, random.below(3));
            }
            return [{ payload, delay: 1 }];
          },
        },
      }).run(5000);
      for (const side of sides) pair.send(side, new Uint8Array(50).fill(3));
      pair.run(pair.now + 20);
      for (const side of sides) expect(pair.outcome[side].data).toEqual([new Uint8Array(50).fill(3)]);
    });
  });
});
