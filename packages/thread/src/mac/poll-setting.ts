import type { MacAddress } from './address.js';

/** How a sleepy node asks its parent for frames. */
export interface PollSetting {
  readonly parent: MacAddress;
  /** Which of our addresses the polls name: the extended one until the Child Id Response is complete. */
  readonly source: MacAddress['kind'];
  /** Between polls while nothing is expected, milliseconds. */
  readonly period: number;
}
