import { encode, toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { networkLayerTlvs } from '../../src/tmf/network-layer-tlvs.js';
import type { TmfRequest } from '../../src/tmf/tmf-port.js';
import { eidOf, rlocOf, type TrafficNode, TrafficWorld } from '../support/traffic-world.js';

const [a, b, c] = [0x0400, 0x0800, 0x0c00] as const;
const elsewhere = parseIp6('fd00:db8::77');
const otherId = eidOf(0x1400).subarray(8);

function serve(
  node: TrafficNode,
  path: string,
  tlvs: Parameters<typeof networkLayerTlvs.encode>[1],
  confirmable: boolean,
) {
  const request: TmfRequest = {
    path,
    payload: encode(networkLayerTlvs, tlvs),
    confirmable,
    source: rlocOf(a),
    multicast: !confirmable,
  };
  return node.addresses.serve(request, 0);
}

const target = (value: Uint8Array) => ({ type: 'target', value }) as const;
const interfaceId = (value: Uint8Array) => ({ type: 'interfaceId', value }) as const;
const rloc16 = (value: number) => ({ type: 'rloc16', value }) as const;

describe('a/aq', () => {
  it('is answered by the owner, and by a parent for its minimal children; a locator is nobody’s', () => {
    const world = new TrafficWorld('owners');
    const [, second] = world.line(a, b);
    const minimal = world.child(second, 'minimal');
    const full = world.child(second, 'full', 2);
    const asked = (node: TrafficNode, address: Uint8Array): number => {
      const before = node.tmf.pending;
      serve(node, 'a/aq', [target(address)], false);
      return node.tmf.pending - before;
    };
    expect(asked(second, eidOf(b))).toBe(1);
    expect(asked(second, eidOf(minimal.rloc16))).toBe(1);
    expect(asked(second, eidOf(full.rloc16))).toBe(0);
    expect(asked(full, eidOf(full.rloc16))).toBe(1);
    expect(asked(minimal, eidOf(minimal.rloc16))).toBe(0);
    expect(asked(second, rlocOf(b))).toBe(0);
    expect(asked(second, elsewhere)).toBe(0);
  });

  it('is ignored where it is confirmable', () => {
    const world = new TrafficWorld('confirmable');
    const [, second] = world.line(a, b);
    serve(second, 'a/aq', [target(eidOf(b))], true);
    expect(second.tmf.pending).toBe(0);
  });
});

describe('a/an', () => {
  const notice = [target(elsewhere), interfaceId(otherId), rloc16(b)];

  it('is taken where it was asked for, is confirmable, and names a router that there is', () => {
    const world = new TrafficWorld('taken');
    const [first] = world.line(a, b);
    first.echo.ping(elsewhere, 8, 100, 0);
    expect(serve(first, 'a/an', notice, false)).toBeUndefined();
    expect(serve(first, 'a/an', [...notice.slice(0, 2), rloc16(0x5400)], true)).toBeUndefined();
    expect(serve(first, 'a/an', notice.slice(0, 2), true)).toBeUndefined();
    expect(first.traffic.resolver.load.known).toBe(0);
    expect(serve(first, 'a/an', notice, true)).toEqual(new Uint8Array(0));
    expect(first.traffic.resolver.load.known).toBe(1);
  });

  it('that is malformed is met with silence', () => {
    const world = new TrafficWorld('malformed');
    const [first] = world.line(a, b);
    const request = {
      path: 'a/an',
      payload: Uint8Array.of(0, 16, 1),
      confirmable: true,
      source: rlocOf(b),
      multicast: false,
    };
    expect(first.addresses.serve(request, 0)).toBeUndefined();
  });
});

describe('a/ae', () => {
  it('has whoever is not the one that is named give the address up', () => {
    const world = new TrafficWorld('error');
    const [first] = world.line(a, b);
    serve(first, 'a/ae', [target(eidOf(a)), interfaceId(eidOf(a).subarray(8))], false);
    expect(first.givenUp).toEqual([]);
    serve(first, 'a/ae', [target(eidOf(a)), interfaceId(otherId)], false);
    expect(first.givenUp.map(toHex)).toEqual([toHex(eidOf(a))]);
  });

  it('has a parent forget it of its child, and tell the child', async () => {
    const world = new TrafficWorld('child error');
    const [, second] = world.line(a, b);
    const child = world.child(second, 'minimal');
    second.children.set({ ...second.children.byRloc16(child.rloc16)!, addresses: [eidOf(child.rloc16), elsewhere] });
    serve(second, 'a/ae', [target(elsewhere), interfaceId(otherId)], false);
    expect(second.children.byAddress(elsewhere)).toBeUndefined();
    expect(second.tmf.pending).toBe(1);
    world.settle();
    await world.pass(100);
    expect(second.tmf.pending).toBe(0);
  });

  it('makes whoever asked for it ask again', () => {
    const world = new TrafficWorld('ask again');
    const [, , third] = world.line(a, b, c);
    third.traffic.resolver.snooped(elsewhere, a);
    serve(third, 'a/ae', [target(elsewhere), interfaceId(otherId)], false);
    expect(third.traffic.resolver.load.known).toBe(0);
  });
});
