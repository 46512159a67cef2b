import type { Instant } from '@selvage/core';
import type { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import type { Adaptation } from '../lowpan/adaptation.js';
import type { Link } from '../mac/link.js';
import type { StoredParent } from '../mle/child/child-state.js';
import type { MleNeighbours } from '../mle/mle-neighbours.js';
import type { NetworkData } from '../netdata/network-data.js';
import type { TmfPort } from '../tmf/tmf-port.js';
import type { Datasets } from './datasets.js';
import type { MleSender } from './mle-sender.js';
import type { NetworkMoves } from './network-moves.js';
import type { NetworkSearch } from './network-search.js';
import type { NodeAddressing } from './node-addressing.js';
import type { NodeEvent } from './node-event.js';
import type { NodeOptions } from './node-io.js';
import type { PacketInfo } from './packet-info.js';
import type { PacketSender } from './packet-sender.js';
import type { StoredNetwork } from './stored-network.js';

/** The parts of a node that its roles work with. */
export interface RoleParts {
  readonly options: NodeOptions;
  readonly link: Link;
  readonly ip: Ip6Stack<PacketInfo>;
  readonly adaptation: Adaptation;
  readonly sender: PacketSender;
  readonly mleSender: MleSender;
  readonly mleNeighbours: MleNeighbours;
  readonly datasets: Datasets;
  readonly addressing: () => NodeAddressing;
  readonly search: () => NetworkSearch;
  readonly moves: () => NetworkMoves;
  /** Of the network key in force. */
  readonly keys: () => ThreadKeys;
  /** The place in the network that was stored last. */
  readonly stored: () => StoredNetwork | undefined;
  /** The parent in it. */
  readonly storedParent: () => StoredParent | undefined;
  readonly tmf: () => TmfPort<PacketInfo>;
  /** What time it is. */
  readonly now: () => Instant;
  /** A router id was taken back: what is known of its addresses, and of its entries in network data, is over. */
  onRouterReleased(routerId: number, now: Instant): void;
  /** A child is gone. */
  onChildGone(rloc16: number, now: Instant): void;
  /** A leader of before a restart has the network data back. */
  onNetworkDataRestored(data: NetworkData, now: Instant): void;
  /** The node is in another partition from now on, or has another place in it. */
  onPartitionChanged(now: Instant): void;
  tell(event: NodeEvent): void;
  store(record: StoredNetwork): void;
}
