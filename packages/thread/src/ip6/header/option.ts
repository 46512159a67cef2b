import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  FormatError,
  type Decoded,
  enumeration,
  list,
  mapped,
  named,
  nested,
  remaining,
  sequence,
  struct,
  u8,
  variant,
} from '@selvage/core';
import { mplOption } from './mpl-option.js';

/** Options that extension headers carry: Pad1 is a byte of its own, every other has a length (RFC 8200 §4.2). */
const optionTypes = enumeration(u8, { padding: 0x01, mpl: 0x6d });

const lengthOption = variant(
  optionTypes,
  { padding: remaining, mpl: mplOption },
  { body: <T>(codec: Codec<T>) => nested(u8, codec) },
);

/** One byte of padding. */
export interface PadOne {
  readonly type: 'pad1';
}

/** An option; `padding` is PadN with its bytes. */
export type ExtensionOption = PadOne | Decoded<typeof lengthOption>;

const padOneType = 0x00;
const padOne = named('type', u8);

const option: Codec<ExtensionOption> = {
  decode(reader: ByteReader): ExtensionOption {
    if (reader.remaining > 0 && reader.peek(1)[0] === padOneType) {
      padOne.decode(reader);
      return { type: 'pad1' };
    }
    return lengthOption.decode(reader);
  },
  encode(writer: ByteWriter, value: ExtensionOption): void {
    if (value.type === 'pad1') return padOne.encode(writer, padOneType);
    if (value.type === 'unknown' && value.tag === padOneType) {
      throw new FormatError('invalid-value', 'Pad1 has no body', { fault: 'caller' });
    }
    lengthOption.encode(writer, value);
  },
};

/** The options of a hop-by-hop or destination options header. */
export const extensionOptions = sequence(option);

/** Bytes of a unit of extension headers. */
export const extensionUnit = 8;
/** Next header and length. */
export const extensionHeadLength = 2;

/**
 * ```
 * uint8 nextHeader; uint8 length;      // in units of 8 bytes, the first not counted
 * Option options<..>;
 * ```
 * A hop-by-hop or destination options header, RFC 8200 §4.3 and §4.6. Options must fill it exactly: see `padded`.
 */
export const optionsHeader = struct({ nextHeader: u8, options: options() });

function options(): Codec<readonly ExtensionOption[]> {
  const size = { kind: 'number', size: 1 } as const;
  const units = {
    ...mapped(u8, (length) => extensionUnit * (length + 1) - extensionHeadLength, unitsOf),
    ...size,
    patch: (writer: ByteWriter, offset: number, value: number) => writer.patch(offset, unitsOf(value), 1),
  };
  return list(units, option, { max: 0xff });
}

function unitsOf(bytes: number): number {
  const length = bytes + extensionHeadLength;
  if (length % extensionUnit !== 0 || length === 0) {
    throw new FormatError('length-out-of-range', `${bytes} bytes of options do not fill an extension header`, {
      fault: 'caller',
    });
  }
  return length / extensionUnit - 1;
}
