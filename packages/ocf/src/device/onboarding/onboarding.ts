import { Alarm, type Clock, type PeerAddress, type Secret } from '@selvage/core';
import type { TransferMethod } from '../../security/transfer-method.js';
import type { Uuid } from '../../uuid/uuid.js';
import type { PeerSession } from '../session/peer-session.js';
import type { TransferPin } from './pin.js';

/** What an onboarding lives by. */
export interface OnboardingOptions {
  readonly clock: Clock;
  readonly pin: TransferPin;
  /** How long an owner transfer may take from its handshake to RFPRO, ms. */
  readonly limit: number;
  /** Shows a PIN to whoever stands before the device; `undefined`: there is none any more. */
  readonly showPin: (pin: string | undefined) => void;
}

/**
 * The way of a device from one owner to the next, while it is ready for owner transfer:
 *
 * ```
 *   idle ── a method is chosen ──▶ offered ── a handshake completes ──▶ open ── RFPRO ──▶ idle
 *    ▲                                                                   │
 *    └───────────── the device resets ◀── the session ends, or the time ─┘
 * ```
 *
 * Any number may shake hands at once; the first that completes has the onboarding connection, for a limited time.
 */
export class Onboarding<Address extends PeerAddress> {
  readonly #options: OnboardingOptions;
  readonly #alarm: Alarm;
  #session: PeerSession<Address> | undefined;
  #abandoned = false;

  constructor(options: OnboardingOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock, () => this.#session?.close());
  }

  /** Whether there is an onboarding connection, or one whose end the device has not recovered from yet. */
  get isOpen(): boolean {
    return this.#session !== undefined;
  }

  /** Whether the onboarding connection has ended before its time. */
  get isAbandoned(): boolean {
    return this.#abandoned;
  }

  /** A method was chosen for the device as it is named now; choosing Random PIN makes a new PIN each time. */
  choose(method: TransferMethod | undefined, device: Uuid): void {
    const { pin, showPin } = this.#options;
    this.#forgetPin();
    if (method === 'random-pin') showPin(pin.renew(device));
  }

  /** Whether a key is that of the PIN that is shown now: a handshake may have begun with an earlier one. */
  isOfPin(key: Secret | undefined): boolean {
    return this.#options.pin.isCurrent(key);
  }

  /** A handshake has completed: its session is the onboarding connection. */
  begin(session: PeerSession<Address>): void {
    const { clock, limit } = this.#options;
    this.#forgetPin();
    this.#session = session;
    this.#alarm.set(clock.now() + limit);
  }

  /** The onboarding connection has ended before its time; until the device has recovered, there is no other. */
  abandon(): void {
    this.#abandoned = true;
    this.#alarm.set(undefined);
  }

  /** The device has a new owner, or none again: there is no onboarding connection. */
  end(): void {
    this.#forgetPin();
    this.#abandoned = false;
    this.#session = undefined;
    this.#alarm.set(undefined);
  }

  /** Whether a session is the onboarding connection now. */
  isOver(session: PeerSession<Address>): boolean {
    return this.#session === session;
  }

  #forgetPin(): void {
    const { pin, showPin } = this.#options;
    if (pin.void()) showPin(undefined);
  }
}
