import type { PeerAddress } from '@selvage/core';
import type { CoapLimits } from '../endpoint/limits.js';
import type { Messaging } from '../messaging/messaging.js';
import type { DerivedTimes, TransmissionParameters } from '../messaging/parameters.js';
import type { RandomPool } from '../messaging/random-pool.js';
import type { Timers } from '../messaging/timers.js';
import type { Recognized } from '../option/recognition.js';
import type { WaitingTable } from './waiting-table.js';

/** What the requests of a client stand on. */
export interface ClientWorld<Address extends PeerAddress> {
  readonly messaging: Messaging<Address>;
  readonly timers: Timers;
  readonly random: RandomPool;
  readonly parameters: TransmissionParameters;
  readonly times: DerivedTimes;
  readonly limits: CoapLimits;
  readonly maximumPayload: (to: Address) => number;
  readonly waiting: WaitingTable<Address>;
  /** The critical options that are understood in responses. */
  readonly recognized: Recognized;
  /** Whether bodies that go in blocks carry a Request-Tag (RFC 9175 §3). */
  readonly requestTags: boolean;
  /** Bytes. */
  readonly tokenLength: number;
}
