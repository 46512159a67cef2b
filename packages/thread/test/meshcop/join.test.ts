import { toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { decodeRelayed, type DiscoveredNetwork, joinerIdOf, joinerPassphrase } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { joinDataset, JoinRoom } from '../support/join-room.js';

describe('a joiner and the commissioner (Thread 1.3 §8.4.4)', () => {
  it('that have one passphrase: the joiner is entrusted with the dataset', () => {
    const room = new JoinRoom({ seed: 'good' });
    const lamp = room.add('J01NME');
    room.admit(lamp, 'J01NME');
    room.start().run();
    expect(lamp.failure).toBeUndefined();
    const { dataset, keySequence } = lamp.entrusted!;
    expect(keySequence).toBe(7);
    for (const field of ['networkKey', 'pskc'] as const) {
      expect(toHex(dataset.get(field)!.reveal())).toBe(toHex(joinDataset.get(field)!.reveal()));
    }
    expect(dataset.name).toBe('OpenThread-d195');
    expect(dataset.get('panId')).toBe(0xd195);
    expect(lamp.told.flatMap((output) => (output.kind === 'step' ? [output.step] : []))).toEqual([
      'discovery',
      'handshake',
      'finalisation',
      'entrust',
    ]);
    expect(room.admission.sessionCount).toBe(0);
    expect(lamp.at).toBeLessThan(100);
  });

  it('says how a wrong passphrase ends, at both sides, and no KEK leaves', () => {
    const room = new JoinRoom({ seed: 'wrong' });
    const lamp = room.add('WR0NG1');
    room.admit(lamp, 'J01NME');
    room.start().run();
    expect(lamp.failure).toBe('wrong-pskd');
    expect(room.commissionerFailures).toEqual(['wrong-pskd']);
    expect(room.entrusts).toEqual([]);
    expect(room.admission.sessionCount).toBe(0);
  });

  it('never gives the KEK of a joiner that it rejects to anybody', () => {
    const room = new JoinRoom({ seed: 'rejected', judge: () => ({ accept: false, why: 'the model is not approved' }) });
    const lamp = room.add('J01NME');
    room.admit(lamp, 'J01NME');
    room.start().run();
    expect(lamp.failure).toBe('finalisation-rejected');
    expect(room.commissionerFailures).toEqual(['finalisation-rejected']);
    const relayed = room.told.flatMap((output) => (output.kind === 'relay' ? [output.datagram] : []));
    expect(relayed.length).toBeGreaterThan(3);
    expect(relayed.every(({ kek }) => kek === undefined)).toBe(true);
    expect(lamp.entrusted).toBeUndefined();
  });

  it.each(['rejected', 'stopped'] as const)(
    'are parted at once where the joiner is %s: no place is held for it',
    (end) => {
      const said: (number | undefined)[] = [];
      const room = new JoinRoom({
        seed: end,
        judge: () => ({ accept: false, why: 'the model is not approved' }),
        pass: ({ from, payload }) => {
          if (from === 'joiner') said.push(payload[0]);
          // JOIN_FIN.
          return end === 'stopped' && from === 'joiner' && payload[0] === 23 ? undefined : payload;
        },
      });
      const lamp = room.add('J01NME');
      room.admit(lamp, 'J01NME');
      room.start().run(1000);
      if (end === 'stopped') {
        expect(room.admission.sessionCount).toBe(1);
        lamp.joiner.stop(room.now);
        room.run(100);
      }
      expect(lamp.failure).toBe(end === 'stopped' ? undefined : 'finalisation-rejected');
      // An alert, close_notify.
      expect(said.at(-1)).toBe(21);
      expect([lamp.joiner.isUnderWay, room.admission.sessionCount]).toEqual([false, 0]);
    },
  );

  it('takes many joiners at once, and one that stalls holds up nobody', () => {
    const stalls = 3;
    const room = new JoinRoom({
      seed: 'many',
      pass: ({ joiner, from, payload }) =>
        joiner === stalls && from === 'joiner' && payload.length > 300 ? undefined : payload,
    });
    const lamps = Array.from({ length: 20 }, () => room.add('J01NME'));
    for (const lamp of lamps) room.admit(lamp, 'J01NME');
    room.start().run();
    expect(lamps.filter(({ entrusted }) => entrusted !== undefined).length).toBe(19);
    expect(Math.max(...lamps.filter(({ entrusted }) => entrusted !== undefined).map(({ at }) => at))).toBeLessThan(100);
    expect(lamps[stalls]!.failure).toBe('flight-lost');
    expect(room.admission.sessionCount).toBe(0);
  });

  it('lets in whom the last bits of its joiner ID name, or anybody, until the time is over', () => {
    const room = new JoinRoom({ seed: 'selectors' });
    const [named, any, late] = [room.add('AAAAAA'), room.add('BBBBBB'), room.add('BBBBBB')];
    room.table.add({ kind: 'discerner', discerner: { value: 0x973n, length: 12 } }, joinerPassphrase('AAAAAA'), 60_000);
    room.table.add({ kind: 'any' }, joinerPassphrase('BBBBBB'), 1000);
    named.joiner.start();
    any.joiner.start();
    room.run(500);
    expect(toHex(joinerIdOf(nativeCore, named.eui64)).endsWith('973')).toBe(true);
    expect([named.entrusted, any.entrusted].every((entrusted) => entrusted !== undefined)).toBe(true);
    room.now = 1000;
    expect(room.table.expire(room.now).length).toBe(1);
    late.joiner.start();
    room.run();
    expect(late.failure).toBe('not-in-steering-data');
  });
});

describe('why a join failed is said in the same words', () => {
  const changeCipherSpec = 20;
  /** Whether a datagram has a DTLS record of this content type. */
  function hasRecord(datagram: Uint8Array, type: number): boolean {
    const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    for (let at = 0; at + 13 <= datagram.length; at += 13 + view.getUint16(at + 11))
      if (datagram[at] === type) return true;
    return false;
  }

  const cause = (room: JoinRoom, passphrase = 'J01NME'): string | undefined => {
    const lamp = room.joiners[0] ?? room.add('J01NME');
    room.admit(lamp, passphrase);
    room.start().run();
    return lamp.failure;
  };
  const steered = (network: Partial<DiscoveredNetwork>): JoinRoom => new JoinRoom({ seed: 'cause', network });

  it('no network, after a second look that comes when whoever was as unlucky does not look too', () => {
    const room = new JoinRoom({ seed: 'nobody' });
    const lamps = Array.from({ length: 8 }, () => room.add('J01NME'));
    room.start().run(500);
    const looks = (): number[] => lamps.map(({ told }) => told.filter(({ kind }) => kind === 'discover').length);
    expect(looks()).toEqual(lamps.map(() => 1));
    const again = lamps.map(({ joiner }) => joiner.deadline!);
    expect(again.every((at) => at >= 1000 && at < 2500)).toBe(true);
    expect(new Set(again).size).toBeGreaterThan(4);
    room.run();
    expect(looks()).toEqual(lamps.map(() => 2));
    expect(lamps.every(({ failure }) => failure === 'no-network')).toBe(true);
  });

  it('commissioner not active', () => {
    expect(cause(steered({ steeringData: undefined }))).toBe('commissioner-not-active');
  });

  it('not in steering data', () => {
    expect(cause(steered({ steeringData: Uint8Array.of(0, 1) }))).toBe('not-in-steering-data');
    expect(cause(steered({ steeringData: Uint8Array.of(0) }))).toBe('not-in-steering-data');
  });

  it('no joiner router', () => {
    expect(cause(steered({ joinerUdpPort: undefined }))).toBe('no-joiner-router');
  });

  it('not admitted: it passed the steering data, and the commissioner has no entry', () => {
    const room = steered({ steeringData: Uint8Array.of(0xff) });
    const lamp = room.add('J01NME');
    room.start().run();
    expect(lamp.failure).toBe('not-admitted');
    expect(room.commissionerFailures).toEqual(['not-admitted']);
  });

  it('wrong PSKd; and the next try has to wait', () => {
    const room = new JoinRoom({ seed: 'again' });
    expect(cause(room, 'WR0NG1')).toBe('wrong-pskd');
    const [lamp] = room.joiners;
    const failedAt = lamp!.at;
    room.now = failedAt + 10;
    lamp!.joiner.start();
    room.run();
    expect(lamp!.failure).toBe('session-limit');
  });

  it('a flight that was lost, by its name', () => {
    const room = new JoinRoom({
      seed: 'lost',
      pass: ({ from, payload }) => (from === 'commissioner' && payload.length > 300 ? undefined : payload),
    });
    expect(cause(room)).toBe('flight-lost');
    const failed = room.joiners[0]!.told.find((output) => output.kind === 'failed');
    expect(failed?.kind === 'failed' && failed.error.message).toContain('waiting for');
  });

  it('a wrong PSKd of which the commissioner says nothing: a lost flight, and a remedy that has the passphrase in it', () => {
    let isProven = false;
    const room = new JoinRoom({
      seed: 'mute',
      pass: ({ from, payload }) => {
        isProven ||= from === 'joiner' && hasRecord(payload, changeCipherSpec);
        return from === 'commissioner' && isProven ? undefined : payload;
      },
    });
    expect(cause(room, 'WR0NG1')).toBe('flight-lost');
    const failed = room.joiners[0]!.told.find((output) => output.kind === 'failed');
    expect(failed?.kind === 'failed' && failed.error.remedy).toContain('compare the passphrase');
  });

  it('JOIN_FIN that was not answered', () => {
    const room = new JoinRoom({
      seed: 'silent',
      pass: ({ from, payload }) => (from === 'commissioner' && hasKek(payload) ? undefined : payload),
    });
    expect(cause(room)).toBe('timed-out');
  });

  it('no JOIN_ENT', () => {
    const room = new JoinRoom({ seed: 'no entrust' });
    room.losesEntrusts = true;
    expect(cause(room)).toBe('entrust-not-received');
  });

  it('the KEK was lost: the commissioner sees the joiner again', () => {
    const room = new JoinRoom({ seed: 'no kek' });
    room.losesKek = true;
    expect(cause(room)).toBe('entrust-not-received');
    expect(room.entrusts).toEqual([]);
    room.losesKek = false;
    const [lamp] = room.joiners;
    room.now = lamp!.at + 100;
    lamp!.joiner.start();
    room.run();
    expect(lamp!.entrusted).toBeDefined();
    expect(room.commissionerFailures).toContain('kek-lost');
  });
});

function hasKek(message: Uint8Array): boolean {
  return decodeRelayed(message)?.kek !== undefined;
}
