import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  type Decoded,
  FormatError,
  named,
  opaque,
  remaining,
  sequence,
  struct,
  u16,
  u32,
  u8,
} from '@selvage/core';
import { stableTlv } from './stable-tlv.js';

/** The enterprise number of Thread's own services, which is left out. */
export const threadEnterprise = 44_970;

/** `uint16 rloc16; opaque serverData[…]`: who serves a service, Thread 1.3 §5.18.7. */
export const serviceSubTlv = stableTlv({ server: [6, struct({ rloc16: u16, serverData: remaining })] });

/** A service that nodes of the mesh offer. */
export interface ServiceTlv {
  /** 0 to 15; the leader gives it. */
  readonly id: number;
  /** {@link threadEnterprise} where it is left out. */
  readonly enterprise: number;
  readonly serviceData: Uint8Array;
  readonly subTlvs: readonly Decoded<typeof serviceSubTlv>[];
  /** Bits of the flags that mean nothing, where they stand. */
  readonly reserved: number;
}

const bits = { thread: 0x80, id: 0x0f, reserved: 0x70 } as const;
const flags = named('flags', u8);
const enterprise = named('enterprise', u32);
const rest = struct({ serviceData: opaque(u8), subTlvs: sequence(serviceSubTlv) });

/** `| T | reserved (3) | id (4) |, [uint32 enterprise unless T], opaque serviceData<..>, sub-TLVs…`, §5.18.6. */
export const serviceTlv: Codec<ServiceTlv> = {
  decode(reader: ByteReader): ServiceTlv {
    const control = flags.decode(reader);
    const isThread = (control & bits.thread) !== 0;
    const number = isThread ? threadEnterprise : enterprise.decode(reader);
    if (!isThread && number === threadEnterprise) {
      throw new FormatError('invalid-value', 'Thread’s enterprise number is left out');
    }
    return { id: control & bits.id, enterprise: number, ...rest.decode(reader), reserved: control & bits.reserved };
  },
  encode(writer: ByteWriter, { id, enterprise: number, serviceData, subTlvs, reserved }: ServiceTlv): void {
    const isThread = number === threadEnterprise;
    flags.encode(writer, (isThread ? bits.thread : 0) | (id & bits.id) | (reserved & bits.reserved));
    if (!isThread) enterprise.encode(writer, number);
    rest.encode(writer, { serviceData, subTlvs });
  },
};
