import { fromHex, type Instant, Secret } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import type { DatasetTimestamp } from '../../src/dataset/timestamp.js';
import { step } from '../../src/mle/child/step.js';
import type { Child } from '../../src/mle/child/child-state.js';
import type { MleArrival } from '../../src/mle/mle-host.js';
import type { MleTlvs } from '../../src/mle/mle-tlvs.js';
import { News } from '../../src/mle/news.js';
import { fullMode } from '../../src/mle/router/full-device.js';
import type { RouterHost } from '../../src/mle/router/router-host.js';
import { RouterNews } from '../../src/mle/router/router-news.js';
import type { NetworkData } from '../../src/netdata/network-data.js';

const liar = fromHex('0200000000000bad');
const honest = fromHex('0200000000000001');
const leader = { partitionId: 1, weighting: 64, dataVersion: 1, stableDataVersion: 1, leaderRouterId: 27 };
const newer = { ...leader, dataVersion: 2, stableDataVersion: 2 };
const newDataset: DatasetTimestamp = { seconds: 9, ticks: 0, isAuthoritative: false };

/** A router that has network data of version 1, whom it asks, and what it took. */
class AskedRouter {
  now: Instant = 0;
  /** Whom it asked for data. */
  readonly asked: string[] = [];
  readonly taken: number[] = [];
  told = 0;
  readonly datasets: string[] = [];
  readonly #news: RouterNews;

  constructor() {
    const host = {
      entropy: new SeededEntropy('empty answers'),
      timestamps: { active: undefined, pending: undefined },
      send: (command: string, _tlvs: MleTlvs, { address }: { readonly address: Uint8Array }) => {
        expect(command).toBe('dataRequest');
        this.asked.push(address.at(-1) === 0xad ? 'liar' : 'honest');
      },
      newNetworkData: (_data: NetworkData, { dataVersion }: typeof leader) => this.taken.push(dataVersion),
      newDataset: ({ kind }: { readonly kind: string }) => this.datasets.push(kind),
    } as unknown as RouterHost;
    const news = new News(host);
    news.own(leader);
    this.#news = new RouterNews(host, news, fullMode, () => this.told++);
  }

  hear(from: Uint8Array, tlvs: MleTlvs): void {
    this.#news.heard(arrival('advertisement', from, tlvs, true), this.now);
  }

  answer(from: Uint8Array, tlvs: MleTlvs, multicast = false): void {
    this.#news.take(arrival('dataResponse', from, tlvs, multicast), this.now);
  }

  /** Lets time pass until it wants nothing more; the liar answers each question with what it lacks. */
  settle(answers: MleTlvs): void {
    for (let rounds = 0; this.#news.deadline < Infinity; rounds++) {
      expect(rounds).toBeLessThan(100);
      this.now = this.#news.deadline;
      const before = this.asked.length;
      this.#news.tick(this.now);
      if (this.asked.length > before && this.asked.at(-1) === 'liar') this.answer(liar, answers);
    }
  }
}

function arrival(command: MleArrival['command'], extended: Uint8Array, tlvs: MleTlvs, multicast: boolean): MleArrival {
  return { command, tlvs, extended, multicast } as MleArrival;
}

const lies = [
  ['network data', { leaderData: newer }],
  ['a dataset', { leaderData: leader, activeTimestamp: newDataset }],
  [
    'network data with a dataset that is not there',
    { leaderData: newer, networkData: [], pendingTimestamp: newDataset },
  ],
] as const satisfies readonly (readonly [string, MleTlvs])[];

describe.each(lies)('a router that names newer %s, and answers without it whenever it is asked', (_name, lie) => {
  it('is asked four times for each time that it tells, and not any more', () => {
    const router = new AskedRouter();
    for (let told = 1; told <= 5; told++) {
      router.hear(liar, lie);
      router.settle(lie);
      expect(router.asked).toEqual(Array.from({ length: 4 * told }, () => 'liar'));
      router.now += 30_000;
    }
    expect([router.taken, router.datasets, router.told]).toEqual([[], [], 0]);
  });

  it('is asked three times for each answer that it gives unasked', () => {
    const router = new AskedRouter();
    const answers = 40;
    for (let i = 0; i < answers; i++) {
      router.answer(liar, lie);
      router.settle(lie);
      router.now += 100;
    }
    expect(router.asked).toHaveLength(3 * answers);
    expect(router.taken).toEqual([]);
  });

  it('keeps nobody from what an honest neighbour gives, asked or not', () => {
    const given: MleTlvs = { leaderData: newer, networkData: [] };
    const unasked = new AskedRouter();
    unasked.hear(liar, lie);
    unasked.settle(lie);
    unasked.answer(honest, given, true);
    expect(unasked.taken).toEqual([2]);
    unasked.settle(lie);
    expect(unasked.told).toBe(1);

    const asked = new AskedRouter();
    asked.hear(liar, lie);
    asked.settle(lie);
    asked.hear(honest, { leaderData: newer });
    asked.settle(lie);
    expect(asked.asked).toEqual(['liar', 'liar', 'liar', 'liar', 'honest']);
    asked.answer(honest, { ...given, activeTimestamp: newDataset, activeDataset: Secret.of(new Uint8Array(1)) });
    expect([asked.taken, asked.datasets]).toEqual([[2], ['active']]);
  });
});

describe('a parent that names newer network data, and answers without it whenever it is asked', () => {
  const facts = { sleepy: false, timeout: 240, supervision: 190 };
  const news = { kind: 'news', from: liar, sourceAddress: 0x6c00, leader: newer, lacks: true } as const;

  it('is asked four times by its child, then whether it knows it, and not any more', () => {
    let now = 0;
    let state: Child = {
      kind: 'child',
      parent: { extended: liar, rloc16: 0x6c00, version: 5 },
      rloc16: 0x6c01,
      leader,
      since: 0,
      failures: 0,
      update: { kind: 'quiet', at: 236_000 },
      data: { kind: 'current' },
      heardAt: 0,
      unacknowledged: 0,
    };
    const asked: string[] = [];
    const give = (input: Parameters<typeof step>[1]): void => {
      const next = step(state, input, { now, facts, fresh: { challenge: fromHex('0101010101010101'), fraction: 0.5 } });
      expect(next.state.kind).toBe('child');
      state = next.state as Child;
      for (const { kind } of next.effects) {
        asked.push(kind);
        now += 10;
        if (kind === 'data-request') give({ ...news, multicast: false, answers: true });
        else give(agreed);
      }
    };
    const agreed = {
      kind: 'child-update-response',
      from: liar,
      sourceAddress: 0x6c00,
      leader: newer,
      answers: fromHex('0101010101010101'),
      agrees: true,
      refuses: false,
      counters: undefined,
    } as const;
    const once = [...Array.from({ length: 4 }, () => 'data-request'), 'child-update-request'];
    for (let told = 1; told <= 3; told++) {
      give({ ...news, multicast: true, answers: false });
      for (const end = now + 30_000; now < end; now += 100) give({ kind: 'timer' });
      expect(asked).toEqual(Array.from({ length: told }, () => once).flat());
    }
  });
});
