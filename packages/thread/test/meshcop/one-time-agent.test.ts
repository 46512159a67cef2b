import { Secret } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { drawOneTimePasscode, type OneTimeAgent, oneTimePasscode } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { type Address, CommissionRoom, type CommissionRoomOptions } from '../support/commission-room.js';

const passcode = drawOneTimePasscode(new SeededEntropy('passcode'));
const wrong = Secret.text('000000000');

function roomOf(seed: string, options: Partial<CommissionRoomOptions> = {}): CommissionRoom {
  return new CommissionRoom({ seed, oneTime: { passcode }, ...options });
}

const agentOf = (room: CommissionRoom): OneTimeAgent<Address> => room.agent as OneTimeAgent<Address>;

/** Why the agent is over; undefined while it is not. */
function ended(room: CommissionRoom): string | undefined {
  const [over, ...more] = room.agentSays.flatMap((output) => (output.kind === 'over' ? [output.why] : []));
  expect(more).toEqual([]);
  return over;
}

describe('a border agent with a one-time passcode (Thread 1.4, ePSKc)', () => {
  it('lets one commissioner in, which a person gave nine digits', () => {
    const room = roomOf('once');
    const typed = new TextDecoder().decode(passcode.reveal()).replace(/(...)(...)/, '$1 $2-');
    const phone = room.connect('phone', oneTimePasscode(typed));
    room.run(100);
    expect([phone.commissioner.state, ended(room)]).toEqual(['active', undefined]);
  });

  it('takes no second session while there is one, and is over with it: the leader knows at once', () => {
    const room = roomOf('one session');
    const phone = room.connect('phone', passcode);
    room.run(100);
    const tablet = room.connect('tablet', passcode);
    room.run(1000);
    expect([tablet.commissioner.state, room.agent.sessionCount]).toEqual(['inactive', 1]);
    phone.access.close(room.now);
    room.run(100);
    expect([ended(room), room.register.commissioning.kind]).toEqual(['session-ended', 'none']);
    const late = room.connect('late', passcode);
    room.run(60_000);
    expect(late.closed).toBe('flight-lost');
  });

  it('is over when nobody has come in 120 s', () => {
    const room = roomOf('nobody');
    room.run(119_999);
    expect(ended(room)).toBeUndefined();
    room.run(1);
    expect(ended(room)).toBe('timed-out');
    expect(room.agent.deadline).toBeUndefined();
  });

  it('ends a session that lasts longer than its time, which is 10 minutes at most', () => {
    const room = roomOf('long', { oneTime: { passcode, lifetime: 10_000_000 } });
    const phone = room.connect('phone', passcode);
    room.run(599_999);
    expect([phone.commissioner.state, ended(room)]).toEqual(['active', undefined]);
    room.run(100);
    expect([phone.closed, ended(room)]).toEqual(['session-closed', 'timed-out']);
    expect(room.register.commissioning.kind).toBe('none');
  });

  it('counts wrong passcodes and is over after ten, for the right one too', () => {
    const room = roomOf('guessed');
    for (let tries = 1; tries <= 10; tries++) {
      expect(ended(room)).toBeUndefined();
      const guesser = room.connect(`guesser ${tries}`, wrong);
      room.run(5000);
      expect([guesser.closed, agentOf(room).tries]).toEqual(['wrong-pskc', tries]);
    }
    expect(ended(room)).toBe('too-many-tries');
    const phone = room.connect('phone', passcode);
    room.run(60_000);
    expect(phone.closed).toBe('flight-lost');
  });

  it('gives ten tries to many that try at once, and counts those that make room for others', () => {
    const room = roomOf('at once');
    for (let index = 0; index < 40; index++) {
      room.connect(`guesser ${index}`, wrong);
      room.run(10);
    }
    room.run(5000);
    expect([agentOf(room).tries, ended(room)]).toEqual([10, 'too-many-tries']);
  });

  it('still lets in who comes last, after nine wrong ones', () => {
    const room = roomOf('tenth');
    for (let tries = 1; tries <= 9; tries++) {
      room.connect(`guesser ${tries}`, wrong);
      room.run(5000);
    }
    const phone = room.connect('phone', passcode);
    room.run(200);
    expect([phone.commissioner.state, agentOf(room).tries]).toEqual(['active', 9]);
  });

  it('is not held by handshakes that never go on: they count as no tries, and make room', () => {
    let stalls = true;
    const room = roomOf('stalled', {
      // Of the stalling ones the first two datagrams arrive, which bring the cookie back; nothing after that.
      pass: (payload, to) => (to === 'agent' && stalls && payload[0] === 22 && payload[13] !== 1 ? [] : [payload]),
    });
    for (let index = 0; index < 4; index++) room.connect(`staller ${index}`, wrong);
    room.run(500);
    stalls = false;
    const phone = room.connect('phone', passcode);
    room.run(200);
    expect([phone.commissioner.state, ended(room)]).toEqual(['active', undefined]);
    expect(agentOf(room).tries).toBe(0);
  });

  it('is closed by whoever opened it', () => {
    const room = roomOf('closed');
    const phone = room.connect('phone', passcode);
    room.run(100);
    agentOf(room).close(room.now);
    room.run(100);
    expect([phone.closed, ended(room)]).toEqual(['session-closed', 'closed']);
  });
});
