import { concat, encode, tryDecode } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { meshcopTlvs } from '@selvage/thread';

/** A message that is not what it was, and what was done to it. */
export interface Spoiled {
  readonly what: string;
  readonly payload: Uint8Array;
}

/**
 * A message of commissioning spoiled in every way: a bit of each byte turned, cut short at each length, each TLV left out,
 * said twice, in another's place, grown beyond its size and emptied, and bytes that are no message.
 */
export function* spoiled(payload: Uint8Array, seed: string): Generator<Spoiled> {
  const random = new SeededRandom(seed);
  for (let at = 0; at < payload.length; at++) {
    const flipped = payload.slice();
    flipped[at] = (flipped[at] as number) ^ (1 << random.below(8));
    yield { what: `flipped at ${at}`, payload: flipped };
    yield { what: `cut to ${at}`, payload: payload.subarray(0, at) };
  }
  const tlvs = tryDecode(meshcopTlvs, payload) ?? [];
  const parts = tlvs.map((tlv) => encode(meshcopTlvs, [tlv]));
  for (const [index, part] of parts.entries()) {
    const rest = parts.filter((_, each) => each !== index);
    yield { what: `without TLV ${index}`, payload: concat(...rest) };
    yield { what: `TLV ${index} twice`, payload: concat(...parts, part) };
    yield { what: `TLV ${index} first`, payload: concat(part, ...rest) };
    yield { what: `TLV ${index} empty`, payload: concat(...rest, Uint8Array.of(part[0] as number, 0)) };
    const large = new Uint8Array(240).fill(0x41);
    yield { what: `TLV ${index} large`, payload: concat(...rest, Uint8Array.of(part[0] as number, 240), large) };
  }
  yield { what: 'all TLVs in the other order', payload: concat(...parts.toReversed()) };
  yield { what: 'said twice', payload: concat(payload, payload) };
  yield { what: 'with a megabyte promised', payload: concat(payload, Uint8Array.of(0x11, 0xff, 0xff, 0xff)) };
  for (let each = 0; each < 20; each++) {
    const noise = new Uint8Array(1 + random.below(400));
    random.fill(noise);
    yield { what: `noise ${each}`, payload: noise };
  }
}
