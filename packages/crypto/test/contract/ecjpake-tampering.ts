import { concat, encode, fromHex, toHex } from '@selvage/core';
import { outcomeOf, type TestFunctions } from '@selvage/core/testing';
import type { CryptoCore, P256 } from '@selvage/crypto';
import { type EcJpake, type ecjpakeKeyKp, serverEcjpakeParams } from '@selvage/crypto/portable';
import { makeSide, reachRoundOne, type Side } from './ecjpake-exchange.js';
import { badPoints, generator, groupOrder, pointFrom, scalar } from './p256-data.js';

/** The fields of one ECJPAKEKeyKP: what a dishonest peer plays with. */
interface KeyKp {
  readonly x: Uint8Array;
  readonly v: Uint8Array;
  readonly r: Uint8Array;
}

/** One dishonest change of a key and its proof, and the error that it must end in. */
interface Forgery {
  readonly name: string;
  readonly forge: (kp: KeyKp, p256: P256) => KeyKp;
  readonly outcome: string;
}

const plus = (bytes: Uint8Array, n: bigint): Uint8Array =>
  scalar((BigInt(`0x${toHex(bytes)}`) + n + groupOrder) % groupOrder);

/** What {@link tamperingSuite} does to every key of every message. */
export const forgeries: readonly Forgery[] = [
  ...badPoints
    .filter(({ bytes }) => bytes.length > 0)
    .flatMap(({ name, bytes }): Forgery[] => {
      const outcome = name === 'the identity' ? 'identity-point' : 'invalid-point';
      return [
        { name: `X is ${name}`, forge: (kp) => ({ ...kp, x: bytes }), outcome },
        { name: `V is ${name}`, forge: (kp) => ({ ...kp, v: bytes }), outcome },
      ];
    }),
  { name: 'X has no bytes', forge: (kp) => ({ ...kp, x: new Uint8Array(0) }), outcome: 'length-out-of-range' },
  { name: 'V has no bytes', forge: (kp) => ({ ...kp, v: new Uint8Array(0) }), outcome: 'length-out-of-range' },
  { name: 'r has no bytes', forge: (kp) => ({ ...kp, r: new Uint8Array(0) }), outcome: 'length-out-of-range' },
  { name: 'r is zero', forge: (kp) => ({ ...kp, r: Uint8Array.of(0) }), outcome: 'invalid-scalar' },
  { name: 'r is zero in 32 bytes', forge: (kp) => ({ ...kp, r: scalar(0n) }), outcome: 'invalid-scalar' },
  { name: 'r is n', forge: (kp) => ({ ...kp, r: scalar(groupOrder) }), outcome: 'invalid-scalar' },
  { name: 'r has 33 bytes', forge: (kp) => ({ ...kp, r: concat(Uint8Array.of(1), kp.r) }), outcome: 'invalid-scalar' },
  {
    name: 'r has 255 bytes',
    forge: (kp) => ({ ...kp, r: concat(new Uint8Array(223).fill(1), kp.r) }),
    outcome: 'invalid-scalar',
  },
  { name: 'r is off by one', forge: (kp) => ({ ...kp, r: plus(kp.r, 1n) }), outcome: 'invalid-proof' },
  { name: 'r is one', forge: (kp) => ({ ...kp, r: Uint8Array.of(1) }), outcome: 'invalid-proof' },
  {
    name: 'r is negated',
    forge: (kp) => ({ ...kp, r: scalar(groupOrder - BigInt(`0x${toHex(kp.r)}`)) }),
    outcome: 'invalid-proof',
  },
  { name: 'X is negated', forge: (kp, p256) => ({ ...kp, x: p256.negate(kp.x) }), outcome: 'invalid-proof' },
  { name: 'V is negated', forge: (kp, p256) => ({ ...kp, v: p256.negate(kp.v) }), outcome: 'invalid-proof' },
  {
    name: 'X, V and r are negated',
    forge: (kp, p256) => ({
      x: p256.negate(kp.x),
      v: p256.negate(kp.v),
      r: scalar(groupOrder - BigInt(`0x${toHex(kp.r)}`)),
    }),
    outcome: 'invalid-proof',
  },
  { name: 'X is the generator', forge: (kp) => ({ ...kp, x: generator }), outcome: 'invalid-proof' },
  { name: 'V is the generator', forge: (kp) => ({ ...kp, v: generator }), outcome: 'invalid-proof' },
  { name: 'X and V are exchanged', forge: (kp) => ({ ...kp, x: kp.v, v: kp.x }), outcome: 'invalid-proof' },
  { name: 'V is X', forge: (kp) => ({ ...kp, v: kp.x }), outcome: 'invalid-proof' },
  {
    name: 'V = r·G, which would hold for X the identity',
    forge: (kp, p256) => ({ ...kp, v: p256.publicKey(kp.r) }),
    outcome: 'invalid-proof',
  },
];

