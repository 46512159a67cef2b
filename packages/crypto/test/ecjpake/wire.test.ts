import { fromHex } from '@selvage/core';
import { codecSuite, outcomeOf } from '@selvage/core/testing';
import type { SeededRandom } from '@selvage/core/virtual';
import { ecjpakeKeyKp, ecjpakeKeyKpPairList, serverEcjpakeParams } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { type EcjpakeKeyKp, scalarOfWire, serverCurve } from '../../src/ecjpake/wire.js';
import vectors from '../vectors/ecjpake-mbedtls.json' with { type: 'json' };

const t = { describe, it, expect };

function randomBytes(random: SeededRandom): Uint8Array {
  return random.bytes(random.chance(0.1) ? 255 : 1 + random.below(40));
}

const generateKey = (random: SeededRandom): EcjpakeKeyKp => ({
  x: randomBytes(random),
  zkp: { v: randomBytes(random), r: randomBytes(random) },
});

/** The key and proof at byte `at` of a message: `41 X 41 V 20 r`. */
function keyAt(message: string, at: number): EcjpakeKeyKp {
  const bytes = fromHex(message).subarray(at);
  return { x: bytes.slice(1, 66), zkp: { v: bytes.slice(67, 132), r: bytes.slice(133, 165) } };
}

codecSuite(t, {
  name: 'ECJPAKEKeyKP',
  codec: ecjpakeKeyKp,
  vectors: [
    {
      name: "the self-test's ClientKeyExchange",
      bytes: vectors.client.roundTwo,
      value: keyAt(vectors.client.roundTwo, 0),
    },
  ],
  rounds: 60,
  generate: generateKey,
});

codecSuite(t, {
  name: 'ECJPAKEKeyKPPairList',
  codec: ecjpakeKeyKpPairList,
  vectors: (['client', 'server'] as const).map((role) => {
    const bytes = vectors[role].roundOne;
    return { name: `the self-test's ${role}`, bytes, value: { first: keyAt(bytes, 0), second: keyAt(bytes, 165) } };
  }),
  rounds: 60,
  generate: (random) => ({ first: generateKey(random), second: generateKey(random) }),
});

codecSuite(t, {
  name: 'ServerECJPAKEParams',
  codec: serverEcjpakeParams,
  vectors: [
    {
      name: "the self-test's ServerKeyExchange",
      bytes: vectors.server.roundTwo,
      value: { ...serverCurve, keyKp: keyAt(vectors.server.roundTwo, 3) },
    },
  ],
  rounds: 60,
  generate: (random) => ({ ...serverCurve, keyKp: generateKey(random) }),
});

describe('r on the wire', () => {
  it('is a number of up to 32 bytes with any leading zeros', () => {
    const wanted = new Uint8Array(32);
    wanted[31] = 5;
    for (const length of [1, 2, 31, 32, 33, 255]) {
      const r = new Uint8Array(length);
      r[length - 1] = 5;
      expect(scalarOfWire(r)).toEqual(wanted);
    }
    expect(scalarOfWire(new Uint8Array(255))).toEqual(new Uint8Array(32));
  });

  it('is refused above that', () => {
    const r = new Uint8Array(33);
    r[0] = 1;
    expect(outcomeOf(() => scalarOfWire(r))).toBe('invalid-scalar');
    expect(outcomeOf(() => scalarOfWire(new Uint8Array(255).fill(255)))).toBe('invalid-scalar');
  });
});
