import { type Codec, opaque, sequence, struct, u8 } from '@selvage/core';

/** The channels of one page: bit 0x80 of the first byte is channel 0 (Thread 1.3 §8.10.1.18). */
export interface ChannelMaskEntry {
  readonly page: number;
  readonly mask: Uint8Array;
}

/** `page (1) | length (1) | mask`, for each page. */
export const channelMask: Codec<readonly ChannelMaskEntry[]> = sequence(struct({ page: u8, mask: opaque(u8) }));

const page24Ghz = 0;

/** The channels at 2.4 GHz in a mask, ascending. */
export function maskedChannels(entries: readonly ChannelMaskEntry[]): number[] {
  const channels = new Set<number>();
  for (const { page, mask } of entries) {
    if (page !== page24Ghz) continue;
    for (let channel = 0; channel < 8 * mask.length; channel++) {
      if (((mask[channel >> 3] as number) & (0x80 >> (channel & 7))) !== 0) channels.add(channel);
    }
  }
  return [...channels].sort((a, b) => a - b);
}

/** A mask of these channels at 2.4 GHz. */
export function maskOf(channels: readonly number[]): readonly ChannelMaskEntry[] {
  const mask = new Uint8Array(4);
  for (const channel of channels) mask[channel >> 3] = (mask[channel >> 3] as number) | (0x80 >> (channel & 7));
  return [{ page: page24Ghz, mask }];
}
