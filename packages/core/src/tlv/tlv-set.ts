import type { ByteReader } from '../bytes/reader.js';
import { ByteWriter } from '../bytes/writer.js';
import type { Codec, Decoded } from '../codec/codec.js';
import { sequence } from '../codec/list.js';
import { named } from '../codec/named.js';
import { remaining } from '../codec/raw.js';
import { FormatError } from '../errors/format-error.js';
import { readTlvHeader, writeTlvHeader } from './tlv.js';

/** The TLVs of a protocol by name: each its type and the codec of its value. */
export type TlvDeclarations = Readonly<Record<string, readonly [type: number, value: Codec<unknown>]>>;

/** A TLV that the set does not declare. It survives a round trip. */
export interface UnknownTlv {
  readonly type: 'unknown';
  readonly tag: number;
  readonly body: Uint8Array;
  readonly extended?: true;
}

/** A TLV of a set, told apart by `type`; `extended` as in `Tlv`. */
export type TlvEntry<D extends TlvDeclarations> =
  | {
      [K in keyof D & string]: { readonly type: K; readonly value: Decoded<D[K][1]>; readonly extended?: true };
    }[keyof D & string]
  | UnknownTlv;

/** The codec of a message that consists of a set's TLVs in any order. */
export interface TlvSet<D extends TlvDeclarations> extends Codec<readonly TlvEntry<D>[]> {
  readonly declarations: D;
  /** The value of the first TLV of that name. */
  first<K extends keyof D & string>(entries: readonly TlvEntry<D>[], name: K): Decoded<D[K][1]> | undefined;
}

/**
 * Declares the TLVs of a protocol: `tlvSet({ channel: [0, channel], networkKey: [5, bytes(16)] })`. Values are exact:
 * a value's codec must use all of its bytes. Order, repetition, unknown types and the form of each length are kept.
 */
export function tlvSet<const D extends TlvDeclarations>(declarations: D): TlvSet<D> {
  return {
    declarations,
    ...sequence(tlvEntry(declarations)),
    first(entries, name) {
      const found = entries.find((entry) => entry.type === name);
      return found !== undefined && 'value' in found ? found.value : undefined;
    },
  };
}

function tlvEntry<D extends TlvDeclarations>(declarations: D): Codec<TlvEntry<D>> {
  const byType = new Map<number, { readonly name: string; readonly codec: Codec<unknown> }>();
  const byName = new Map<string, { readonly type: number; readonly codec: Codec<unknown> }>();
  for (const [name, [type, value]] of Object.entries(declarations)) {
    const codec = named(name, value);
    byType.set(type, { name, codec });
    byName.set(name, { type, codec });
  }

  return {
    decode(reader: ByteReader): TlvEntry<D> {
      const { type, length, extended } = readTlvHeader(reader);
      const form = extended ? { extended } : undefined;
      const known = byType.get(type);
      const inner = reader.sub(length);
      if (known === undefined) return { type: 'unknown', tag: type, body: unknownBody.decode(inner), ...form };
      const value = known.codec.decode(inner);
      inner.finish();
      return { type: known.name, value, ...form } as TlvEntry<D>;
    },
    encode(writer: ByteWriter, entry: TlvEntry<D>): void {
      if (isUnknown(entry)) {
        writeTlvHeader(writer, entry.tag, entry.body.length, entry.extended);
        return writer.bytes(entry.body);
      }
      const known = byName.get(entry.type);
      if (known === undefined) {
        throw new FormatError('invalid-value', `no TLV is declared as ${entry.type}`, { fault: 'caller' });
      }
      // The length's own size depends on the value's: the value is encoded apart.
      const value = new ByteWriter();
      known.codec.encode(value, entry.value);
      writeTlvHeader(writer, known.type, value.length, entry.extended);
      writer.bytes(value.take());
    },
  };
}

const unknownBody = named('body', remaining);

function isUnknown(entry: { readonly type: string }): entry is UnknownTlv {
  return entry.type === 'unknown';
}