/** A message of the exchange, one side that can read it, and the keys that it carries. */
interface Target {
  readonly name: string;
  readonly start: (core: CryptoCore) => { message: Uint8Array; read: (bytes: Uint8Array) => void; finish: () => void };
  readonly keys: readonly number[];
}

const keyLength = 165;

const targets: readonly Target[] = [
  { name: 'round one of the client', start: (core) => startRoundOne(core, 'client'), keys: [0, keyLength] },
  { name: 'round one of the server', start: (core) => startRoundOne(core, 'server'), keys: [0, keyLength] },
  { name: 'round two of the client', start: (core) => startRoundTwo(core, 'client'), keys: [0] },
  { name: 'round two of the server', start: (core) => startRoundTwo(core, 'server'), keys: [3] },
];

/**
 * What EC-JPAKE must do over every engine against a peer that tampers: each change ends in its error, the side stays as
 * it was, and the honest message is taken afterwards.
 */
export function tamperingSuite({ describe, it, expect }: TestFunctions, core: CryptoCore): void {
  describe('EC-JPAKE against tampering', () => {
    for (const { name, start, keys } of targets) {
      describe(name, () => {
        it('cut off anywhere, or with bytes after it, is refused', () => {
          const { message, read, finish } = start(core);
          const cuts = [...message.keys()].map((length) => outcomeOf(() => read(message.subarray(0, length))));
          expect(cuts.filter((outcome) => outcome !== 'truncated')).toEqual([]);
          expect(outcomeOf(() => read(concat(message, Uint8Array.of(0))))).toBe('trailing-bytes');
          expect(outcomeOf(() => read(concat(message, message)))).toBe('trailing-bytes');
          finish();
        });

        for (const at of keys) {
          it(`with each of ${forgeries.length} forgeries of the key at byte ${at} is refused, and then taken`, () => {
            const { message, read, finish } = start(core);
            const outcomes = forgeries.map(({ name: forgery, forge }) => ({
              forgery,
              outcome: outcomeOf(() => read(withForgery(message, at, (kp) => forge(kp, core.p256)))),
            }));
            expect(outcomes).toEqual(forgeries.map(({ name: forgery, outcome }) => ({ forgery, outcome })));
            finish();
          });
        }
      });
    }

    it('refuses round one with the keys of two exchanges mixed within a proof', () => {
      const [a, b] = ['a', 'b'].map((seed) => makeSide(core, 'server', { seed }).writeRoundOne()) as Two;
      const client = makeSide(core, 'client');
      const mixed = withForgery(a, 0, (kp) => ({ ...kp, x: keyAt(b, 0).x }));
      expect(outcomeOf(() => client.readRoundOne(mixed))).toBe('invalid-proof');
      // Whole proofs stand alone: each shows that its maker knows that key.
      expect(outcomeOf(() => client.readRoundOne(concat(a.subarray(0, keyLength), b.subarray(keyLength))))).toBe(
        'returned',
      );
    });

    it('refuses round two that was made for another exchange', () => {
      const one = reachRoundOne(core);
      const another = makeSide(core, 'server', { seed: 'another' });
      another.readRoundOne(one.messages.client);
      another.writeRoundOne();
      expect(outcomeOf(() => one.client.readRoundTwo(another.writeRoundTwo()))).toBe('invalid-proof');
    });

    it('refuses a proof over the curve’s generator in round two', () => {
      const { client, server } = reachRoundOne(core);
      server.writeRoundTwo();
      const overG = keyAt(makeSide(core, 'server', { seed: 'over G' }).writeRoundOne(), 0);
      const message = encode(serverEcjpakeParams, { curveType: 3, namedCurve: 0x17, keyKp: wire(overG) });
      expect(outcomeOf(() => client.readRoundTwo(message))).toBe('invalid-proof');
    });

    it('refuses other curves and forms of curve in round two', () => {
      const { client, server } = reachRoundOne(core);
      const message = server.writeRoundTwo();
      const heads = ['030018', '030016', '010017', '020017', '030117', '000000'];
      const outcomes = heads.map((head) =>
        outcomeOf(() => client.readRoundTwo(concat(fromHex(head), message.subarray(3)))),
      );
      expect(outcomes).toEqual(heads.map(() => 'invalid-value'));
      expect(outcomeOf(() => client.readRoundTwo(message))).toBe('returned');
    });

    it('names the field and the peer in its errors', () => {
      const { message, read } = startRoundOne(core, 'server');
      const caught = errorOf(() => read(withForgery(message, keyLength, (kp) => ({ ...kp, v: pointFrom(0n, 0n) }))));
      expect({ fault: caught.fault, path: caught.details?.path }).toEqual({
        fault: 'peer',
        path: 'roundOne.second.zkp.v',
      });
    });
  });
}

