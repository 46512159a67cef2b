import { type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import { headLength } from '../blockwise/room.js';
import { type CoapMessage } from '../message/message.js';
import type { Peer } from '../messaging/peer.js';
import type { CoapResponse, PreparedRequest, RequestSettings } from './request.js';
import { ClientTransfer, unrecognizedIn } from './transfer.js';
import type { Waiting } from './waiting-table.js';
import type { ClientWorld } from './world.js';

/** Who has asked a group. */
export interface GroupUser<Address extends PeerAddress> {
  /** One member's answer; each member's first counts. */
  responded(response: CoapResponse<Address>, now: Instant): void;
  /** The time is over, and so is all that was fetched in blocks. */
  finished(now: Instant): void;
}

/**
 * A request to a group, RFC 7252 §8: Non-confirmable, sent once, and answered by whoever wants to until the time is
 * over. Further blocks of an answer are fetched from that member alone (RFC 7959 §2.8).
 */
export class GroupRequest<Address extends PeerAddress> implements Waiting<Address> {
  readonly token: Uint8Array;
  readonly peer = undefined;
  readonly unacknowledged = undefined;
  readonly #world: ClientWorld<Address>;
  readonly #request: PreparedRequest;
  readonly #settings: RequestSettings;
  readonly #user: GroupUser<Address>;
  readonly #answered = new Set<string>();
  readonly #transfers = new Set<ClientTransfer<Address>>();
  #listening = true;

  /** @throws SelvageError `too-many-requests`. */
  constructor(
    world: ClientWorld<Address>,
    request: PreparedRequest,
    settings: RequestSettings,
    user: GroupUser<Address>,
  ) {
    this.#world = world;
    this.#request = request;
    this.#settings = settings;
    this.#user = user;
    this.token = world.random.bytes(world.tokenLength);
    world.waiting.add(this);
  }

  /**
   * @param listenFor how long answers are taken, ms
   * @throws SelvageError `payload-too-large`: a group is not sent blocks (RFC 7959 §2.8).
   */
  begin(group: Peer<Address>, listenFor: number, now: Instant): void {
    const { code, options, payload } = this.#request;
    const length = headLength(options) + payload.length;
    const limit = this.#world.maximumPayload(group.address);
    if (length > limit) {
      this.cancel(now);
      throw new SelvageError('payload-too-large', `a request to a group takes ${length} bytes where ${limit} are left`);
    }
    this.#world.messaging.send(group, { code, options, payload, token: this.token });
    this.#world.timers.set(now + listenFor, (at) => this.#stopListening(at));
  }

  responded(message: CoapMessage, from: Peer<Address>, now: Instant): boolean {
    const { key } = from.address;
    const isFull = this.#answered.size >= this.#world.limits.peers;
    if (!this.#listening || isFull || this.#answered.has(key)) return true;
    if (unrecognizedIn(message, this.#request, this.#world.recognized) !== undefined) return false;
    this.#answered.add(key);
    const request = { ...this.#request, confirmable: true };
    const transfer = new ClientTransfer(this.#world, from, request, this.#settings, (outcome, at) => {
      this.#transfers.delete(transfer);
      // A member whose blocks cannot be had has not answered; the others have.
      if (outcome.kind === 'response') this.#user.responded(outcome.response, at);
      this.#finishIfDone(at);
    });
    this.#transfers.add(transfer);
    transfer.resume(message, now);
    return true;
  }

  /** Ends it; nobody is told. */
  cancel(now: Instant): void {
    this.#listening = false;
    this.#world.waiting.delete(this);
    for (const transfer of this.#transfers) transfer.cancel(now);
    this.#transfers.clear();
  }

  #stopListening(now: Instant): void {
    if (!this.#listening) return;
    this.#listening = false;
    this.#world.waiting.delete(this);
    this.#finishIfDone(now);
  }

  #finishIfDone(now: Instant): void {
    if (!this.#listening && this.#transfers.size === 0) this.#user.finished(now);
  }
}
