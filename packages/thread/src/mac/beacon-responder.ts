import type { Instant } from '@selvage/core';
import { broadcast } from './address.js';
import { beaconOf } from './beacon.js';
import type { OwnIdentity } from './own-identity.js';
import type { Transmitter } from './transmitter.js';

/** Between two beacons, milliseconds: anybody may ask, and is not to keep us from our own frames by it. */
const pause = 20;

/** Says by a beacon, to whoever asks, that this node's PAN is there (IEEE 802.15.4-2006 §7.5.2.4). */
export class BeaconResponder {
  readonly #identity: OwnIdentity;
  readonly #transmitter: Transmitter;
  #sequenceNumber = 0;
  #isOn = false;
  #isDue = false;
  #notBefore: Instant = -Infinity;

  constructor(identity: OwnIdentity, transmitter: Transmitter) {
    this.#identity = identity;
    this.#transmitter = transmitter;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Whether the node answers: a router does. */
  set isOn(isOn: boolean) {
    this.#isOn = isOn;
    if (!isOn) this.#isDue = false;
  }

  get deadline(): Instant {
    return this.#isDue ? this.#notBefore : Infinity;
  }

  /** Somebody asks: however many do at a time are answered by one beacon. */
  asked(): void {
    this.#isDue = this.#isOn;
  }

  /** Sends what is due over the transmitter, which is idle. False where nothing is. */
  start(now: Instant): boolean {
    if (!this.#isDue || now < this.#notBefore) return false;
    this.#isDue = false;
    this.#notBefore = now + pause;
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xff;
    const frame = beaconOf(this.#identity, this.#sequenceNumber);
    this.#transmitter.start({ frame, destination: broadcast, repetitions: 0, done: () => undefined }, now);
    return true;
  }
}
