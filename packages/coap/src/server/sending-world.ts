import type { PeerAddress } from '@selvage/core';
import type { Representation } from '../blockwise/representation.js';
import type { TransferTable } from '../blockwise/transfer-table.js';
import type { Messaging } from '../messaging/messaging.js';
import type { DerivedTimes } from '../messaging/parameters.js';
import type { Timers } from '../messaging/timers.js';

/** What the responses and notifications of a server are sent with. */
export interface SendingWorld<Address extends PeerAddress> {
  readonly messaging: Messaging<Address>;
  readonly timers: Timers;
  readonly times: DerivedTimes;
  readonly maximumPayload: (to: Address) => number;
  /** Responses of which clients have fetched the first blocks. */
  readonly downloads: TransferTable<Address, Representation>;
}
