/** PSKds of the commissioner's list are wiped when nobody needs them any more. */
import { Secret } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { type JoinerEntry, joinerPassphrase, type JoinerSelector, JoinerTable } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { CommissionRoom } from '../support/commission-room.js';
import { JoinRoom } from '../support/join-room.js';

const lamp: JoinerSelector = { kind: 'eui64', eui64: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
const isWiped = ({ passphrase }: JoinerEntry): boolean => {
  try {
    return passphrase.reveal().length === 0;
  } catch {
    return true;
  }
};

function filled(): { table: JoinerTable; one: JoinerEntry; any: JoinerEntry } {
  const table = new JoinerTable(nativeCore);
  const passphrase = joinerPassphrase('J01NME');
  const [one, any] = [table.add(lamp, passphrase, 1000), table.add({ kind: 'any' }, passphrase, 2000)];
  // The table has copies.
  passphrase.dispose();
  expect([isWiped(one), isWiped(any)]).toEqual([false, false]);
  return { table, one, any };
}

describe('the passphrase of an entry is wiped', () => {
  it('when it is withdrawn, and that of no other', () => {
    const { table, one, any } = filled();
    table.remove(lamp);
    expect([isWiped(one), isWiped(any)]).toEqual([true, false]);
  });

  it('when its time is over', () => {
    const { table, one, any } = filled();
    table.expire(1000);
    expect([isWiped(one), isWiped(any)]).toEqual([true, false]);
  });

  it('when another one takes its place, which stands where it stood', () => {
    const { table, one, any } = filled();
    const next = table.add(lamp, Secret.text('J01NME'), 3000);
    expect([isWiped(one), isWiped(any), isWiped(next)]).toEqual([true, false, false]);
    expect([...table.entries]).toEqual([next, any]);
  });

  it('when too many wrong ones were tried', () => {
    const { table, one, any } = filled();
    while (table.guessed(one)) expect(isWiped(one)).toBe(false);
    expect([isWiped(one), isWiped(any), table.size]).toEqual([true, false, 1]);
  });

  it('when all are withdrawn, and when the commissioner stops', () => {
    const { table, one, any } = filled();
    table.clear();
    expect([isWiped(one), isWiped(any), table.size]).toEqual([true, true, 0]);
    const room = new CommissionRoom({ seed: 'stops' });
    const { commissioner } = room.connect('phone');
    room.run(200);
    const entry = commissioner.admit(lamp, joinerPassphrase('J01NME'), 60_000, room.now);
    expect(isWiped(entry)).toBe(false);
    commissioner.resign();
    expect(isWiped(entry)).toBe(true);
  });

  it('while its joiner proves it: the handshake goes on, and the joiner is let in', () => {
    let entry: JoinerEntry | undefined;
    const room: JoinRoom = new JoinRoom({
      seed: 'wiped meanwhile',
      pass: ({ from, to, payload }) => {
        // ServerHello: the handshake has begun, and its second round is still to come.
        if (from === 'router' && to === 'joiner' && payload[13] === 2 && entry === undefined) {
          [entry] = room.table.entries;
          room.table.clear();
        }
        return payload;
      },
    });
    const member = room.add('J01NME');
    room.admit(member, 'J01NME');
    room.start().run();
    expect([entry !== undefined && isWiped(entry), member.entrusted !== undefined]).toEqual([true, true]);
  });
});
