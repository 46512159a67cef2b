import { describe, expect, it } from 'vitest';
import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  FormatError,
  bytes,
  fromHex,
  mapped,
  opaque,
  remaining,
  struct,
  u16,
  u8,
} from '@selvage/core';
import { type CodecSuiteOptions, codecSuite } from '@selvage/core/testing';
import { failuresOf } from '../support/recording.js';

const good = struct({ kind: u8, body: opaque(u8) });
const value = { kind: 1, body: fromHex('aabb') };

describe('the codec suite', () => {
  it('passes a sound codec', async () => {
    const vectors = [{ name: 'a message', bytes: '01 02 aabb', value }];
    expect(await failures({ codec: good, vectors })).toEqual([]);
  });

  it('fails where there is no value to test', async () => {
    expect(await failures({ codec: good })).toContain('is tested with at least one value');
  });

  it('finds a codec that accepts a message cut short', async () => {
    const codec = struct({ kind: u8, body: remaining });
    expect(await failures({ codec, values: [value] })).toEqual([
      'refuses a message cut off at any byte',
      'refuses a trailing byte',
    ]);
    expect(await failures({ codec, values: [value], openEnded: true })).toEqual([]);
  });

  it('finds a decoder that throws anything else than a SelvageError', async () => {
    const codec = mapped(
      good,
      (wire) => {
        if (wire.kind > 1) throw new TypeError('cannot read properties of undefined');
        return wire;
      },
      (whole) => whole,
    );
    expect(await failures({ codec, values: [value] })).toContain(
      'gives a value or a SelvageError for every damaged field',
    );
  });

  it('finds a decoder that blames somebody else than the peer', async () => {
    const codec = mapped(
      good,
      (wire) => {
        if (wire.kind > 1) throw new FormatError('invalid-argument', 'a defect of ours');
        return wire;
      },
      (whole) => whole,
    );
    expect(await failures({ codec, values: [value] })).toContain(
      'gives a value or a SelvageError for every damaged field',
    );
  });

  it('finds a decoder that reads for ever', async () => {
    const endless: Codec<number> = {
      decode(reader: ByteReader): number {
        let steps = u8.decode(reader);
        while (steps !== 1) {
          bytes(0).decode(reader);
          steps++;
        }
        return 1;
      },
      encode: (writer: ByteWriter) => writer.u8(1),
    };
    expect(await failures({ codec: endless, values: [1] })).toContain(
      'gives a value or a SelvageError for every damaged field',
    );
  });

  it('finds a codec that forgets an unknown value', async () => {
    const codec = mapped(
      u16,
      (wire) => (wire === 1 ? 'one' : 'unknown'),
      (name) => (name === 'one' ? 1 : 0),
    );
    expect(await failures({ codec, values: ['one'], unknown: ['0007'] })).toContain(
      'keeps unknown values through a round trip',
    );
  });

  it('finds a codec whose bytes differ from the known ones', async () => {
    const vectors = [{ name: 'a message', bytes: '01 02 aabc', value }];
    expect(await failures({ codec: good, vectors })).toEqual(['reads and writes a message']);
  });

  it('finds a codec that reads a field without tracing it', async () => {
    const codec: Codec<number> = { decode: (reader) => reader.u8(), encode: (writer, n) => writer.u8(n) };
    expect(await failures({ codec, values: [1] })).toEqual([
      'notes in its trace every byte once, in order, under a path of its own',
    ]);
  });
});

function failures<T>(options: Omit<CodecSuiteOptions<T>, 'name'>): Promise<string[]> {
  return failuresOf((test) => codecSuite(test, { name: 'codec', rounds: 50, ...options }));
}
