import { bytes, type ByteReader, type ByteWriter, type Codec, named, sequence, u8 } from '@selvage/core';

/** An address that a child has its parent listen for, TLV 19 (Thread 1.3 §4.4.19). */
export type RegisteredAddress =
  /** An interface identifier in a context's prefix. */
  | {
      readonly kind: 'compressed';
      readonly contextId: number;
      readonly interfaceId: Uint8Array;
      readonly reserved: number;
    }
  /** 16 bytes; groups too. */
  | { readonly kind: 'full'; readonly address: Uint8Array; readonly reserved: number };

const bits = { compressed: 0x80, contextId: 0x0f, reservedCompressed: 0x70, reservedFull: 0x7f } as const;
const control = named('control', u8);
const interfaceId = named('interfaceId', bytes(8));
const address = named('address', bytes(16));

const registeredAddress: Codec<RegisteredAddress> = {
  decode(reader: ByteReader): RegisteredAddress {
    const flags = control.decode(reader);
    if ((flags & bits.compressed) === 0) {
      return { kind: 'full', address: address.decode(reader), reserved: flags & bits.reservedFull };
    }
    const contextId = flags & bits.contextId;
    const reserved = flags & bits.reservedCompressed;
    return { kind: 'compressed', contextId, interfaceId: interfaceId.decode(reader), reserved };
  },
  encode(writer: ByteWriter, entry: RegisteredAddress): void {
    if (entry.kind === 'full') {
      control.encode(writer, entry.reserved & bits.reservedFull);
      return address.encode(writer, entry.address);
    }
    const { contextId, reserved } = entry;
    control.encode(writer, bits.compressed | (contextId & bits.contextId) | (reserved & bits.reservedCompressed));
    interfaceId.encode(writer, entry.interfaceId);
  },
};

/** `80 | context id, interface identifier (8)`, or `00, address (16)`, any number of times. */
export const addressRegistration = sequence(registeredAddress);
