import { concat } from '../bytes/concat.js';
import { fromHex, toHex } from '../bytes/hex.js';
import { ByteReader } from '../bytes/reader.js';
import type { Codec } from '../codec/codec.js';
import { FieldTrace } from '../codec/field-trace.js';
import { decode, encode, trace } from '../codec/run.js';
import { SelvageError } from '../errors/error.js';
import { type Seed, SeededRandom } from '../virtual/seeded-random.js';
import type { TestFunctions } from './harness.js';
import { mutate, mutateFields } from './mutate.js';
import { outcomeOf } from './outcome.js';

/** A message whose bytes are known from elsewhere. */
export interface CodecVector<T> {
  readonly name: string;
  /** Hexadecimal. */
  readonly bytes: string;
  readonly value: T;
}

/** What is tested, and with which values. At least one value or vector is needed. */
export interface CodecSuiteOptions<T> {
  readonly name: string;
  readonly codec: Codec<T>;
  readonly values?: readonly T[];
  readonly vectors?: readonly CodecVector<T>[];
  /** Draws further values; `rounds` of them are tested. */
  readonly generate?: (random: SeededRandom) => T;
  /** Messages in hexadecimal with numbers, tags or types that the codec does not list. */
  readonly unknown?: readonly string[];
  /** Set for a format that reaches to the end of its message, so that less or more may be a message as well. */
  readonly openEnded?: boolean;
  /** Set for a format in which several messages mean the same value, so that not every one is written back as it was. */
  readonly manyForms?: boolean;
  /** How many random messages, damaged messages and generated values; 300 by default. */
  readonly rounds?: number;
  /** What random messages are drawn from; the name by default. It stands in every failure. */
  readonly seed?: Seed;
}

/**
 * The tests that every wire format gets: round trip, known bytes, truncation at every byte, a trailing byte, unknown
 * values, damaged fields and random bytes. A decoder must give a value or throw a SelvageError that blames the peer, in
 * a number of reads that the message's length bounds; a value that it gives must be written back as the same bytes.
 */
export function codecSuite<T>({ describe, it, expect }: TestFunctions, options: CodecSuiteOptions<T>): void {
  const { name, codec, vectors = [], unknown = [], openEnded = false, rounds = 300, seed = name } = options;
  const random = new SeededRandom(seed);
  const values = [...(options.values ?? []), ...vectors.map((vector) => vector.value), ...generated(options, random)];
  const messages = (): Uint8Array[] => values.map((value) => encode(codec, value));

  const judge = (message: Uint8Array): string => judgeMessage(codec, message, options.manyForms ?? false);

  describe(`${name}: wire format`, () => {
    it('is tested with at least one value', () => {
      expect(values.length > 0).toBe(true);
    });

    it('gives back every value that it encodes', () => {
      for (const value of values) expect(decode(codec, encode(codec, value))).toEqual(value);
    });

    for (const vector of vectors) {
      it(`reads and writes ${vector.name}`, () => {
        expect(decode(codec, fromHex(vector.bytes))).toEqual(vector.value);
        expect(toHex(encode(codec, vector.value))).toBe(toHex(fromHex(vector.bytes)));
      });
    }

    it('notes in its trace every byte once, in order, under a path of its own', () => {
      for (const message of messages()) expect(tiling(codec, message)).toBe('whole');
    });

    it('refuses a message cut off at any byte', () => {
      const accepted = openEnded ? ['whole', 'refused'] : ['refused'];
      for (const message of messages()) {
        for (let length = 0; length < message.length; length++) {
          expectOneOf(judge(message.subarray(0, length)), accepted, message, { length });
        }
      }
    });

    it('refuses a trailing byte', () => {
      const accepted = openEnded ? ['whole', 'refused'] : ['refused'];
      for (const message of messages()) expectOneOf(judge(concat(message, new Uint8Array(1))), accepted, message);
    });

    it('keeps unknown values through a round trip', () => {
      for (const message of unknown.map(fromHex)) expectOneOf(judge(message), ['whole'], message);
    });

    it('gives a value or a SelvageError for every damaged field', () => {
      for (const message of messages()) {
        for (const damaged of mutateFields(message, trace(codec, message))) {
          expectOneOf(judge(damaged), ['whole', 'refused'], damaged);
        }
      }
    });

    it(`gives a value or a SelvageError for random and damaged bytes (seed ${seed})`, () => {
      const sources = messages();
      for (let round = 0; round < rounds; round++) {
        const source = sources[random.below(sources.length)] as Uint8Array;
        const damaged = mutate(mutate(source, random), random);
        const noise = random.bytes(random.below(2 * source.length + 8));
        expectOneOf(judge(damaged), ['whole', 'refused'], damaged, { seed, round });
        expectOneOf(judge(noise), ['whole', 'refused'], noise, { seed, round });
      }
    });
  });

  /** Compares in a way that shows the message, and what else is needed to replay, when it fails. */
  function expectOneOf(verdict: string, accepted: readonly string[], message: Uint8Array, context: object = {}): void {
    if (accepted.includes(verdict)) return;
    expect({ ...context, message: toHex(message), verdict }).toEqual({ verdict: accepted.join(' or ') });
  }
}

function* generated<T>(options: CodecSuiteOptions<T>, random: SeededRandom): Generator<T> {
  if (options.generate === undefined) return;
  for (let round = 0; round < (options.rounds ?? 300); round++) yield options.generate(random);
}

/** `whole` for a message that decodes and is written back as it was, `refused`, or what went wrong. */
function judgeMessage<T>(codec: Codec<T>, message: Uint8Array, manyForms: boolean): string {
  let value: T;
  try {
    const reader = new ByteReader(message, { trace: new BoundedTrace(message.length) });
    value = codec.decode(reader);
    reader.finish();
  } catch (error) {
    if (!(error instanceof SelvageError)) return `not a SelvageError: ${String(error)}`;
    return error.fault === 'peer' ? 'refused' : `blames ${error.fault}: ${error.message}`;
  }
  const again = outcomeOf(() => encode(codec, value));
  if (again !== 'returned') return `decodes, and does not encode: ${again}`;
  const written = encode(codec, value);
  if (toHex(written) === toHex(message)) return 'whole';
  if (!manyForms) return `is written back as ${toHex(written)}`;
  return toHex(encode(codec, decode(codec, written))) === toHex(written) ? 'whole' : 'changes with every round trip';
}

function tiling<T>(codec: Codec<T>, message: Uint8Array): string {
  const spans = trace(codec, message);
  let end = 0;
  for (const { path, offset, length } of spans) {
    if (offset !== end) return `${path} starts at ${offset} where ${end} was expected`;
    end = offset + length;
  }
  if (end !== message.length) return `ends at ${end} of ${message.length}`;
  return new Set(spans.map((span) => span.path)).size === spans.length ? 'whole' : 'has a path twice';
}

/** Stops a decoder that reads more fields than a message of that length can have. */
class BoundedTrace extends FieldTrace {
  #left: number;

  constructor(messageLength: number) {
    super();
    this.#left = 256 + 32 * messageLength;
  }

  override enter(segment: string): void {
    this.#count();
    super.enter(segment);
  }

  override number(offset: number, length: number): void {
    this.#count();
    super.number(offset, length);
  }

  override bytes(offset: number, length: number): void {
    this.#count();
    super.bytes(offset, length);
  }

  #count(): void {
    if (this.#left-- === 0) throw new SelvageError('internal', 'the decoder reads without end');
  }
}
