import { fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { type LinkInput, type LinkState, linkTimes } from '../../src/mle/router/link-state.js';
import { linkDeadline, stepLink } from '../../src/mle/router/step-link.js';

const peer = fromHex('0200000000000001');
const stranger = fromHex('0200000000000002');
const [ours, theirs] = [fromHex('0101010101010101'), fromHex('0202020202020202')];

/** One side of a link, one input after the other. */
class Side {
  state: LinkState = { kind: 'none' };
  now = 0;

  give(input: LinkInput): string[] {
    const { state, effects } = stepLink(this.state, input, { now: this.now, challenge: ours });
    this.state = state;
    return effects.map((effect) =>
      effect.kind === 'accept' && effect.challenge !== undefined ? 'accept-and-request' : effect.kind,
    );
  }

  wait(): string[] {
    this.now = linkDeadline(this.state);
    return this.give({ kind: 'timer' });
  }

  link(): void {
    this.give({ kind: 'advertised', from: peer, isStrong: true });
    this.give({ kind: 'accepted', from: peer, response: ours, challenge: undefined });
  }
}

describe('a link between routers (Thread 1.3 §4.7.7)', () => {
  it('is made in three messages: request, accept and request, accept', () => {
    const [a, b] = [new Side(), new Side()];
    expect(a.give({ kind: 'advertised', from: peer, isStrong: true })).toEqual(['request']);
    expect(b.give({ kind: 'requested', from: peer, answers: ours })).toEqual(['accept-and-request']);
    expect(a.give({ kind: 'accepted', from: peer, response: ours, challenge: theirs })).toEqual([
      'established',
      'accept',
    ]);
    expect(b.give({ kind: 'accepted', from: peer, response: ours, challenge: undefined })).toEqual(['established']);
    expect([a.state.kind, b.state.kind]).toEqual(['linked', 'linked']);
  });

  it('is made where both ask at once', () => {
    const side = new Side();
    side.give({ kind: 'advertised', from: peer, isStrong: true });
    expect(side.give({ kind: 'requested', from: peer, answers: theirs })).toEqual(['accept-and-request']);
    expect(side.give({ kind: 'accepted', from: peer, response: ours, challenge: theirs })).toEqual([
      'established',
      'accept',
    ]);
  });

  it.each<readonly [string, LinkInput]>([
    ['a response to no challenge of ours', { kind: 'accepted', from: peer, response: theirs, challenge: undefined }],
    ['somebody else', { kind: 'accepted', from: stranger, response: ours, challenge: undefined }],
  ])('is not made by %s', (_name, spoofed) => {
    const side = new Side();
    side.give({ kind: 'advertised', from: peer, isStrong: true });
    const before = side.state;
    expect(side.give(spoofed)).toEqual([]);
    expect(side.state).toBe(before);
  });

  it('is not asked for by a weak advertisement, and asked for again when nobody answered for two seconds', () => {
    const side = new Side();
    expect(side.give({ kind: 'advertised', from: peer, isStrong: false })).toEqual([]);
    side.give({ kind: 'advertised', from: peer, isStrong: true });
    expect(side.wait()).toEqual([]);
    expect([side.now, side.state.kind]).toEqual([linkTimes.answer, 'none']);
    expect(side.give({ kind: 'advertised', from: peer, isStrong: true })).toEqual(['request']);
  });

  it('is doubted after 100 s of silence, and lost after three requests', () => {
    const side = new Side();
    side.link();
    expect(side.wait()).toEqual(['request']);
    expect(side.now).toBe(100_000);
    expect([side.wait(), side.wait(), side.wait()]).toEqual([['request'], ['request'], ['lost']]);
    expect([side.now, side.state.kind]).toEqual([103_000, 'none']);
  });

  it.each<readonly [string, LinkInput]>([
    ['an advertisement', { kind: 'advertised', from: peer, isStrong: false }],
    ['an answer', { kind: 'accepted', from: peer, response: ours, challenge: undefined }],
  ])('is kept by %s', (_name, sign) => {
    const side = new Side();
    side.link();
    side.wait();
    side.give(sign);
    expect(side.state.kind).toBe('linked');
  });

  it('moves to another device only by a handshake of its own', () => {
    const side = new Side();
    side.link();
    expect(side.give({ kind: 'requested', from: stranger, answers: theirs })).toEqual([]);
    expect(side.give({ kind: 'advertised', from: stranger, isStrong: true })).toEqual(['lost', 'request']);
    expect(side.state.kind).toBe('asked');
  });
});
