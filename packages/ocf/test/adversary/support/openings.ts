import type { Secret } from '@selvage/core';
import { pskSuites, transferMethods, type Uuid, uuidBytes } from '../../../src/index.js';
import { clientConfiguration, type Peer, type PeerSessionOf } from '../../device/support/peer.js';
import type { World } from '../../device/support/world.js';

/**
 * Begins a handshake and does not wait for it: what comes of it comes while the test lets time pass. `undefined` where
 * it fails.
 */
export function beginShared(world: World, peer: Peer, who: Uuid, key: Secret): Promise<PeerSessionOf | undefined> {
  const keyForHint = () => ({ identity: uuidBytes(who), key });
  const configuration = clientConfiguration(fresh(world), pskSuites, { keyForHint });
  return peer.open(world.secured.address, configuration).catch(() => undefined);
}

/** The same for an onboarding connection by Just Works. */
export function beginJustWorks(world: World, peer: Peer): Promise<PeerSessionOf | undefined> {
  const configuration = clientConfiguration(fresh(world), transferMethods['just-works'].suites);
  return peer.open(world.secured.address, configuration).catch(() => undefined);
}

let begun = 0;

/** Other for each handshake: a ClientHello that repeats a random is taken for a copy. */
function fresh(world: World) {
  return world.entropy(`begun ${++begun}`);
}
