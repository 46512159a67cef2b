import type { Instant } from '@selvage/core';
import type { ChildHost } from '../mle/child/child-host.js';
import type { Leader } from '../mle/leader/leader.js';
import { registration } from '../mle/registered-addresses.js';
import type { RouterHost } from '../mle/router/router-host.js';
import type { NetworkData } from '../netdata/network-data.js';
import { stablePart } from '../netdata/stable-part.js';
import { pathToShort } from './link-paths.js';
import { registeredOf } from './node-addresses.js';
import type { RoleParts } from './role-parts.js';

/** What a node makes of what its roles tell it: {@link ChildHost} and {@link RouterHost} say when. */
export interface HostedRoles
  extends Pick<ChildHost, 'arriving' | 'isKnown' | 'attached' | 'detached' | 'unheard' | 'leaderChanged'>,
    Pick<RouterHost, 'storeChildren'> {
  /** What a leader hands out. */
  readonly leader: Leader | undefined;
  newNetworkData(data: NetworkData, now: Instant): void;
}

/** What the roles of MLE call: the node around them. */
export function roleHost(parts: RoleParts, roles: HostedRoles): ChildHost & RouterHost {
  return {
    get link() {
      return parts.link;
    },
    entropy: parts.options.entropy,
    mleNeighbours: parts.mleNeighbours,
    get contexts() {
      return parts.adaptation.contexts;
    },
    get nextMacCounter() {
      return parts.keys().nextMacCounter;
    },
    get nextMleCounter() {
      return parts.keys().nextMleCounter;
    },
    get keySequence() {
      return parts.keys().current.sequence;
    },
    get timestamps() {
      return parts.datasets.timestamps;
    },
    send: (command, tlvs, to, now, done) => parts.mleSender.send({ command, tlvs, to, done }, now),
    registration: (whole) => registration(registeredOf(parts.ip.addresses, whole), parts.adaptation.contexts),
    arriving: (parent, now) => roles.arriving(parent, now),
    isKnown: (extended) => roles.isKnown(extended),
    attached: (parent, now) => roles.attached(parent, now),
    detached: (reason, now) => roles.detached(reason, now),
    unheard: (failures, now) => roles.unheard(failures, now),
    leaderChanged: (leader, now) => roles.leaderChanged(leader, now),
    newDataset: (given, now) => parts.moves().take(given, now),
    newNetworkData: (data, _leader, now) => {
      if (roles.leader !== undefined) parts.onNetworkDataRestored(data, now);
      roles.newNetworkData(data, now);
    },
    networkData: (whole) => (whole ? parts.addressing().networkData : stablePart(parts.addressing().networkData)),
    dataset: (kind) => parts.datasets.forOthers(kind, parts.now()),
    storeChildren: () => roles.storeChildren(),
    supervise: (child, now) => parts.sender.sendEmpty(pathToShort(child.rloc16), now),
    childChanged: ({ extended, rloc16 }, present) => {
      parts.tell({ kind: 'child', extended, rloc16, present });
      if (!present) parts.onChildGone(rloc16, parts.now());
    },
  };
}

/** The same, for a search beside what the node is: that nobody is found changes nothing yet. */
export function searchHost(host: ChildHost & RouterHost, failed: (now: Instant) => void): ChildHost & RouterHost {
  return Object.create(host, {
    unheard: { value: (_failures: number, now: Instant) => failed(now) },
  }) as ChildHost & RouterHost;
}
