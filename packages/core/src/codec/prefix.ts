import type { ByteReader } from '../bytes/reader.js';
import { type ByteWriter, largestUnsigned } from '../bytes/writer.js';
import { FormatError, byteCount, within } from '../errors/format-error.js';
import type { Codec, NumberCodec } from './codec.js';

/** Limits of a length, in bytes. */
export interface LengthLimits {
  readonly min?: number;
  readonly max?: number;
}

/** Reads a number that is not a value of its own but a length or a tag, under a path segment of its own. */
export function readAuxiliary<T>(reader: ByteReader, codec: Codec<T>, kind: 'length' | 'tag', segment: string): T {
  const trace = reader.trace;
  try {
    if (trace === undefined) return codec.decode(reader);
    trace.enter(segment);
    const value = trace.as(kind, () => codec.decode(reader));
    trace.leave();
    return value;
  } catch (error) {
    throw within(error, segment);
  }
}

/** Reads a length prefix and gives a reader of exactly that many bytes. */
export function readPrefixed(reader: ByteReader, lengthCodec: NumberCodec, limits: LengthLimits): ByteReader {
  const length = readAuxiliary(reader, lengthCodec, 'length', 'length');
  checkLength(length, limits, 'peer');
  return reader.sub(length);
}

/** Writes what `body` writes, after its length. */
export function writePrefixed(
  writer: ByteWriter,
  lengthCodec: NumberCodec,
  limits: LengthLimits,
  body: (writer: ByteWriter) => void,
): void {
  const at = writer.reserve(lengthCodec.size);
  const start = writer.length;
  body(writer);
  const length = writer.length - start;
  checkLength(length, limits, 'caller');
  const largest = largestUnsigned(lengthCodec.size);
  if (length > largest) checkLength(length, { ...limits, max: largest }, 'caller');
  if (lengthCodec.patch === undefined) writer.patch(at, length, lengthCodec.size);
  else lengthCodec.patch(writer, at, length);
}

/** @throws SelvageError `length-out-of-range` where the length is outside its limits. */
export function checkLength(length: number, limits: LengthLimits, fault: 'peer' | 'caller'): void {
  const { min = 0, max = Infinity } = limits;
  if (length >= min && length <= max) return;
  const allowed = min === max ? `exactly ${min}` : max === Infinity ? `at least ${min}` : `${min} to ${max}`;
  throw new FormatError('length-out-of-range', `${byteCount(length)} where ${allowed} are allowed`, {
    fault,
    details: { length, min, ...(max !== Infinity && { max }) },
  });
}
