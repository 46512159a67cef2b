import { bytes, type ByteReader, type ByteWriter, type Codec, FormatError, mapped, named, u8 } from '@selvage/core';

/** How a router sees another one. */
export interface Route {
  /** 0 to 62. */
  readonly routerId: number;
  /** 0 to 3: of our frames at the other end, and of its frames here; 0 is no link. */
  readonly linkQualityOut: number;
  readonly linkQualityIn: number;
  /** Of the path to it, 1 to 15; 0 for none. */
  readonly cost: number;
}

/** TLV 9: all routers of a partition, as the sender sees them. */
export interface Route64 {
  /** Rises with every change of the set of routers, and every ten seconds. */
  readonly idSequence: number;
  /** By rising router id. */
  readonly routes: readonly Route[];
}

const maskLength = 8;
const mostRouters = 32;
const idSequence = named('idSequence', u8);
const mask = named('routerMask', bytes(maskLength));

const route = mapped(
  u8,
  (bits) => ({ linkQualityOut: bits >> 6, linkQualityIn: (bits >> 4) & 3, cost: bits & 0x0f }),
  ({ linkQualityOut, linkQualityIn, cost }) => ((linkQualityOut & 3) << 6) | ((linkQualityIn & 3) << 4) | (cost & 0x0f),
);

/**
 * ```
 * uint8 idSequence; opaque routerMask[8];                // bit 80 of byte 0 is router id 0
 * { uint2 out; uint2 in; uint4 cost; } routes[…];        // one for each bit that is set
 * ```
 * Thread 1.3 §4.4.10. At most 32 routers are at a time.
 */
export const route64: Codec<Route64> = {
  decode(reader: ByteReader): Route64 {
    const sequence = idSequence.decode(reader);
    const ids = routerIdsOf(mask.decode(reader));
    if (ids.length > mostRouters) throw new FormatError('length-out-of-range', `${ids.length} routers`);
    const routes = ids.map((routerId) => ({ routerId, ...named(`route${routerId}`, route).decode(reader) }));
    return { idSequence: sequence, routes };
  },
  encode(writer: ByteWriter, { idSequence: sequence, routes }: Route64): void {
    idSequence.encode(writer, sequence);
    const ids = routes.map(({ routerId }) => routerId);
    const isRising = ids.every((id, index) => id >= 0 && id < 8 * maskLength && id > (ids[index - 1] ?? -1));
    if (!isRising || ids.length > mostRouters) {
      throw new FormatError('invalid-value', `${ids.join(', ')} are not at most 32 rising router ids`, {
        fault: 'caller',
      });
    }
    mask.encode(writer, routerMaskOf(ids));
    for (const each of routes) route.encode(writer, each);
  },
};

/** The router ids that a mask of 8 bytes has, rising. */
export function routerIdsOf(routerMask: Uint8Array): number[] {
  const ids: number[] = [];
  for (let id = 0; id < 8 * maskLength; id++) {
    if (((routerMask[id >> 3] as number) & (0x80 >> (id & 7))) !== 0) ids.push(id);
  }
  return ids;
}

/** The mask of router ids, 8 bytes. */
export function routerMaskOf(ids: Iterable<number>): Uint8Array {
  const routerMask = new Uint8Array(maskLength);
  for (const id of ids) routerMask[id >> 3] = (routerMask[id >> 3] as number) | (0x80 >> (id & 7));
  return routerMask;
}
