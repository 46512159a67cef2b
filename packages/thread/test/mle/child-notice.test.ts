import { fromHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { Parent } from '../../src/mle/parent/parent.js';
import type { ParentMessage } from '../../src/mle/parent/parent-message.js';

const extended = fromHex('0200000000000001');
const [routerId, minute] = [3, 60_000] as const;
const poll = 5000;

/** A router with a sleepy child, what it sent, and the child's answer to what it is told. */
function household() {
  const sent: ParentMessage[] = [];
  const nothing = (): void => undefined;
  const parent = new Parent({
    entropy: new SeededEntropy('child notice'),
    host: {
      send: (message) => void sent.push(message),
      ...{ admit: nothing, dismiss: nothing, store: nothing, supervise: nothing, wantsRouterId: nothing },
      timestamps: { active: undefined, pending: undefined },
      answers: () => true,
      routerId,
      isRouterNeighbour: () => false,
    },
  });
  const from = { extended, linkFrameCounter: 0, mleFrameCounter: 0, keySequence: 0, frameCounter: 0, rssi: -60 };
  const asked = { routers: true, endDevices: false };
  parent.handle({ kind: 'parent-request', challenge: new Uint8Array(8), version: 5, asked }, from, 0);
  parent.tick(1000);
  const [response] = sent.splice(0);
  if (response?.kind !== 'parent-response') throw new Error('no Parent Response');
  const mode = {
    receiverOnWhenIdle: false,
    secureDataRequests: true,
    fullThreadDevice: false,
    fullNetworkData: false,
    reserved: 0,
  };
  const request = { mode, timeout: 240, version: 5, wanted: [], supervision: 0, addresses: [] } as const;
  parent.handle(
    {
      kind: 'child-id-request',
      answers: response.challenge,
      ...request,
      timestamps: { active: undefined, pending: undefined },
    },
    from,
    1000,
  );
  sent.length = 0;
  let now = 2000;
  return {
    parent,
    now: () => now,
    /** How many notices are sent while the child polls so often. */
    polls: (times: number): number => {
      const before = sent.length;
      for (let i = 0; i < times; i++) parent.heard(extended, (now += poll));
      return sent.slice(before).filter(({ kind }) => kind === 'child-notice').length;
    },
    answer: (): void => {
      const [source, answers, timeout, addresses] = [undefined, undefined, undefined, undefined];
      parent.handle({ kind: 'child-update-response', source, answers, timeout, addresses }, from, now);
    },
    notices: () => sent.filter(({ kind }) => kind === 'child-notice').length,
  };
}

describe('what a sleepy child is told', () => {
  it('is told again when it polls on and does not answer, as of another partition it hears nowhere else', () => {
    const { parent, polls, answer, now, notices } = household();
    parent.adopt(routerId, now());
    expect(notices()).toBe(1);
    expect(polls(7)).toBe(0);
    expect(polls(1)).toBe(1);
    expect(polls(8)).toBe(1);
    answer();
    expect(polls(40)).toBe(0);
  });

  it('is answered message by message: of two the second may be lost', () => {
    const { parent, polls, answer, now } = household();
    parent.adopt(routerId, now());
    parent.announce(now());
    answer();
    expect(polls(8)).toBe(1);
    answer();
    expect(polls(40)).toBe(0);
  });

  it('is not repeated in haste to one that sends much', () => {
    const { parent, now, notices } = household();
    parent.adopt(routerId, now());
    for (let i = 0; i < 100; i++) parent.heard(extended, now() + i);
    expect(notices()).toBe(1);
    parent.heard(extended, now() + minute);
    expect(notices()).toBe(2);
  });

  it('is nothing where nothing is new', () => expect(household().polls(100)).toBe(0));
});
