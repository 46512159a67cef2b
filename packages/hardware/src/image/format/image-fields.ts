/** An image field by field, for people who look at one. */
import { ByteReader, type FieldSpan, FieldTrace, SelvageError } from '@selvage/core';
import { imageFile } from './image-file.js';
import { tlvType } from './tlv.js';

/** One field: where it lies, and what it says. */
export interface ImageField extends FieldSpan {
  /** A number as it is meant, little-endian; a byte string as a view. */
  readonly value: number | Uint8Array;
  /** The name of a TLV's type, where it has one. */
  readonly meaning?: string | undefined;
}

/** The fields that could be read, and why no more were. */
export interface ImageFields {
  readonly fields: readonly ImageField[];
  readonly problem?: SelvageError | undefined;
}

/** Reads as many fields as there are, also of what is damaged or no image. Nothing is verified. */
export function imageFields(bytes: Uint8Array): ImageFields {
  const trace = new FieldTrace();
  let problem: SelvageError | undefined;
  try {
    imageFile.decode(new ByteReader(bytes, { trace }));
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    problem = error;
  }
  return { fields: trace.spans.map((span) => fieldOf(bytes, span)), problem };
}

function fieldOf(bytes: Uint8Array, span: FieldSpan): ImageField {
  const view = bytes.subarray(span.offset, span.offset + span.length);
  if (span.kind === 'bytes') return { ...span, value: view };
  const value = view.reduceRight((number, byte) => number * 256 + byte, 0);
  if (span.kind !== 'tag') return { ...span, value };
  const name = tlvType.fromNumber(value);
  return { ...span, value, meaning: typeof name === 'string' ? name : undefined };
}
