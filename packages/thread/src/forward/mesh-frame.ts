/** Where the fields of a mesh header lie in a frame's payload. */
export interface MeshFrame {
  readonly hopsLeft: number;
  readonly source: number;
  readonly destination: number;
  /** Bytes of the header. */
  readonly length: number;
}

const [kindMask, kind, hopsMask] = [0xf0, 0xb0, 0x0f] as const;
const addresses = 4;

/**
 * The mesh header of a frame's payload (RFC 4944 §5.2, both addresses short): read without a copy, as every frame on its
 * way through a router is. Undefined where it is cut short, or of another form.
 */
export function meshFrameOf(payload: Uint8Array): MeshFrame | undefined {
  const control = payload[0] as number;
  const isDeep = (control & hopsMask) === hopsMask;
  const at = isDeep ? 2 : 1;
  const length = at + addresses;
  if ((control & kindMask) !== kind || payload.length <= length) return undefined;
  return {
    hopsLeft: isDeep ? (payload[1] as number) : control & hopsMask,
    source: ((payload[at] as number) << 8) | (payload[at + 1] as number),
    destination: ((payload[at + 2] as number) << 8) | (payload[at + 3] as number),
    length,
  };
}

/** Takes one hop from a payload's mesh header, where it stands; all other bytes stay as they are. */
export function takeHop(payload: Uint8Array): void {
  const at = ((payload[0] as number) & hopsMask) === hopsMask ? 1 : 0;
  payload[at] = (payload[at] as number) - 1;
}
