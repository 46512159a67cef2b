import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';
import { FormatError } from '../errors/format-error.js';
import type { Codec } from './codec.js';

/** A value that is always the same; another one is `invalid-value`. */
export function constant<T, const V extends T & (string | number | bigint)>(codec: Codec<T>, value: V): Codec<V> {
  const check = (actual: unknown, fault: 'peer' | 'caller'): void => {
    if (actual === value) return;
    throw new FormatError('invalid-value', `${shown(actual)} where only ${value} is allowed`, { fault });
  };
  return {
    size: codec.size,
    decode(reader: ByteReader): V {
      check(codec.decode(reader), 'peer');
      return value;
    },
    encode(writer: ByteWriter, actual: V): void {
      check(actual, 'caller');
      codec.encode(writer, value);
    },
  };
}

function shown(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}