/** Every message with every one of its bytes changed, one at a time. */
export function flipSuite({ describe, it, expect }: TestFunctions, core: CryptoCore): void {
  describe('EC-JPAKE against changed bytes', () => {
    for (const { name, start } of targets) {
      it(`refuses ${name} with any one of its bytes changed, and takes the good one afterwards`, () => {
        const { message, read, finish } = start(core);
        const outcomes = [...message.keys()].map((i) => outcomeOf(() => read(withFlip(message, i))));
        expect(outcomes.filter((outcome) => !refusals.has(outcome))).toEqual([]);
        finish();
      });
    }
  });
}

type Two = [Uint8Array, Uint8Array];

const refusals = new Set([
  'truncated',
  'trailing-bytes',
  'length-out-of-range',
  'invalid-value',
  'invalid-point',
  'identity-point',
  'invalid-scalar',
  'invalid-proof',
]);

function startRoundOne(core: CryptoCore, from: Side): ReturnType<Target['start']> {
  const [client, server] = [makeSide(core, 'client'), makeSide(core, 'server')];
  const [writer, reader] = from === 'client' ? [client, server] : [server, client];
  const message = writer.writeRoundOne();
  return {
    message,
    read: (bytes) => reader.readRoundOne(bytes),
    finish: () => {
      reader.readRoundOne(message);
      writer.readRoundOne(reader.writeRoundOne());
      reader.readRoundTwo(writer.writeRoundTwo());
      finishWith(reader, writer);
    },
  };
}

function startRoundTwo(core: CryptoCore, from: Side): ReturnType<Target['start']> {
  const { client, server } = reachRoundOne(core);
  const [writer, reader] = from === 'client' ? [client, server] : [server, client];
  const message = writer.writeRoundTwo();
  return {
    message,
    read: (bytes) => reader.readRoundTwo(bytes),
    finish: () => {
      reader.readRoundTwo(message);
      finishWith(reader, writer);
    },
  };
}

/** The rest of an exchange whose `reader` has everything; throws unless both agree. */
function finishWith(reader: EcJpake, writer: EcJpake): void {
  writer.readRoundTwo(reader.writeRoundTwo());
  const secrets = [reader.premasterSecret(), writer.premasterSecret()].map((secret) => toHex(secret));
  if (secrets[0] !== secrets[1]) throw new TypeError('the sides do not agree any more');
}

function withFlip(message: Uint8Array, at: number): Uint8Array {
  return message.map((byte, i) => (i === at ? byte ^ (1 << (i % 8)) : byte));
}

function keyAt(message: Uint8Array, at: number): KeyKp {
  const key = message.subarray(at, at + keyLength);
  return { x: key.slice(1, 66), v: key.slice(67, 132), r: key.slice(133) };
}

function withForgery(message: Uint8Array, at: number, forge: (kp: KeyKp) => KeyKp): Uint8Array {
  const { x, v, r } = forge(keyAt(message, at));
  const key = [x, v, r].flatMap((part) => [Uint8Array.of(part.length), part]);
  return concat(message.subarray(0, at), ...key, message.subarray(at + keyLength));
}

function wire({ x, v, r }: KeyKp): Parameters<typeof ecjpakeKeyKp.encode>[1] {
  return { x, zkp: { v, r } };
}

function errorOf(call: () => unknown): { fault?: string; details?: Record<string, unknown> } {
  try {
    call();
  } catch (error) {
    return error as { fault?: string; details?: Record<string, unknown> };
  }
  return {};
}
