import { joinerPassphrase } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { JoinRoom, type JoinRoomOptions } from '../support/join-room.js';

/** HelloVerifyRequests that went to joiners, of rooms in which so many handshakes may do without. */
function roomOf(
  handshakesWithoutCookie: number,
  joiners: number,
  network?: JoinRoomOptions['network'],
): { readonly room: JoinRoom; readonly asked: () => number } {
  let asked = 0;
  const room = new JoinRoom({
    seed: `cookies ${handshakesWithoutCookie}`,
    handshakesWithoutCookie,
    ...(network && { network }),
    pass: ({ from, payload }) => {
      if (from === 'router' && payload[0] === 22 && payload[13] === 3) asked++;
      return payload;
    },
  });
  for (let each = 0; each < joiners; each++) room.add('J01NME');
  return { room, asked: () => asked };
}

describe('a commissioner asks joiners for cookies (RFC 6347 §4.2.1)', () => {
  it('not while few handshakes are under way, and then only those beyond', () => {
    const { room, asked } = roomOf(4, 10);
    for (const member of room.joiners) room.admit(member, 'J01NME');
    room.start().run();
    expect(room.joiners.every(({ entrusted }) => entrusted !== undefined)).toBe(true);
    expect(asked()).toBe(6);
  });

  it('who are not on the list: they are refused as ever', () => {
    const { room, asked } = roomOf(4, 1, { steeringData: Uint8Array.of(0xff) });
    room.start().run();
    expect(room.joiners[0]!.failure).toBe('not-admitted');
    expect(asked()).toBe(1);
  });

  it('who are let in as anybody would be', () => {
    const { room, asked } = roomOf(4, 1);
    room.table.add({ kind: 'any' }, joinerPassphrase('J01NME'), 60_000);
    room.start().run(2000);
    expect(room.joiners[0]!.entrusted).toBeDefined();
    expect(asked()).toBe(1);
  });

  it('who joined a moment ago: an old ClientHello does not make them joiners that never got the network key', () => {
    const { room, asked } = roomOf(4, 1);
    const lamp = room.joiners[0]!;
    room.admit(lamp, 'J01NME');
    room.start().run(2000);
    expect(lamp.entrusted).toBeDefined();
    expect(asked()).toBe(0);
    lamp.joiner.start();
    room.run(2000);
    expect(asked()).toBe(1);
  });

  it('who begin from other ports in the name of one that has begun: its tries are not used up', () => {
    const { room, asked } = roomOf(4, 1);
    const lamp = room.joiners[0]!;
    room.admit(lamp, 'J01NME');
    // Its own first ClientHello, as whoever is in range hears it.
    let hello = new Uint8Array();
    const other = new JoinRoom({
      seed: 'overheard',
      pass: ({ from, payload }) => {
        if (from === 'joiner' && hello.length === 0) hello = payload.slice();
        return undefined;
      },
    });
    other.admit(other.add('J01NME'), 'J01NME');
    other.start().run(100);
    expect(hello[13]).toBe(1);
    for (let port = 2000; port < 2010; port++) {
      const datagram = { interfaceId: room.interfaceId(lamp), udpPort: port, locator: 0x6c00, payload: hello };
      room.admission.handle({ kind: 'relayed', datagram }, room.now);
    }
    room.run(100);
    expect([room.admission.sessionCount, asked()]).toEqual([1, 9]);
    room.start().run(2000);
    expect(lamp.entrusted).toBeDefined();
    expect(room.commissionerFailures).toEqual([]);
    expect(asked()).toBe(10);
  });
});
