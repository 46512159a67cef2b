import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';
import { FormatError } from '../errors/format-error.js';
import type { Codec, Decoded } from './codec.js';
import type { EnumerationCodec } from './enumeration.js';
import { named } from './named.js';
import { readAuxiliary } from './prefix.js';
import { remaining } from './raw.js';

/** The codecs of a variant's bodies by tag name; a listed tag may have none, and is then kept as `unknown`. */
export type Cases<Name extends string> = Readonly<Partial<Record<Name, Codec<unknown>>>>;

/** A tag that no case describes, with its body as bytes. It survives a round trip. */
export interface UnknownVariant {
  readonly type: 'unknown';
  readonly tag: number;
  readonly body: Uint8Array;
}

/** The union that a variant decodes to: `{ type, value }`, told apart by `type`. */
export type VariantValue<C> =
  | { [K in keyof C & string]: { readonly type: K; readonly value: Decoded<C[K]> } }[keyof C & string]
  | UnknownVariant;

/** Options of {@link variant}. */
export interface VariantOptions {
  /** What stands around each body, such as `(codec) => nested(u16, codec)`. Without it a body reaches to the end. */
  readonly body?: <T>(codec: Codec<T>) => Codec<T>;
}

/** A variant's codec, which keeps its declaration. */
export interface VariantCodec<C> extends Codec<VariantValue<C>> {
  readonly cases: C;
}

/**
 * A tag, then the body that the tag chooses. In paths the tag is `type`, a body's fields stand under the name of their
 * case, and what `options.body` adds stands between: `extensions[1].length`, `extensions[1].serverName.length`.
 */
export function variant<Name extends string, const C extends Cases<Name>>(
  tagCodec: EnumerationCodec<Name>,
  cases: C & Readonly<Record<Exclude<keyof C, Name>, never>>,
  options: VariantOptions = {},
): VariantCodec<C> {
  const wrap = options.body ?? (<T>(codec: Codec<T>): Codec<T> => codec);
  const bodies = new Map<string, Codec<unknown>>();
  for (const [name, codec] of Object.entries<Codec<unknown> | undefined>(cases)) {
    if (codec !== undefined) bodies.set(name, wrap(named(name, codec)));
  }
  const unknownBody = wrap(named('body', remaining));

  return {
    cases,
    decode(reader: ByteReader): VariantValue<C> {
      const tag = readAuxiliary(reader, tagCodec, 'tag', 'type');
      const body = typeof tag === 'string' ? bodies.get(tag) : undefined;
      if (body === undefined) {
        return { type: 'unknown', tag: tagCodec.toNumber(tag), body: unknownBody.decode(reader) };
      }
      return { type: tag, value: body.decode(reader) } as VariantValue<C>;
    },
    encode(writer: ByteWriter, value: VariantValue<C>): void {
      if (isUnknown(value)) {
        tagCodec.encode(writer, { unknown: value.tag });
        return unknownBody.encode(writer, value.body);
      }
      const body = bodies.get(value.type);
      if (body === undefined) {
        throw new FormatError('invalid-value', `no body is declared for ${value.type}`, { fault: 'caller' });
      }
      tagCodec.encode(writer, value.type as unknown as Name);
      body.encode(writer, value.value);
    },
  };
}

function isUnknown(value: { readonly type: string }): value is UnknownVariant {
  return value.type === 'unknown';
}
