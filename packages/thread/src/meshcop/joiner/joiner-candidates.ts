import type { JoinFailure } from '../join-failure.js';
import type { DiscoveredNetwork } from '../../mle/discovery/discovery.js';
import { discernerBytes, type JoinerDiscerner } from '../credentials/joiner-discerner.js';
import { admitsAnybody, isAdmitted } from '../steering/steering-data.js';

/** A joiner router that may let us in. */
export interface JoinerCandidate extends DiscoveredNetwork {
  readonly joinerUdpPort: number;
}

/** Who is meant by steering data. */
export interface JoinerIdentity {
  /** 8 bytes. */
  readonly joinerId: Uint8Array;
  readonly discerner?: JoinerDiscerner | undefined;
}

/**
 * Joiner routers in the order in which they are tried: those that expect this joiner before those that take anybody, the
 * nearest first, and each network by its nearest router before any by its second (Thread 1.3 §8.4.4.3).
 * @returns why there is none, where there is none
 */
export function joinerCandidates(
  networks: readonly DiscoveredNetwork[],
  identity: JoinerIdentity,
): readonly JoinerCandidate[] | JoinFailure {
  if (networks.length === 0) return 'no-network';
  // A leader without a commissioner has no steering data; a commissioner that expects nobody sets one of zeros.
  const joining = networks.filter(({ steeringData }) => steeringData !== undefined);
  if (joining.length === 0) return 'commissioner-not-active';
  const admitting = joining.filter(({ steeringData }) => admits(steeringData as Uint8Array, identity));
  if (admitting.length === 0) return 'not-in-steering-data';
  const reachable = admitting.filter(isReachable);
  if (reachable.length === 0) return 'no-joiner-router';
  const sorted = reachable.toSorted((a, b) => Number(takesAnybody(a)) - Number(takesAnybody(b)) || b.rssi - a.rssi);
  return nearestFirst(sorted);
}

/** dBm from which a link is as good as one can be: more than 20 dB above what radios hear (Thread 1.3 §4.7.1.2). */
const strongLink = -75;

/** Whether a joiner router is near, and its network expects this joiner by name. */
export function isExpectedNearby(network: DiscoveredNetwork, identity: JoinerIdentity): boolean {
  const { steeringData, rssi } = network;
  if (steeringData === undefined || takesAnybody(network) || rssi < strongLink || !isReachable(network)) return false;
  return admits(steeringData, identity);
}

function admits(steeringData: Uint8Array, { joinerId, discerner }: JoinerIdentity): boolean {
  return (
    isAdmitted(steeringData, joinerId) ||
    (discerner !== undefined && isAdmitted(steeringData, discernerBytes(discerner)))
  );
}

function isReachable(network: DiscoveredNetwork): network is JoinerCandidate {
  return network.joinerUdpPort !== undefined && network.joinerUdpPort !== 0;
}

function takesAnybody({ steeringData }: DiscoveredNetwork): boolean {
  return steeringData?.every((byte) => byte === admitsAnybody[0]) === true;
}

/** One router of each network, then the next of each. */
function nearestFirst(sorted: readonly JoinerCandidate[]): readonly JoinerCandidate[] {
  const seen = new Map<string, number>();
  const ranked = sorted.map((candidate) => {
    const network = String(candidate.extendedPanId);
    const rank = seen.get(network) ?? 0;
    seen.set(network, rank + 1);
    return { candidate, rank };
  });
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ candidate }) => candidate);
}
