import { decode, fromHex, Secret, toHex } from '@selvage/core';
import { joinerPassphrase, meshcopTlvs } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { CommissionRoom } from '../support/commission-room.js';
import { joinDataset } from '../support/join-room.js';

const first = (room: CommissionRoom, field: 'steeringData' | 'borderAgentLocator' | 'commissionerSessionId') =>
  room.commissioning && meshcopTlvs.first(decode(meshcopTlvs, room.commissioning), field);

describe('an external commissioner at a border agent (Thread 1.3 §8.4.2, §8.4.3)', () => {
  it('that knows the PSKc becomes the commissioner, and the network learns who may join', () => {
    const room = new CommissionRoom({ seed: 'good' });
    const phone = room.connect('phone');
    room.run(100);
    expect(phone.events.map(({ kind }) => kind)).toEqual(['active', 'steering']);
    expect(toHex(first(room, 'steeringData') as Uint8Array)).toBe('00');
    expect(first(room, 'borderAgentLocator')).toBe(0xc800);
    phone.commissioner.admit({ kind: 'any' }, joinerPassphrase('J01NME'), 60_000, room.now);
    room.run(100);
    expect(toHex(first(room, 'steeringData') as Uint8Array)).toBe('ff');
    room.run(61_000);
    expect(toHex(first(room, 'steeringData') as Uint8Array)).toBe('00');
    expect(phone.events.map(({ kind }) => kind)).toEqual(['active', 'steering', 'steering', 'expired', 'steering']);
  });

  it('speaks to the leader through the UDP proxy once it is active, as an agent need not pass that on', () => {
    const room = new CommissionRoom({ seed: 'proxied' });
    const phone = room.connect('phone');
    room.run(100);
    phone.commissioner.request('c/cg', [], { kind: 'leader' });
    room.run(100);
    expect(phone.events.map(({ kind }) => kind)).toEqual(['active', 'steering']);
    expect(room.proxiedTo).toEqual(Array(2).fill('fd0d:81ef:6216:b10a:0:ff:fe00:fc00'));
    expect(room.agentSays.flatMap((said) => (said.kind === 'ask-leader' ? [said.path] : []))).toEqual(['c/lp']);
  });

  it('hears at once that nobody answers it any more, when the agent ends the session', () => {
    const room = new CommissionRoom({ seed: 'cut short' });
    const phone = room.connect('phone');
    room.run(100);
    room.isMute = true;
    const ends: (string | undefined)[] = [];
    const note = (_: unknown, error?: { readonly code: string }): void => void ends.push(error?.code);
    phone.commissioner.request('c/cg', [], { kind: 'leader' }, note);
    phone.commissioner.request('c/cg', [], { kind: 'agent' }, note);
    room.isLeaderless = true;
    room.run(100);
    // The agent itself has said that it has no answer.
    expect(ends).toEqual([undefined]);
    room.agent.close(room.now);
    room.run(100);
    expect([phone.closed, ends]).toEqual(['session-closed', [undefined, 'session-closed']]);
    expect(room.run(60_000).commissioners[0]?.access.deadline).toBeUndefined();
  });

  it('finds the leader again when the network has another mesh-local prefix', () => {
    const room = new CommissionRoom({ seed: 'moved' });
    const phone = room.connect('phone');
    room.run(100);
    room.dataset = room.dataset.with({ meshLocalPrefix: fromHex('fd00111122223333') });
    phone.commissioner.admit({ kind: 'any' }, joinerPassphrase('J01NME'), 60_000, room.now);
    room.run(20_000);
    expect(toHex(first(room, 'steeringData') as Uint8Array)).toBe('ff');
    expect(room.proxiedTo.at(-1)).toBe('fd00:1111:2222:3333:0:ff:fe00:fc00');
  });

  it('admits a hundred at once with few messages: a part of them first, all of them where nobody comes', () => {
    const room = new CommissionRoom({ seed: 'many' });
    const phone = room.connect('phone');
    room.run(100);
    for (let number = 0; number < 100; number++) {
      const eui64 = Uint8Array.of(0x18, 0xb4, 0x30, 0, 0, 0, 1, number);
      phone.commissioner.admit({ kind: 'eui64', eui64 }, joinerPassphrase('J01NME'), 60_000, room.now);
    }
    room.run(100);
    expect(phone.events.map(({ kind }) => kind)).toEqual(['active', ...Array<string>(3).fill('steering')]);
    const { commissioner } = phone;
    expect(phone.events.at(-1)).toEqual({ kind: 'steering', steeringData: commissioner.steeringData });
    expect(commissioner.steeringData).not.toEqual(commissioner.joiners.steeringData);
    room.run(20_000);
    expect(phone.events.at(-1)).toEqual({ kind: 'steering', steeringData: commissioner.joiners.steeringData });
    expect(phone.events.length).toBeLessThanOrEqual(7);
    expect(first(room, 'steeringData')).toEqual(commissioner.joiners.steeringData);
  });

  it('tells the leader again who may join, where that was lost', () => {
    const room = new CommissionRoom({ seed: 'steered again' });
    const phone = room.connect('phone');
    room.run(100);
    room.isMute = true;
    phone.commissioner.admit({ kind: 'any' }, joinerPassphrase('J01NME'), 60_000, room.now);
    room.run(20_000);
    expect(toHex(first(room, 'steeringData') as Uint8Array)).toBe('00');
    room.isMute = false;
    room.run(15_000);
    expect(toHex(first(room, 'steeringData') as Uint8Array)).toBe('ff');
    expect(phone.events.map(({ kind }) => kind)).toEqual(['active', 'steering', 'steering']);
  });

  it('stays the commissioner as long as it lives, and leaves no dead time behind', () => {
    const room = new CommissionRoom({ seed: 'alive' });
    const phone = room.connect('phone');
    room.run(300_000);
    expect(phone.commissioner.sessionId).toBe(8);
    phone.access.close(room.now);
    room.run(10);
    expect(room.register.commissioning.kind).toBe('none');
    const tablet = room.connect('tablet');
    room.run(100);
    expect(tablet.commissioner.state).toBe('active');
  });

  it('is given up when it is not heard of for 50 s', () => {
    let isCut = false;
    const room = new CommissionRoom({ seed: 'cut', pass: (payload) => (isCut ? [] : [payload]) });
    room.connect('phone');
    room.run(100);
    isCut = true;
    room.run(49_000);
    expect(room.register.commissioning.kind).toBe('active');
    room.run(2000);
    expect(room.register.commissioning.kind).toBe('none');
  });

  it('that vanished without a word is forgotten after a minute: the next need not wait for it', () => {
    let isCut = false;
    const room = new CommissionRoom({ seed: 'vanished', pass: (payload) => (isCut ? [] : [payload]) });
    room.connect('phone');
    room.run(100);
    isCut = true;
    room.run(61_000);
    expect(room.agent.sessionCount).toBe(0);
    isCut = false;
    const tablet = room.connect('tablet');
    room.run(100);
    expect([tablet.commissioner.state, room.agent.sessionCount]).toEqual(['active', 1]);
  });

  it('is told who is active where there is one already, and its session stays', () => {
    const room = new CommissionRoom({ seed: 'second' });
    const phone = room.connect('phone');
    room.run(100);
    const tablet = room.connect('tablet');
    room.run(100);
    const [told] = tablet.events;
    expect(told?.kind === 'inactive' && told.error?.message).toContain('active phone');
    expect(phone.commissioner.state).toBe('active');
    phone.commissioner.resign();
    room.run(10);
    tablet.commissioner.petition();
    room.run(10);
    expect(tablet.commissioner.state).toBe('active');
  });

  it('gets no session with a wrong PSKc, and has to wait before each further guess', () => {
    const room = new CommissionRoom({ seed: 'wrong' });
    const guess = Secret.of(new Uint8Array(16).fill(7));
    const first = room.connect('guesser', guess);
    room.run(5000);
    expect(first.closed).toBe('wrong-pskc');
    room.connect('guesser', guess);
    room.run(2000);
    const third = room.connect('guesser', guess);
    room.run(5000);
    expect([third.closed, room.agent.sessionCount]).toEqual(['session-limit', 0]);
    expect(room.register.commissioning.kind).toBe('none');
  });

  it('is refused where there is no PSKc', () => {
    const room = new CommissionRoom({ seed: 'none', pskc: undefined });
    const phone = room.connect('phone');
    room.run(5000);
    expect(phone.closed).toBe('commissioner-rejected');
  });

  it('reads the active dataset from the agent, and hears of a leader that is gone', () => {
    const room = new CommissionRoom({ seed: 'datasets' });
    const phone = room.connect('phone');
    room.run(100);
    const seen: (string | undefined)[] = [];
    const note = (payload: Uint8Array | undefined): void => void seen.push(payload && toHex(payload));
    phone.commissioner.request('c/ag', [], { kind: 'agent' }, note);
    phone.commissioner.request('c/ag', [{ type: 'get', value: [3] }], { kind: 'agent' }, note);
    phone.commissioner.request('c/pg', [], { kind: 'agent' }, note);
    phone.commissioner.request('c/cg', [], { kind: 'agent' }, note);
    room.run(100);
    expect(seen[0]).toBe(toHex(joinDataset.encode()));
    expect(seen[1]).toBe('030f4f70656e5468726561642d64313935');
    expect(seen.slice(2)).toEqual(['', '0b0200080902c800080100']);
    room.isLeaderless = true;
    phone.commissioner.request('c/cg', [], { kind: 'agent' }, note);
    room.run(100);
    expect(seen[4]).toBeUndefined();
  });
});
