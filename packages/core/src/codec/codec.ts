import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';

/**
 * How one kind of value looks on the wire. Declared once by combinators, it gives decoder, encoder, bounds checks and
 * the value's type.
 */
export interface Codec<T> {
  /** The encoded size in bytes where every value has the same. */
  readonly size?: number | undefined;
  /** @throws SelvageError `truncated`, `trailing-bytes`, `length-out-of-range` or `invalid-value`, fault `peer`. */
  decode(reader: ByteReader): T;
  /** @throws SelvageError `value-out-of-range`, `length-out-of-range` or `invalid-value`, fault `caller`. */
  encode(writer: ByteWriter, value: T): void;
}

/** A codec whose values all have one encoded size. */
export interface FixedCodec<T> extends Codec<T> {
  readonly size: number;
}

/** A codec of unsigned numbers below 2^48: what lengths, tags and enumerations are made of. */
export interface NumberCodec extends FixedCodec<number> {
  readonly kind: 'number';
  /** Writes over what was reserved, where that is not the number in big-endian order. */
  readonly patch?: ((writer: ByteWriter, offset: number, value: number) => void) | undefined;
}

/** The type of the values of a codec. */
export type Decoded<C> = C extends Codec<infer T> ? T : never;
