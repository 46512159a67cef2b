import { fromHex, tryDecode } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { meshcopTlvs, validateDataset } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { LeaderCommissioning } from '../../src/stack/commissioning/leader-commissioning.js';
import { joinDataset } from '../support/join-room.js';
import { hasOtherKey } from '../support/other-key.js';
import { spoiled } from '../support/spoiled.js';

const sessionId = 8;
const session = '0b020008';
/** RLOC16 b800, a mesh-local address without a locator, and one on the link. */
const [locator, other, link] = [
  'fd0d81ef6216b10a000000fffe00b800',
  'fd0d81ef6216b10a1234567890abcdef',
  'fe80000000000000d45e64fa83f81cf7',
].map(fromHex) as [Uint8Array, Uint8Array, Uint8Array];

const asked = [
  ['c/lp', '0a0570686f6e65'],
  ['c/la', `100101${session}`],
  ['c/cs', `${session}0801ff`],
  ['c/cg', '0d020809'],
  ['c/as', `${session}0e0800000000000a000003064f542d4e6577`],
  ['c/ps', `${session}0e080000000000140000330800000000001400003404000017700102beef`],
  ['c/ag', '0d03030507'],
  ['c/pg', '0d0134'],
] as const;

/** A leader of the room's network whose commissioner has session 8, from RLOC16 c800. */
function leaderOf() {
  let [active, isCommissioned] = [joinDataset, 0];
  const pendings: (typeof joinDataset)[] = [];
  const leader = new LeaderCommissioning({
    entropy: new SeededEntropy('leader'),
    isLeader: () => true,
    partitionId: () => 1,
    networkData: () => [{ type: 'commissioning', stable: false, value: [{ type: 0x0b, value: Uint8Array.of(0, 7) }] }],
    active: () => active,
    pending: () => pendings.at(-1),
    hasOtherKey: (dataset) => hasOtherKey(active, dataset),
    delays: { leastDelay: 30_000, leastKeyDelay: 300_000 },
    publish: () => void isCommissioned++,
    setActive: (dataset) => (active = dataset),
    setPending: (dataset) => void pendings.push(dataset),
  });
  const serve = (path: string, payload: Uint8Array, source: Uint8Array, confirmable = true) =>
    leader.serve({ path, payload, source, confirmable, multicast: false }, 0);
  serve('c/lp', fromHex('0a0570686f6e65'), fromHex('fd0d81ef6216b10a000000fffe00c800'));
  return { serve, active: () => active, pendings, published: () => isCommissioned };
}

describe('a member of the mesh that says to the leader what it likes', () => {
  it.each(asked)(
    'by %s, in any form and from any address: an answer that is one, or silence; what is set is a dataset that works',
    (path, hex) => {
      let tried = 0;
      for (const source of [locator, other, link]) {
        for (const { what, payload } of spoiled(fromHex(hex), path)) {
          const { serve, active, pendings, published } = leaderOf();
          const answer = serve(path, payload, source);
          if (path === 'c/lp' || path === 'c/la') {
            // Another one is the commissioner, and this one is told its name; nobody without a locator is a commissioner.
            if (source !== locator) expect(answer, what).toBeUndefined();
            else if (answer !== undefined) expect(accepts(answer), what).toBe(isSignOfLife(path, payload));
          }
          const told = answer && tryDecode(meshcopTlvs, answer);
          expect(answer === undefined || told !== undefined, what).toBe(true);
          for (const field of ['panId', 'channel', 'meshLocalPrefix'] as const) {
            expect(JSON.stringify(active().get(field)), what).toBe(JSON.stringify(joinDataset.get(field)));
          }
          expect(validateDataset(active(), 'active'), what).toEqual([]);
          for (const dataset of pendings) expect(validateDataset(dataset, 'pending'), what).toEqual([]);
          if (path === 'c/cs' && published() > 1) expect(namesSession(payload), what).toBe(true);
          tried++;
        }
      }
      expect(tried).toBeGreaterThan(90);
    },
  );

  it('without wanting an answer is heard by nobody, and neither is a path that is none', () => {
    for (const [path, hex] of asked) {
      const { serve, published } = leaderOf();
      expect(serve(path, fromHex(hex), locator, false)).toBeUndefined();
      expect(published()).toBe(1);
    }
    const { serve } = leaderOf();
    for (const path of ['c/', 'c/x', 'c/cp', 'c/ca', 'c/jf'])
      expect(serve(path, fromHex(session), locator)).toBeUndefined();
  });
});

function accepts(answer: Uint8Array): boolean {
  return meshcopTlvs.first(tryDecode(meshcopTlvs, answer) ?? [], 'state') === 'accept';
}

function namesSession(payload: Uint8Array): boolean {
  return meshcopTlvs.first(tryDecode(meshcopTlvs, payload) ?? [], 'commissionerSessionId') === sessionId;
}

/** Whoever knows the session keeps it alive, also after its border agent has moved (Thread 1.3 §8.4.3). */
function isSignOfLife(path: string, payload: Uint8Array): boolean {
  const says = meshcopTlvs.first(tryDecode(meshcopTlvs, payload) ?? [], 'state');
  return path === 'c/la' && says === 'accept' && namesSession(payload);
}
