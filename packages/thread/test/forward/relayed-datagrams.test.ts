import { concat, encode } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { meshFrameOf } from '../../src/forward/mesh-frame.js';
import { RelayedDatagrams } from '../../src/forward/relayed-datagrams.js';
import { fragmentHeader } from '../../src/lowpan/fragment/fragment-header.js';
import { meshHeader } from '../../src/lowpan/mesh-header.js';

const mesh = encode(meshHeader, { hopsLeft: 9, source: 0x0400, destination: 0x0800 });

function fragment(tag: number, offset?: number): Uint8Array {
  const header = { size: 600, tag, ...(offset === undefined ? {} : { offset }) };
  return concat(mesh, encode(fragmentHeader, header), new Uint8Array(40));
}

function nameIn(datagrams: RelayedDatagrams, payload: Uint8Array): string | undefined {
  return datagrams.nameOf(payload, meshFrameOf(payload)!);
}

describe('datagrams in fragments on their way through a router (RFC 4944 §5.3)', () => {
  it('have one name by their source, destination and tag, and a whole one has none', () => {
    const datagrams = new RelayedDatagrams(() => undefined);
    expect(nameIn(datagrams, fragment(7))).toBeDefined();
    expect(nameIn(datagrams, fragment(7, 80))).toBe(nameIn(datagrams, fragment(7)));
    expect(nameIn(datagrams, fragment(8, 80))).not.toBe(nameIn(datagrams, fragment(7)));
    expect(nameIn(datagrams, concat(mesh, Uint8Array.of(0x7a, 1, 2, 3)))).toBeUndefined();
    expect(nameIn(datagrams, concat(mesh, Uint8Array.of(0xc2, 0x58)))).toBeUndefined();
  });

  it('are given up with the first fragment that is not brought over: what waits of them, and what still comes', () => {
    const withdrawn: number[] = [];
    const datagrams = new RelayedDatagrams((id) => {
      withdrawn.push(id);
      datagrams.sent('one', id, false, 20);
    });
    for (const id of [1, 2, 3]) datagrams.waits('one', id, 0);
    datagrams.waits('other', 4, 0);
    datagrams.sent('one', 1, true, 10);
    expect(datagrams.isLost('one', 10)).toBe(false);
    datagrams.sent('one', 2, false, 20);
    expect(withdrawn).toEqual([3]);
    expect(datagrams.isLost('one', 30)).toBe(true);
    expect(datagrams.isLost('other', 30)).toBe(false);
  });

  it('are forgotten when nobody waits for them any more, as tags come around again', () => {
    const datagrams = new RelayedDatagrams(() => undefined);
    datagrams.waits('one', 1, 0);
    datagrams.sent('one', 1, false, 10);
    expect(datagrams.isLost('one', 4009)).toBe(true);
    expect(datagrams.isLost('one', 4010)).toBe(false);
    datagrams.waits('one', 2, 5000);
    expect(datagrams.isLost('one', 5000)).toBe(false);
  });

  it('are known so many at a time', () => {
    const datagrams = new RelayedDatagrams(() => undefined);
    for (let each = 0; each < 1000; each++) datagrams.sent(String(each), each, false, 0);
    expect([871, 872, 999].map((each) => datagrams.isLost(String(each), 1))).toEqual([false, true, true]);
  });
});
