import type { LinkQuality } from '../../src/mesh/mesh-routes.js';
import { fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import type { ParentCandidate } from '../../src/mle/attach/parent-candidate.js';
import type { ChildInput } from '../../src/mle/child/child-input.js';
import type { Child, ChildState } from '../../src/mle/child/child-state.js';
import type { Step } from '../../src/mle/child/child-step.js';
import { deadlineOf, step } from '../../src/mle/child/step.js';

const facts = { sleepy: false, timeout: 240, supervision: 190 };
const parent = fromHex('0200000000000001');
const stranger = fromHex('0200000000000002');
const leader = { partitionId: 1, weighting: 64, dataVersion: 1, stableDataVersion: 1, leaderRouterId: 27 };
const challenges = [fromHex('0101010101010101'), fromHex('0202020202020202')] as const;

function candidate(quality: LinkQuality, heardAt = 100): ParentCandidate {
  return {
    extended: parent,
    rloc16: 0x6c00,
    leader,
    keySequence: 0,
    linkFrameCounter: 7,
    mleFrameCounter: 9,
    version: 5,
    challenge: fromHex('a1a2a3a4a5a6a7a8'),
    linkMargin: 40,
    linkQuality: quality,
    connectivity: {
      idSequence: 1,
      activeRouters: 1,
      leaderCost: 0,
      priority: 0,
      linkQuality3: 0,
      linkQuality2: 0,
      linkQuality1: 0,
      sedBufferSize: 0,
      sedDatagrams: 0,
    },
    heardAt,
  };
}

/** A node's states, one input after the other. */
class Life {
  state: ChildState = { kind: 'disabled' };
  now = 0;
  #drawn = 0;

  give(input: ChildInput): Step['effects'] {
    const challenge = challenges[this.#drawn++ % 2] as Uint8Array;
    const { state, effects } = step(this.state, input, { now: this.now, facts, fresh: { challenge, fraction: 0.5 } });
    this.state = state;
    return effects;
  }

  /** Lets time pass until the state wants the clock. */
  wait(): Step['effects'] {
    this.now = deadlineOf(this.state, facts);
    return this.give({ kind: 'timer' });
  }

  hear(quality: LinkQuality): void {
    const { challenge: answers } = this.state as Extract<ChildState, { kind: 'parent-request' }>;
    this.give({ kind: 'parent-response', candidate: candidate(quality, this.now), answers });
  }

  attach(): Child {
    this.give({ kind: 'attach', stored: undefined });
    this.hear(3);
    this.wait();
    this.give({ kind: 'child-id-response', from: parent, sourceAddress: 0x6c00, rloc16: 0x6c01, leader });
    return this.state as Child;
  }
}

describe('Detached (Thread 1.3 §4.5)', () => {
  it('asks routers twice, then everybody four times, and then waits ever longer', () => {
    const life = new Life();
    const kinds: string[] = [];
    const note = (effects: Step['effects']): void => {
      for (const effect of effects)
        kinds.push(effect.kind === 'parent-request' ? String(effect.routersOnly) : effect.kind);
    };
    note(life.give({ kind: 'attach', stored: undefined }));
    const times = [0];
    for (let i = 0; i < 10; i++) {
      note(life.wait());
      times.push(life.now);
    }
    expect(kinds.slice(0, 7)).toEqual(['true', 'true', 'false', 'false', 'false', 'false', 'unheard']);
    expect(times.slice(0, 7)).toEqual([0, 750, 1500, 2700, 3900, 5100, 6300]);
    expect(kinds.slice(7)).toEqual(['true', 'false', 'unheard', 'true']);
    expect(times[7]! - times[6]!).toBe(251);
    expect(times[10]! - times[9]!).toBe(502);
  });

  it('takes a router with the best link when routers have answered, and another only when all were asked', () => {
    const life = new Life();
    life.give({ kind: 'attach', stored: undefined });
    life.hear(3);
    expect(life.wait().map(({ kind }) => kind)).toEqual(['child-id-request']);
    expect(life.now).toBe(560);
    const other = new Life();
    other.give({ kind: 'attach', stored: undefined });
    other.hear(2);
    expect(other.wait().map(({ kind }) => kind)).toEqual(['parent-request']);
    other.wait();
    other.hear(2);
    expect(other.wait().map(({ kind }) => kind)).toEqual(['child-id-request']);
    expect(other.now).toBe(2700);
  });

  it('discards an answer to another challenge, and a link without quality', () => {
    const life = new Life();
    life.give({ kind: 'attach', stored: undefined });
    const before = life.state;
    life.give({ kind: 'parent-response', candidate: candidate(3), answers: fromHex('ffffffffffffffff') });
    life.hear(0);
    expect(life.state).toEqual(before);
  });

  it.each([
    ['from somebody else', { from: stranger }],
    ['of another router', { sourceAddress: 0x7000 }],
    ['with the address of a router', { rloc16: 0x6c00 }],
  ])('discards a Child ID Response %s', (_name, change) => {
    const life = new Life();
    life.give({ kind: 'attach', stored: undefined });
    life.hear(3);
    life.wait();
    const before = life.state;
    const usual = { kind: 'child-id-response', from: parent, sourceAddress: 0x6c00, rloc16: 0x6c01, leader } as const;
    life.give({ ...usual, ...change });
    expect(life.state).toEqual(before);
    life.give(usual);
    expect(life.state.kind).toBe('child');
  });
});

describe('Child (Thread 1.3 §4.7)', () => {
  it('is doubtful of a parent that is silent, asks four times with a challenge, and then looks for another', () => {
    const life = new Life();
    life.attach();
    const effects = [...life.wait()];
    expect(life.now).toBeCloseTo(560 + 190_000, 0);
    for (let i = 0; i < 4; i++) effects.push(...life.wait());
    expect(effects.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 4 }, () => 'child-update-request'),
      'detached',
      'parent-request',
    ]);
    expect(effects[0]).toMatchObject({ challenge: expect.any(Uint8Array) as unknown });
  });

  it('stays with one that answers the challenge, and hears nobody else', () => {
    const life = new Life();
    life.attach();
    life.give({ kind: 'doubt' });
    const { update } = life.state as Child;
    const answers = update.kind === 'asked' ? update.challenge : undefined;
    const answer = {
      kind: 'child-update-response',
      from: parent,
      sourceAddress: 0x6c00,
      leader,
      answers,
      agrees: true,
      refuses: false,
      counters: undefined,
    } as const;
    for (const wrong of [{ from: stranger }, { answers: fromHex('ffffffffffffffff') }, { answers: undefined }]) {
      life.give({ ...answer, ...wrong });
      expect((life.state as Child).update.kind).toBe('asked');
    }
    life.give(answer);
    expect((life.state as Child).update.kind).toBe('quiet');
  });

  it('asks one that answers no Data Request whether it knows us', () => {
    const life = new Life();
    life.attach();
    const news = { kind: 'news', from: parent, sourceAddress: 0x6c00, multicast: false, answers: false } as const;
    life.give({ ...news, leader: { ...leader, dataVersion: 2 }, lacks: true });
    const effects = Array.from({ length: 5 }, () => life.wait()).flat();
    expect(effects.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 4 }, () => 'data-request'),
      'child-update-request',
    ]);
  });

  it.each([
    ['says that it does not know us', { refuses: true }],
    ['has another mode for us', { agrees: false }],
    ['has another address', { sourceAddress: 0x7000 }],
  ])('leaves a parent that %s', (_name, change) => {
    const life = new Life();
    life.attach();
    life.give({ kind: 'addresses-changed' });
    const answer = {
      kind: 'child-update-response',
      from: parent,
      sourceAddress: 0x6c00,
      leader,
      answers: undefined,
      agrees: true,
      refuses: false,
      counters: undefined,
    } as const;
    const effects = life.give({ ...answer, ...change });
    expect(effects[0]).toEqual({ kind: 'detached', reason: 'disowned' });
  });

  it('is detached by four frames in a row that nobody acknowledges, and by four polls', () => {
    const life = new Life();
    life.attach();
    const lost = { kind: 'sent', to: parent, acknowledged: false } as const;
    for (let i = 0; i < 3; i++) life.give(lost);
    life.give({ ...lost, acknowledged: true });
    for (let i = 0; i < 3; i++) life.give(lost);
    expect(life.state.kind).toBe('child');
    expect(life.give(lost)[0]).toEqual({ kind: 'detached', reason: 'unanswered' });
    const sleepy = new Life();
    sleepy.attach();
    sleepy.give({ kind: 'polls-failed', failures: 3 });
    expect(sleepy.state.kind).toBe('child');
    expect(sleepy.give({ kind: 'polls-failed', failures: 4 })[0]).toEqual({ kind: 'detached', reason: 'unanswered' });
  });
});
