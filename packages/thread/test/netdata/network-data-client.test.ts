import { fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { LeaderNetworkData } from '../../src/netdata/leader-network-data.js';
import { type ClientView, NetworkDataClient } from '../../src/netdata/network-data-client.js';
import { type OwnEntry, registrationOf } from '../support/own-entries.js';
import type { NetworkData } from '../../src/netdata/network-data.js';

const entry: OwnEntry = { kind: 'service', serviceData: fromHex('5d'), serverData: fromHex('aa'), stable: true };
const view = (changes: Partial<ClientView> = {}): ClientView => ({
  rloc16: 0x8c00,
  partitionId: 1,
  networkData: [],
  isAboutToMove: false,
  ...changes,
});

/** What a leader makes of an order. */
function leaderTakes(data: NetworkData | undefined, source: number): NetworkData {
  const leader = new LeaderNetworkData([]);
  leader.register({ source, data, forget: undefined, isAllocated: () => true }, 0);
  return leader.data;
}

describe('own entries (Thread 1.3 §5.15.6)', () => {
  it('are registered once the node has a place, and not again once the network data has them', () => {
    const client = new NetworkDataClient();
    client.setEntries(registrationOf([entry], 0), 0);
    expect(client.poll(0)).toBeUndefined();
    client.update(view(), 100);
    expect(client.poll(100)).toEqual({ data: registrationOf([entry], 0x8c00), forget: undefined });
    expect(client.poll(200)).toBeUndefined();
    client.done(true, 200);
    client.update(view({ networkData: leaderTakes(registrationOf([entry], 0x8c00), 0x8c00) }), 300);
    expect(client.deadline).toBeUndefined();
    expect(client.poll(1_000_000)).toBeUndefined();
  });

  it('are registered again when the RLOC16 is another, and the old one is forgotten', () => {
    const client = new NetworkDataClient();
    client.setEntries(registrationOf([entry], 0), 0);
    client.update(view({ rloc16: 0x6c01 }), 0);
    client.poll(0);
    client.done(true, 10);
    const networkData = leaderTakes(registrationOf([entry], 0x6c01), 0x6c01);
    client.update(view({ rloc16: 0x6c01, networkData }), 20);
    client.update(view({ rloc16: 0x8c00, networkData }), 5000);
    expect(client.poll(5000)).toEqual({ data: registrationOf([entry], 0x8c00), forget: 0x6c01 });
  });

  it('are registered again after network data that lacks them, and at the latest after 300 s', () => {
    const client = new NetworkDataClient();
    client.setEntries(registrationOf([entry], 0), 0);
    client.update(view(), 0);
    client.poll(0);
    client.done(true, 100);
    expect(client.deadline).toBe(300_100);
    client.update(view(), 5000);
    expect(client.poll(5000)).toBeDefined();
    client.done(true, 5100);
    expect(client.poll(305_099)).toBeUndefined();
    expect(client.poll(305_100)).toBeDefined();
  });

  it('are asked for again soon where the leader does not answer, once a second at most', () => {
    const client = new NetworkDataClient();
    client.setEntries(registrationOf([entry], 0), 0);
    client.update(view(), 0);
    client.poll(0);
    client.done(false, 100);
    expect(client.deadline).toBe(1100);
    client.poll(1100);
    client.done(true, 1110);
    for (let at = 1120; at < 2100; at += 10) client.update(view(), at);
    expect(client.poll(2099)).toBeUndefined();
    expect(client.poll(2100)).toBeDefined();
  });

  it('are taken back by a registration of nothing', () => {
    const client = new NetworkDataClient();
    client.setEntries(registrationOf([entry], 0), 0);
    client.update(view(), 0);
    client.poll(0);
    client.done(true, 1);
    client.update(view({ networkData: leaderTakes(registrationOf([entry], 0x8c00), 0x8c00) }), 2);
    client.setEntries([], 5000);
    expect(client.poll(5000)).toEqual({ data: [], forget: undefined });
  });

  it('wait where the node is about to become a router', () => {
    const client = new NetworkDataClient();
    client.setEntries(registrationOf([entry], 0), 0);
    client.update(view({ isAboutToMove: true }), 0);
    expect(client.poll(0)).toBeUndefined();
    client.update(view(), 8000);
    expect(client.poll(8000)).toBeDefined();
  });

  it('in whatever order the leader has them are the same', () => {
    const entries: OwnEntry[] = [entry, { ...entry, serviceData: fromHex('5c') }];
    const client = new NetworkDataClient();
    client.setEntries(registrationOf(entries, 0xfffe), 0);
    const networkData = leaderTakes(registrationOf([...entries].reverse(), 0x8c00), 0x8c00);
    client.update(view({ networkData }), 0);
    expect(client.poll(0)).toBeUndefined();
  });
});

describe('a lost child’s entries', () => {
  it('are reported to the leader, and only those that there are', () => {
    const client = new NetworkDataClient();
    const networkData = leaderTakes(registrationOf([entry], 0x8c05), 0x8c05);
    client.update(view({ networkData }), 0);
    client.childLost(0x8c04, 0);
    expect(client.poll(0)).toBeUndefined();
    client.childLost(0x8c05, 0);
    expect(client.poll(0)).toEqual({ data: undefined, forget: 0x8c05 });
    client.done(true, 1);
    client.update(view(), 2);
    expect(client.poll(10_000)).toBeUndefined();
  });
});
