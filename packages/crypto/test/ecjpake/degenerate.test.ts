import { concat, encode, Secret } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { FixedEntropy, SeededEntropy } from '@selvage/core/virtual';
import { ecjpakeKeyKp, nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { prove } from '../../src/ecjpake/schnorr.js';
import { makeSide } from '../contract/ecjpake-exchange.js';
import { groupOrder, scalar } from '../contract/p256-data.js';

/** The keys of both sides: only who knew all of them could do what follows. */
const [x1, x2, x3, x4, s] = [3n ** 100n, 5n ** 80n, 7n ** 70n, 11n ** 60n, 0x4a30314e4d45n] as const;
const nonces = [13n ** 50n, 17n ** 50n, 19n ** 50n].map(scalar) as [Uint8Array, Uint8Array, Uint8Array];
const mod = (a: bigint): bigint => ((a % groupOrder) + groupOrder) % groupOrder;

function inverse(a: bigint): bigint {
  let [base, exponent, result] = [mod(a), groupOrder - 2n, 1n];
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = mod(result * base);
    base = mod(base * base);
  }
  return result;
}

const drawing = (a: bigint, b: bigint): FixedEntropy =>
  new FixedEntropy(concat(scalar(a), nonces[0], scalar(b), nonces[1], nonces[2]));

describe.each([nativeCore, portableCore])('EC-JPAKE whose points cancel out, $engine', (core) => {
  const password = Secret.of(scalar(s));

  it('refuses a generator of round two that is the identity', () => {
    const client = makeSide(core, 'client', { password, entropy: drawing(x1, x2) });
    const server = makeSide(core, 'server', { password, entropy: drawing(x3, mod(-x1 - x3)) });
    const roundOne = client.writeRoundOne();
    client.readRoundOne(server.writeRoundOne());
    server.readRoundOne(roundOne);
    expect(outcomeOf(() => client.writeRoundTwo())).toBe('identity-point');
  });

  it('refuses a shared point that is the identity', () => {
    const client = makeSide(core, 'client', { password, entropy: drawing(x1, x2) });
    const server = makeSide(core, 'server', { password, entropy: drawing(x3, x4) });
    client.readRoundOne(server.writeRoundOne());
    server.readRoundOne(client.writeRoundOne());
    // X = (x4·s·x2)·G, which the server strips down to the identity, with a valid proof over its generator.
    const generator = core.p256.publicKey(scalar(mod(x1 + x3 + x4)));
    const forged = mod(x2 * s * x4 * inverse(x1 + x3 + x4));
    const context = { core, identity: 'client', generator } as const;
    const keyKp = prove(context, scalar(forged), new SeededEntropy('forged'));
    server.readRoundTwo(encode(ecjpakeKeyKp, keyKp));
    expect(outcomeOf(() => server.premasterSecret())).toBe('identity-point');
  });
});
