import type { ChildHost } from '../mle/child/child-host.js';
import type { LeaderRoleHost } from '../mle/leader/leader-role.js';
import { registration } from '../mle/registered-addresses.js';
import { pathToShort } from './link-paths.js';
import { registeredOf } from './node-addresses.js';
import type { NodeRoles } from './node-roles.js';
import { stablePart } from '../netdata/stable-part.js';
import type { RoleParts } from './role-parts.js';
import { childRecord } from './stored-network.js';

/** What the roles of MLE call: the node around them. */
export function roleHost(parts: RoleParts, roles: Pick<NodeRoles, 'storeChildren' | 'newNetworkData'>) {
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
    attached: (parent) => {
      parts.addressing().update();
      parts.store(childRecord(parent, parts.keys().current.sequence));
    },
    detached: (reason) => {
      parts.addressing().update();
      parts.tell({ kind: 'detached', reason });
    },
    unheard: (failures, now) => {
      parts.tell({ kind: 'no-parent', failures });
      parts.search().unheard(failures, now);
    },
    leaderChanged: () => undefined,
    newDataset: (given, now) => parts.moves().take(given, now),
    newNetworkData: (data, _leader, now) => roles.newNetworkData(data, now),
    networkData: (whole) => (whole ? parts.addressing().networkData : stablePart(parts.addressing().networkData)),
    dataset: (kind) => parts.datasets.forOthers(kind, parts.now()),
    storeChildren: () => roles.storeChildren(),
    supervise: (child, now) => parts.sender.sendEmpty(pathToShort(child.rloc16), now),
    childChanged: ({ extended, rloc16 }, present) => parts.tell({ kind: 'child', extended, rloc16, present }),
  } satisfies ChildHost & LeaderRoleHost as ChildHost & LeaderRoleHost;
}
