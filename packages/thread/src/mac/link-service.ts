import type { Instant } from '@selvage/core';
import type { LinkRequest } from './link-request.js';
import type { ScanDone, ScanRequest } from './scanner.js';
import type { NeighbourTable } from './neighbour-table.js';
import type { PollSetting } from './poll-setting.js';

/** Downward: what the layers above call on the link. The engine `Link` is one; a test may be another. */
export interface LinkService {
  /** Who may send us secured frames. MLE enters and removes them. */
  readonly neighbours: NeighbourTable;
  readonly extended: Uint8Array;
  readonly short: number | undefined;
  readonly panId: number;
  readonly channel: number;
  /** dBm below which the radio hears nothing: a link margin is a frame's strength above it. */
  readonly sensitivity: number;

  /** Takes a frame to send and gives its id; `LinkUser.onSent` tells the outcome, never before `send` returns. */
  send(request: LinkRequest, now: Instant): number;
  /** Withdraws what was not sent yet: its outcome is `dropped`. */
  withdraw(id: number): void;
  /** Withdraws everything that waits for this neighbour's polls. */
  withdrawIndirect(extended: Uint8Array): void;

  setPanId(panId: number): void;
  setShort(short: number | undefined): void;
  /** A new identity: 8 bytes in printed order. */
  setExtended(extended: Uint8Array): void;
  /** Frames that wait are sent on the new channel. */
  setChannel(channel: number): void;
  /** False for a sleepy node, which hears only what it polls for, and what comes while it is kept awake. */
  setReceiveOn(receiveOn: boolean): void;
  /** Keeps a sleepy node's receiver on until then, as attaching needs. */
  stayAwake(until: Instant): void;
  /** Polls a parent from now on, or no longer. */
  setPolling(setting: PollSetting | undefined, now: Instant): void;
  /** Polls at once, and quickly for a while: an answer is expected. */
  pollSoon(now: Instant): void;
  /**
   * What an unprotected frame carries, which is being handed up, is authentic: said within `LinkUser.onFrame`. Before that
   * a frame that anybody may send ends no sleepy node's listening.
   */
  proven(now: Instant): void;
  /** A key for frames of key id mode 0 from one sender (Joiner Entrust: the KEK); undefined forgets it. */
  setGivenKey(extended: Uint8Array, key: Uint8Array | undefined): void;
  /** Looks at a channel; what is sent waits meanwhile. One scan after the other, each tells once what it found. */
  scan(request: ScanRequest, done: ScanDone): void;
  /** Whether Beacon Requests are answered from now on; the reset ends it. */
  setBeacons(isOn: boolean): void;
  /** Drops all that waits, and what is known of frames received. */
  reset(now: Instant): void;
}
