import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  type Decoded,
  FormatError,
  named,
  nested,
  remaining,
  u8,
} from '@selvage/core';

/** The TLVs that may stand at one place in network data, by name: each its type, 0 to 127, and the codec of its value. */
export type StableTlvDeclarations = Readonly<Record<string, readonly [type: number, value: Codec<unknown>]>>;

/** A TLV that is not declared there. It survives a round trip. */
export interface UnknownStableTlv {
  readonly type: 'unknown';
  readonly tag: number;
  readonly stable: boolean;
  readonly body: Uint8Array;
}

/** A TLV of network data: `stable` says that sleepy children that want only what lasts get it too. */
export type StableTlv<D extends StableTlvDeclarations> =
  | {
      [K in keyof D & string]: { readonly type: K; readonly stable: boolean; readonly value: Decoded<D[K][1]> };
    }[keyof D & string]
  | UnknownStableTlv;

const stableBit = 0x01;
const head = named('type', u8);

/**
 * ```
 * uint7 type; uint1 stable; uint8 length; opaque value[length];
 * ```
 * One TLV of network data, Thread 1.3 §5.18. There is no longer form of the length here.
 */
export function stableTlv<const D extends StableTlvDeclarations>(declarations: D): Codec<StableTlv<D>> {
  const byType = new Map<number, { readonly name: string; readonly codec: Codec<unknown> }>();
  const byName = new Map<string, { readonly type: number; readonly codec: Codec<unknown> }>();
  for (const [name, [type, value]] of Object.entries(declarations)) {
    const codec = nested(u8, named(name, value));
    byType.set(type, { name, codec });
    byName.set(name, { type, codec });
  }
  return {
    decode(reader: ByteReader): StableTlv<D> {
      const bits = head.decode(reader);
      const stable = (bits & stableBit) !== 0;
      const known = byType.get(bits >> 1);
      if (known === undefined) return { type: 'unknown', tag: bits >> 1, stable, body: unknownBody.decode(reader) };
      return { type: known.name, stable, value: known.codec.decode(reader) } as StableTlv<D>;
    },
    encode(writer: ByteWriter, entry: StableTlv<D>): void {
      const stable = entry.stable ? stableBit : 0;
      if (isUnknown(entry)) {
        head.encode(writer, (entry.tag << 1) | stable);
        return unknownBody.encode(writer, entry.body);
      }
      const known = byName.get(entry.type);
      if (known === undefined) {
        throw new FormatError('invalid-value', `no TLV is declared as ${entry.type}`, { fault: 'caller' });
      }
      head.encode(writer, (known.type << 1) | stable);
      known.codec.encode(writer, entry.value);
    },
  };
}

const unknownBody = nested(u8, named('body', remaining));

function isUnknown(entry: { readonly type: string }): entry is UnknownStableTlv {
  return entry.type === 'unknown';
}
