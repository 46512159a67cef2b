import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';
import { FormatError } from '../errors/format-error.js';
import type { FixedCodec, NumberCodec } from './codec.js';

/** A number that its enumeration does not list. It survives a round trip. */
export interface Unknown {
  readonly unknown: number;
}

/** A codec of named numbers. */
export interface EnumerationCodec<Name extends string> extends FixedCodec<Name | Unknown> {
  /** The numbers by name, as declared. */
  readonly numbers: Readonly<Record<Name, number>>;
  /** The name of a number, or `{ unknown: number }`. */
  fromNumber(number: number): Name | Unknown;
  /** @throws SelvageError `invalid-value` (fault `caller`) for a name that is not listed. */
  toNumber(value: Name | Unknown): number;
}

/** Numbers that have names: the value is the name, or `{ unknown: number }` where there is none. */
export function enumeration<Name extends string>(
  widthCodec: NumberCodec,
  numbers: Readonly<Record<Name, number>>,
): EnumerationCodec<Name> {
  const names = new Map(Object.entries<number>(numbers).map(([name, number]) => [number, name as Name]));
  const table = new Map(Object.entries<number>(numbers));

  const fromNumber = (number: number): Name | Unknown => names.get(number) ?? { unknown: number };

  const toNumber = (value: Name | Unknown): number => {
    const number = typeof value === 'string' ? table.get(value) : value?.unknown;
    if (number === undefined) {
      throw new FormatError('invalid-value', `${JSON.stringify(value)} is not one of ${[...table.keys()].join(', ')}`, {
        fault: 'caller',
      });
    }
    return number;
  };

  return {
    size: widthCodec.size,
    numbers,
    fromNumber,
    toNumber,
    decode: (reader: ByteReader) => fromNumber(widthCodec.decode(reader)),
    encode: (writer: ByteWriter, value: Name | Unknown) => widthCodec.encode(writer, toNumber(value)),
  };
}
