import { PcapngWriter, pcapngLinkTypes } from '@selvage/core';
import { tapPacket } from '@selvage/thread';
import type { World } from '../world/world.js';

/**
 * Writes every frame of a world's air as pcapng, as `selvage thread sniff` writes them; the comment above a frame names
 * who sent it. Returns how to stop.
 */
export function captureAir(world: World, write: (bytes: Uint8Array) => void): () => void {
  const writer = new PcapngWriter(write, {
    application: 'selvage sim',
    comment: `seed ${world.seed}`,
    interfaces: [{ linkType: pcapngLinkTypes.ieee802154Tap, name: 'air', description: 'the air of a virtual world' }],
  });
  return world.ether.tap(({ psdu, channel, from }) => {
    writer.packet(tapPacket({ psdu, channel }), world.clock.wallTime(), from ?? 'an attacker');
  });
}
