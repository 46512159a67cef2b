import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';
import { within } from '../errors/format-error.js';
import type { Codec, Decoded } from './codec.js';

/** The fields of a struct, in the order of the wire. */
export type Fields = Readonly<Record<string, Codec<unknown>>>;

type Optional<F extends Fields> = { [K in keyof F]: undefined extends Decoded<F[K]> ? K : never }[keyof F];

type Simplify<T> = { [K in keyof T]: T[K] };

/** The object that a struct decodes to; a field that may be absent is optional. */
export type StructValue<F extends Fields> = Simplify<
  { readonly [K in Exclude<keyof F, Optional<F>>]: Decoded<F[K]> } & { readonly [K in Optional<F>]?: Decoded<F[K]> }
>;

/** A struct's codec, which keeps its declaration: its size is known where every field's is. */
export interface StructCodec<F extends Fields> extends Codec<StructValue<F>> {
  readonly fields: F;
  readonly size: [F[keyof F]] extends [{ readonly size: number }] ? number : number | undefined;
}

/** Named fields one after the other. */
export function struct<const F extends Fields>(fields: F): StructCodec<F> {
  const names = Object.keys(fields);
  const codecs = Object.values(fields);
  return {
    fields,
    size: totalSize(codecs) as StructCodec<F>['size'],
    decode(reader: ByteReader): StructValue<F> {
      const value: Record<string, unknown> = {};
      let i = 0;
      try {
        for (; i < names.length; i++) value[names[i] as string] = decodeField(reader, names[i], codecs[i]);
      } catch (error) {
        throw within(error, names[i] as string);
      }
      return value as StructValue<F>;
    },
    encode(writer: ByteWriter, value: StructValue<F>): void {
      const source = value as Readonly<Record<string, unknown>>;
      let i = 0;
      try {
        for (; i < names.length; i++) (codecs[i] as Codec<unknown>).encode(writer, source[names[i] as string]);
      } catch (error) {
        throw within(error, names[i] as string);
      }
    },
  };
}

function decodeField(reader: ByteReader, name: string | undefined, codec: Codec<unknown> | undefined): unknown {
  const trace = reader.trace;
  if (trace === undefined) return (codec as Codec<unknown>).decode(reader);
  trace.enter(name as string);
  const value = (codec as Codec<unknown>).decode(reader);
  trace.leave();
  return value;
}

function totalSize(codecs: readonly Codec<unknown>[]): number | undefined {
  let total = 0;
  for (const { size } of codecs) {
    if (size === undefined) return undefined;
    total += size;
  }
  return total;
}
