import { encode } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { routerMaskOf } from '../../src/mle/tlv/route64.js';
import type { MleArrival } from '../../src/mle/mle-host.js';
import type { FullDevice } from '../../src/mle/router/full-device.js';
import { defaultRouterSettings } from '../../src/mle/router/router-settings.js';
import type { RoleParts } from '../../src/stack/role-parts.js';
import { type Granted, RouterQuest } from '../../src/stack/router-quest.js';
import { networkLayerTlvs } from '../../src/tmf/network-layer-tlvs.js';
import type { TmfDone } from '../../src/tmf/pending-requests.js';

const leader = { partitionId: 1, weighting: 64, dataVersion: 1, stableDataVersion: 1, leaderRouterId: 27 };

/** A quest whose questions wait to be answered. */
function questOf() {
  const questions: TmfDone[] = [];
  const granted: Granted[] = [];
  const given = { resigned: 0, advertised: 0 };
  const full = {
    leaderData: leader,
    table: { activeRouters: 3 },
    parentRssi: -40,
    advertiseRarely: () => given.advertised++,
    parent: { parent: { resign: () => given.resigned++ } },
  };
  const parts = {
    options: { router: defaultRouterSettings, entropy: new SeededEntropy('quest') },
    link: { extended: new Uint8Array(8), sensitivity: -100 },
    addressing: () => ({ network: { meshLocalPrefix: { address: new Uint8Array(16), length: 64 } } }),
    tmf: () => ({
      request: (...[, , , , done]: Parameters<ReturnType<RoleParts['tmf']>['request']>) =>
        questions.push(done as TmfDone),
    }),
  };
  const quest = new RouterQuest(parts as unknown as RoleParts, full as unknown as FullDevice, (one) => {
    granted.push(one);
  });
  return { quest, questions, granted, given, full };
}

function grant(routerId: number): Parameters<TmfDone>[0] {
  const payload = encode(networkLayerTlvs, [
    { type: 'status', value: 0 },
    { type: 'rloc16', value: routerId << 10 },
    { type: 'routerMask', value: { idSequence: 5, mask: routerMaskOf([27, routerId]) } },
  ]);
  return { kind: 'answer', isChanged: true, payload };
}

describe('a router id is of the leader that was asked (Thread 1.3 §5.9.10)', () => {
  it('and is taken', () => {
    const { quest, questions, granted } = questOf();
    quest.advance({ kind: 'asked' }, 0);
    questions[0]?.(grant(31), 100);
    expect(granted.map(({ rloc16 }) => rloc16)).toEqual([31 << 10]);
  });

  it('but not by one that found another parent meanwhile, in another partition or the same', () => {
    const { quest, questions, granted, full } = questOf();
    quest.advance({ kind: 'asked' }, 0);
    full.leaderData = { ...leader, partitionId: 2 };
    quest.advance({ kind: 'attached', wants: 'partition-change' }, 10);
    questions[0]?.(grant(31), 100);
    expect(granted).toEqual([]);
    questions[1]?.(grant(12), 200);
    expect(granted.map(({ rloc16 }) => rloc16)).toEqual([12 << 10]);
  });

  it('nor by one that is content by now, or whose parent went to another partition: it stays what it is', () => {
    const [stopped, moved] = [questOf(), questOf()];
    for (const { quest } of [stopped, moved]) quest.advance({ kind: 'asked' }, 0);
    stopped.quest.stop();
    moved.full.leaderData = { ...leader, partitionId: 2 };
    for (const { questions, granted } of [stopped, moved]) {
      questions[0]?.(grant(31), 100);
      expect(granted).toEqual([]);
    }
    expect(moved.given).toEqual({ resigned: 1, advertised: 1 });
    expect(stopped.given).toEqual({ resigned: 0, advertised: 0 });
  });
});

describe('an end device becomes a router where some router is heard well (Thread 1.3 §5.9.8)', () => {
  const advertisement = (rssi: number): MleArrival =>
    ({ tlvs: { sourceAddress: 5 << 10, route64: { idSequence: 1, routes: [] } }, rssi }) as unknown as MleArrival;
  const anew = { kind: 'attached', wants: undefined } as const;
  const [well, badly] = [-90, -91] as const;

  it.each([
    ['its parent', { parent: well }, 1],
    ['another one, while its parent is heard badly', { parent: badly, other: well }, 1],
    ['neither', { parent: badly, other: badly }, 0],
    ['another one that is heard no longer', { parent: badly, other: well, silence: 70_000 }, 0],
    ['another one, before it went elsewhere', { parent: badly, other: well, moves: true }, 0],
  ] as const)('%s', (_name, change, questionsAsked) => {
    const { parent, other, silence, moves } = { other: undefined, silence: 0, moves: false, ...change };
    const { quest, questions, full } = questOf();
    full.parentRssi = parent;
    quest.advance(anew, 0);
    if (other !== undefined) quest.heard(advertisement(other), quest.deadline);
    if (moves) quest.advance(anew, 0);
    quest.tick(quest.deadline + silence);
    expect(questions).toHaveLength(questionsAsked);
  });
});

describe('an end device says whether it could be a parent soon', () => {
  it('not while its leader is silent, nor for 20 s after a refusal, unless it is elsewhere by then', () => {
    const { quest, questions } = questOf();
    expect(quest.couldRoute(0)).toBe(true);
    quest.advance({ kind: 'asked' }, 0);
    expect(quest.couldRoute(2999)).toBe(true);
    expect(quest.couldRoute(3000)).toBe(false);
    questions[0]?.({ kind: 'lost' }, 60_000);
    expect(quest.couldRoute(79_999)).toBe(false);
    expect(quest.couldRoute(80_000)).toBe(true);
    quest.advance({ kind: 'asked' }, 80_000);
    questions[1]?.({ kind: 'reset' }, 80_100);
    expect(quest.couldRoute(80_200)).toBe(false);
    quest.advance({ kind: 'attached', wants: undefined }, 80_300);
    expect(quest.couldRoute(80_300)).toBe(true);
  });
});
