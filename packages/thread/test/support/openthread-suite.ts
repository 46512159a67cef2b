import { afterEach, beforeEach } from 'vitest';
import { describeWithPeers } from './live-peers.js';
import { whyNoOpenThread } from './openthread.js';
import { OpenThreadEther } from './openthread-ether.js';

/** Describes tests that need OpenThread's nodes, which nothing here builds: `SELVAGE_OPENTHREAD` names their folder. */
export function openThread(title: string, tests: () => void): void {
  describeWithPeers(title, [whyNoOpenThread()], tests);
}

/** Gives each test of a file an ether of its own, and ends what is on it after the test. */
export function etherOfEachTest(open: () => OpenThreadEther, give: (ether: OpenThreadEther) => void): void {
  let ether: OpenThreadEther;
  beforeEach(() => {
    ether = open();
    give(ether);
  });
  afterEach(() => ether.close());
}

/**
 * Opens ethers one after the other, each at its offset, below the ports that systems give to anybody (32,768 and up).
 * @param first of `count` offsets that no other file has
 */
export function inTurn(first: number, count: number): () => OpenThreadEther {
  let next = process.pid % count;
  return () => {
    next = (next + 1) % count;
    return new OpenThreadEther(first + next);
  };
}
