import type { PeerAddress } from '@selvage/core';
import type { Representation } from '../blockwise/representation.js';
import type { TransferTable } from '../blockwise/transfer-table.js';
import type { EchoGuard } from '../echo/echo-guard.js';
import type { CoapLimits } from '../endpoint/limits.js';
import type { CoapCounters } from '../messaging/counters.js';
import type { Messaging } from '../messaging/messaging.js';
import type { DerivedTimes, TransmissionParameters } from '../messaging/parameters.js';
import type { RandomPool } from '../messaging/random-pool.js';
import type { Timers } from '../messaging/timers.js';
import type { Observers } from '../observe/observers.js';

/** What the exchanges of a server stand on. */
export interface ServerWorld<Address extends PeerAddress> {
  readonly messaging: Messaging<Address>;
  readonly timers: Timers;
  readonly random: RandomPool;
  readonly counters: CoapCounters;
  readonly parameters: TransmissionParameters;
  readonly times: DerivedTimes;
  readonly limits: CoapLimits;
  readonly maximumPayload: (to: Address) => number;
  /** Responses of which clients have fetched the first blocks. */
  readonly downloads: TransferTable<Address, Representation>;
  readonly observers: Observers<Address>;
  readonly echo: EchoGuard | undefined;
}
