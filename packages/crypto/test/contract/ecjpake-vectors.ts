import { concat, fromHex, Secret, toHex } from '@selvage/core';
import { outcomeOf, type TestFunctions } from '@selvage/core/testing';
import { FixedEntropy } from '@selvage/core/virtual';
import type { CryptoCore } from '@selvage/crypto';
import type { EcJpake } from '@selvage/crypto/portable';
import { exchange, makeSide, type Side } from './ecjpake-exchange.js';
import { scalar } from './p256-data.js';
import vectors from '../vectors/ecjpake-mbedtls.json' with { type: 'json' };
import openThread from '../vectors/ecjpake-openthread.json' with { type: 'json' };

/** What one side of a captured exchange logged, in hex. */
interface OpenThreadSide {
  readonly role: string;
  readonly s: string;
  readonly xm1: string;
  readonly xm2: string;
  readonly Xm1: string;
  readonly Xm2: string;
  readonly Xp1: string;
  readonly Xp2: string;
  readonly Xp: string;
  readonly premaster: string;
}

/** The messages and values of Mbed TLS's own tests. */
export function mbedTlsSuite({ describe, it, expect }: TestFunctions, core: CryptoCore): void {
  const password = fromHex(vectors.password);
  const load = (role: Side): EcJpake => sideWith(core, role, password, vectors[role].x1, vectors[role].x2);
  const other = (role: Side): Side => (role === 'client' ? 'server' : 'client');

  describe('EC-JPAKE as Mbed TLS', () => {
    for (const role of ['client', 'server'] as const) {
      it(`derives the self-test's premaster secret as ${role} from its messages`, () => {
        const side = load(role);
        side.writeRoundOne();
        side.readRoundOne(fromHex(vectors[other(role)].roundOne));
        side.readRoundTwo(fromHex(vectors[other(role)].roundTwo));
        expect(toHex(side.premasterSecret())).toBe(vectors.premasterSecret);
      });

      it(`writes the self-test's public keys as ${role}`, () => {
        const side = load(role);
        const [own, theirs] = [side.writeRoundOne(), fromHex(vectors[role].roundOne)];
        for (const at of [0, 165]) expect(toHex(own.subarray(at, at + 66))).toBe(toHex(theirs.subarray(at, at + 66)));
        side.readRoundOne(fromHex(vectors[other(role)].roundOne));
        const length = role === 'server' ? 69 : 66;
        expect(toHex(side.writeRoundTwo().subarray(0, length))).toBe(vectors[role].roundTwo.slice(0, 2 * length));
      });
    }

    for (const { name, round, reader, message, result } of vectors.cases) {
      it(`${name}: ${result}`, () => {
        const role = reader as Side;
        const side = load(role);
        const read = round === 1 ? side.readRoundOne.bind(side) : side.readRoundTwo.bind(side);
        side.writeRoundOne();
        if (round === 2) side.readRoundOne(fromHex(vectors[other(role)].roundOne));
        expect(expectedOutcomes[result]?.includes(outcomeOf(() => read(fromHex(message))))).toBe(true);
        if (result === 'valid') return;
        // The refused message changed nothing: the good one is taken.
        const good = round === 1 ? vectors[other(role)].roundOne : vectors[other(role)].roundTwo;
        expect(outcomeOf(() => read(fromHex(good)))).toBe('returned');
      });
    }
  });
}

/** What Mbed TLS's error names are here. */
const expectedOutcomes: Readonly<Record<string, readonly string[]>> = {
  valid: ['returned'],
  BAD_INPUT_DATA: ['truncated', 'trailing-bytes', 'length-out-of-range', 'invalid-point', 'invalid-value'],
  INVALID_KEY: ['identity-point', 'invalid-point', 'truncated'],
  // One of these messages ends after the bad proof, which Mbed TLS checks before it reads on.
  VERIFY_FAILED: ['invalid-proof', 'truncated'],
  FEATURE_UNAVAILABLE: ['invalid-value'],
};

/** What OpenThread nodes computed in captured handshakes. Their data come in pairs: the two ends of one exchange. */
export function openThreadSuite(t: TestFunctions, core: CryptoCore): void {
  for (const [name, sides] of Object.entries(openThread.captures)) captureSuite(t, core, name, sides);
}

function captureSuite(
  { describe, it, expect }: TestFunctions,
  core: CryptoCore,
  name: string,
  sides: readonly OpenThreadSide[],
): void {
  describe(`EC-JPAKE as captured, ${name}`, () => {
    for (const [index, side] of sides.entries()) {
      it(`makes the points and the premaster secret of exchange ${index >> 1}'s ${side.role}`, () => {
        const { p256 } = core;
        expect(toHex(p256.publicKey(fromHex(side.xm1)))).toBe(side.Xm1);
        expect(toHex(p256.publicKey(fromHex(side.xm2)))).toBe(side.Xm2);
        expect(toHex(premasterFromPoints(core, side))).toBe(side.premaster);
      });
    }

    for (let i = 0; i < sides.length; i += 2) {
      it(`replays exchange ${i >> 1} from the scalars of both sides`, () => {
        const [client, server] = [sides[i]!, sides[i + 1]!];
        expect([client.role, server.role]).toEqual(['client', 'server']);
        const { messages, secrets } = exchange(replayed(core, client), replayed(core, server));
        expect(toHex(messages.client[1].subarray(1, 66))).toBe(server.Xp);
        expect(toHex(messages.server[1].subarray(4, 69))).toBe(client.Xp);
        expect(toHex(secrets.client)).toBe(client.premaster);
        expect(toHex(secrets.server)).toBe(server.premaster);
        expect(client.premaster === server.premaster).toBe(client.s === server.s);
      });
    }
  });
}

/** RFC 8236 §3 by hand: SHA-256 of x(xm2·(Xp − (xm2·s)·Xp2)). */
function premasterFromPoints(core: CryptoCore, side: OpenThreadSide): Uint8Array {
  const { p256 } = core;
  const [xm2, s] = [fromHex(side.xm2), fromHex(side.s)];
  const factor = p256.multiply(xm2, p256.multiply(padded(s), fromHex(side.Xp2)));
  return core.hash('sha256', p256.sharedSecret(xm2, p256.add(fromHex(side.Xp), p256.negate(factor))));
}

function replayed(core: CryptoCore, { role, s, xm1, xm2 }: OpenThreadSide): EcJpake {
  return sideWith(core, role as Side, fromHex(s), xm1, xm2);
}

/** A side that draws these keys, and for its three proofs nonces of no interest. */
function sideWith(core: CryptoCore, role: Side, password: Uint8Array, x1: string, x2: string): EcJpake {
  const nonces = [3n ** 160n, 5n ** 109n, 7n ** 90n].map(scalar) as [Uint8Array, Uint8Array, Uint8Array];
  const entropy = new FixedEntropy(concat(fromHex(x1), nonces[0], fromHex(x2), nonces[1], nonces[2]));
  return makeSide(core, role, { password: Secret.of(password), entropy });
}

function padded(bytes: Uint8Array): Uint8Array {
  return concat(new Uint8Array(32 - bytes.length), bytes);
}
