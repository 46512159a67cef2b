import { concat, fromHex, PcapngWriter, pcapngLinkTypes, toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';

describe('a pcapng file', () => {
  it('has a section, its interfaces and packets in whole blocks (draft-ietf-opsawg-pcapng §4)', () => {
    const parts: Uint8Array[] = [];
    const writer = new PcapngWriter((bytes) => parts.push(bytes), {
      comment: 'abc',
      interfaces: [{ linkType: pcapngLinkTypes.ieee802154, name: 'air0' }],
    });
    writer.packet(fromHex('0102030405'), 1_700_000_000_123.25, 'x');
    const blocks = [
      '0a0d0d0a 00000028 1a2b3c4d 0001 0000 ffffffffffffffff 0001 0003 61626300 00000000 00000028',
      '00000001 00000020 00c3 0000 0000ffff 0002 0004 61697230 00000000 00000020',
      '00000006 00000034 00000000 00060a24 18202172 00000005 00000005 0102030405000000' +
        '0001 0001 78000000 00000000 00000034',
    ];
    expect(parts.map(toHex)).toEqual(blocks.map((block) => block.replaceAll(' ', '')));
    expect(concat(...parts).length % 4).toBe(0);
  });
});
