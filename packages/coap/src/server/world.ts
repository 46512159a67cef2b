import type { PeerAddress } from '@selvage/core';
import type { EchoGuard } from '../echo/echo-guard.js';
import type { CoapLimits } from '../endpoint/limits.js';
import type { CoapCounters } from '../messaging/counters.js';
import type { TransmissionParameters } from '../messaging/parameters.js';
import type { RandomPool } from '../messaging/random-pool.js';
import type { Observers } from '../observe/observers.js';
import type { SendingWorld } from './sending-world.js';

/** What the exchanges of a server stand on. */
export interface ServerWorld<Address extends PeerAddress> extends SendingWorld<Address> {
  readonly random: RandomPool;
  readonly counters: CoapCounters;
  readonly parameters: TransmissionParameters;
  readonly limits: CoapLimits;
  readonly observers: Observers<Address>;
  readonly echo: EchoGuard | undefined;
}
