import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  FormatError,
  named,
  remaining,
  sequence,
  struct,
  u16le,
  within,
} from '@selvage/core';

/** A header information element: it stands in the clear before the payload (IEEE 802.15.4-2015 §7.4.2). */
export interface HeaderElement {
  /** 0 to 0xff. */
  readonly id: number;
  /** At most 127 bytes. */
  readonly body: Uint8Array;
}

/** A payload information element: it is encrypted with the payload (IEEE 802.15.4-2015 §7.4.3). */
export interface PayloadElement {
  /** 0 to 15. */
  readonly group: number;
  /** At most 2047 bytes. */
  readonly body: Uint8Array;
}

/** The ids of header elements that Thread uses, and of those that end a list. */
export const headerElementIds = {
  /** Vendor specific: Thread's begins with its OUI `eab89b`. */
  vendor: 0x00,
  /** Coordinated sampled listening: {@link cslElement}. */
  csl: 0x1a,
  rendezvousTime: 0x1d,
  /** Payload elements follow. */
  termination1: 0x7e,
  /** The payload follows. */
  termination2: 0x7f,
} as const;

/** The group that ends a list of payload elements. */
export const payloadTermination = 0x0f;

/** The body of a CSL element: phase and period in units of 10 symbols, 160 µs (IEEE 802.15.4-2015 §7.4.2.3). */
export const cslElement = struct({ phase: u16le, period: u16le });

const descriptor = named('descriptor', u16le);
const typeBit = 0x8000;
const [headerLengthMask, idShift] = [0x7f, 7] as const;
const [payloadLengthMask, groupShift] = [0x07ff, 11] as const;
const body = named('body', remaining);

const headerElement: Codec<HeaderElement> = {
  decode(reader: ByteReader): HeaderElement {
    const bits = descriptor.decode(reader);
    if ((bits & typeBit) !== 0) throw new FormatError('invalid-value', 'a payload element among the header elements');
    return { id: (bits >> idShift) & 0xff, body: body.decode(reader.sub(bits & headerLengthMask)) };
  },
  encode(writer: ByteWriter, { id, body: content }: HeaderElement): void {
    checkLength(content, headerLengthMask);
    if (id >>> 0 !== id || id > 0xff) throw new FormatError('value-out-of-range', `there is no element ${id}`);
    descriptor.encode(writer, (id << idShift) | content.length);
    writer.bytes(content);
  },
};

/** Payload elements, with the one that ends them where they do not reach to the end of the payload. */
export const payloadElements: Codec<readonly PayloadElement[]> = sequence({
  decode(reader: ByteReader): PayloadElement {
    const bits = descriptor.decode(reader);
    if ((bits & typeBit) === 0) throw new FormatError('invalid-value', 'a header element among the payload elements');
    return { group: (bits >> groupShift) & 0x0f, body: body.decode(reader.sub(bits & payloadLengthMask)) };
  },
  encode(writer: ByteWriter, { group, body: content }: PayloadElement): void {
    checkLength(content, payloadLengthMask);
    if (group >>> 0 !== group || group > 0x0f)
      throw new FormatError('value-out-of-range', `there is no group ${group}`);
    descriptor.encode(writer, typeBit | (group << groupShift) | content.length);
    writer.bytes(content);
  },
});

/** Reads header elements until one of them ends the list, or no more than `behind` bytes are left. */
export function readHeaderElements(reader: ByteReader, behind: number): readonly HeaderElement[] {
  const elements: HeaderElement[] = [];
  if (reader.remaining <= behind) throw new FormatError('invalid-value', 'elements are announced and there are none');
  try {
    while (reader.remaining > behind) {
      reader.trace?.enter(`elements[${elements.length}]`);
      const element = headerElement.decode(reader);
      reader.trace?.leave();
      elements.push(element);
      if (isTermination(element)) break;
    }
  } catch (error) {
    throw within(error, `elements[${elements.length}]`);
  }
  return elements;
}

/** @throws SelvageError `invalid-value` where an element stands behind the end, or a payload behind a list without one. */
export function writeHeaderElements(writer: ByteWriter, elements: readonly HeaderElement[], hasPayload: boolean): void {
  const end = elements.findIndex(isTermination);
  const isClosed = end === elements.length - 1 && end >= 0;
  if (end >= 0 ? !isClosed : hasPayload || elements.length === 0) {
    throw new FormatError('invalid-value', 'header elements end with a termination, or with the frame', {
      fault: 'caller',
    });
  }
  for (const element of elements) headerElement.encode(writer, element);
}

function isTermination({ id }: HeaderElement): boolean {
  return id === headerElementIds.termination1 || id === headerElementIds.termination2;
}

function checkLength(content: Uint8Array, most: number): void {
  if (content.length <= most) return;
  throw new FormatError('length-out-of-range', `${content.length} bytes where ${most} are allowed`, {
    fault: 'caller',
  });
}
