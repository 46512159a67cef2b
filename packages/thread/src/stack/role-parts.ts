import type { Instant } from '@selvage/core';
import type { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import type { Adaptation } from '../lowpan/adaptation.js';
import type { Link } from '../mac/link.js';
import type { MleNeighbours } from '../mle/mle-neighbours.js';
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
  /** What time it is. */
  readonly now: () => Instant;
  tell(event: NodeEvent): void;
  store(record: StoredNetwork): void;
}
