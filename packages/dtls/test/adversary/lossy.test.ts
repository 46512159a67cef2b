/**
 * Links that lose 30 % of all datagrams each way, double some and let some overtake others, in virtual time. Every
 * handshake completes: none of 1000 may fail, and each replays from its seed.
 */
import { bytesEqual } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { cipherSuites, type CipherSuiteName } from '../../src/index.js';
import { clientCertificate, serverCertificate } from '../support/certificates.js';
import { allSuites, configuration, pairOf } from '../support/configurations.js';
import { Duel } from '../support/duel.js';
import type { PairOptions } from '../support/pair.js';

const seedsPerSuite = 100;
const loss = 0.3;
const datagramSizes = [1200, 400, 200] as const;
/** Virtual ms. Twelve losses in a row take 41 s, and a flight in fragments needs all of its parts. */
const longest = 90_000;

/** Signs without randomness (RFC 6979), so that a handshake replays byte for byte. */
const sign: NonNullable<PairOptions['sign']> = ({ hash, message }, side) =>
  portableCore.p256.sign((side === 'client' ? clientCertificate : serverCertificate).privateKey, hash, message);

/** What a link does to a datagram: nothing, twice, or later than others. */
function lossyLink(random: SeededRandom) {
  return (payload: Uint8Array) => {
    const lost = random.chance(loss);
    const copies = random.chance(0.1) ? 2 : 1;
    const delays = [5 + random.below(75), 5 + random.below(400)];
    const overtaken = random.chance(0.1);
    if (lost) return [];
    return delays.slice(0, copies).map((delay) => ({ payload, delay: overtaken ? delay + 300 : delay }));
  };
}

/** Runs one handshake; gives the virtual time it took, or `undefined` when it did not complete as it must. */
function handshake(suite: CipherSuiteName, seed: number): number | undefined {
  const link = lossyLink(new SeededRandom(`${suite}/${seed}`));
  const shared = {
    retransmission: { initial: 1000, maximum: 4000 },
    handshakeTimeout: 600_000,
    maximumDatagram: datagramSizes[seed % datagramSizes.length] as number,
    seed,
  };
  return seed % 2 === 0 ? throughCookies(suite, shared, link) : between(suite, shared, link);
}

type Shared = NonNullable<Parameters<typeof configuration>[2]>;

function throughCookies(suite: CipherSuiteName, shared: Shared, link: ReturnType<typeof lossyLink>) {
  const duel = new Duel({
    client: configuration('client', [suite], shared),
    server: configuration('server', [suite], { ...shared, clientAuthentication: 'require' }),
    sign,
    link,
  });
  duel.run(600_000, () => duel.bothOpen);
  const { now } = duel;
  const [ours, theirs] = [duel.clientTold.keyBlock, duel.serverOpen?.keyBlock];
  return ours !== undefined && theirs !== undefined && bytesEqual(ours, theirs) ? now : undefined;
}

function between(suite: CipherSuiteName, shared: Shared, link: ReturnType<typeof lossyLink>) {
  const pair = pairOf(suite, {
    client: shared,
    server: { ...shared, clientAuthentication: 'require' },
    pair: { link },
  });
  while (!pair.bothOpen && pair.now < 600_000) pair.run(pair.now + 500);
  const { now } = pair;
  if (!pair.bothOpen) return undefined;
  const [ours, theirs] = [pair.connection('client').keyBlock(), pair.connection('server').keyBlock()];
  return bytesEqual(ours, theirs) ? now : undefined;
}

describe('at 30 % loss each way', () => {
  it.each(allSuites)(`${seedsPerSuite} of ${seedsPerSuite} handshakes of %s complete`, (suite) => {
    const failed: number[] = [];
    const times: number[] = [];
    for (let seed = 0; seed < seedsPerSuite; seed++) {
      const time = handshake(suite, seed);
      if (time === undefined) failed.push(seed);
      else times.push(time);
    }
    times.sort((a, b) => a - b);
    const [median, slowest] = [times[times.length >>> 1], times.at(-1)];
    console.log(`${suite}: ${times.length} of ${seedsPerSuite}, median ${median} ms, slowest ${slowest} ms (virtual)`);
    expect(failed, `seeds that failed for ${suite}`).toEqual([]);
    expect(slowest).toBeLessThan(longest);
  });

  it('are 1000 handshakes in all', () => {
    expect(seedsPerSuite * Object.keys(cipherSuites).length).toBe(1000);
  });

  it('goes the same way every time from the same seed', () => {
    for (const suite of ['TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', 'TLS_ECJPAKE_WITH_AES_128_CCM_8'] as const) {
      for (const seed of [4, 5]) expect(handshake(suite, seed)).toBe(handshake(suite, seed));
    }
  });
});
