import type { Instant } from '@selvage/core';
import { linkLocalAllRouters } from '../../ip6/address/classes.js';
import { linkLocalAddress } from '../../ip6/address/thread-address.js';
import type { MleArrival, MleHost } from '../mle-host.js';
import type { MleTlvs } from '../mle-tlvs.js';
import { threadVersion } from '../thread-version.js';
import { mleTlvType } from '../tlv/mle-tlvs.js';
import type { DeviceMode } from '../tlv/mode.js';
import type { ChildHost } from './child-host.js';
import type { ChildEffect } from './child-input.js';
import { childMode, type ChildSettings } from './child-settings.js';
import type { Child, ChildState } from './child-state.js';

type Effect<K extends ChildEffect['kind']> = Extract<ChildEffect, { kind: K }>;

/** Hears whether the parent acknowledged what was sent to it. */
export type ParentHeard = (to: Uint8Array, acknowledged: boolean, now: Instant) => void;

/** What a child says, message by message (Thread 1.3 §4.5, §4.7). */
export class ChildMessages {
  /** The Mode TLV. */
  readonly mode: DeviceMode;
  readonly #host: MleHost & Pick<ChildHost, 'registration' | 'timestamps'>;
  readonly #settings: ChildSettings;
  readonly #heard: ParentHeard;

  constructor(host: ChildHost, settings: ChildSettings, heard: ParentHeard) {
    this.#host = host;
    this.#settings = settings;
    this.#heard = heard;
    this.mode = childMode(settings);
  }

  parentRequest({ challenge, routersOnly }: Effect<'parent-request'>, now: Instant): void {
    const scanMask = { routers: true, endDevices: !routersOnly, reserved: 0 };
    const tlvs = { mode: this.mode, challenge, scanMask, version: threadVersion };
    this.#host.send('parentRequest', tlvs, { address: linkLocalAllRouters }, now);
  }

  childIdRequest({ candidate }: Effect<'child-id-request'>, now: Instant): void {
    const { extended, challenge } = candidate;
    const { sleepy, full, timeout, supervisionInterval } = this.#settings;
    const tlvs: MleTlvs = {
      response: challenge,
      linkFrameCounter: this.#host.nextMacCounter,
      mleFrameCounter: this.#host.nextMleCounter,
      mode: this.mode,
      timeout,
      version: threadVersion,
      ...(sleepy && { supervisionInterval }),
      ...(!full && { addressRegistration: this.#host.registration(false) }),
      tlvRequest: [mleTlvType('address16'), mleTlvType('networkData'), ...(full ? [mleTlvType('route64')] : [])],
      ...this.#timestamps(),
    };
    this.#host.send('childIdRequest', tlvs, { address: linkLocalAddress(extended) }, now);
  }

  updateRequest({ to, challenge, restoring }: Effect<'child-update-request'>, state: ChildState, now: Instant): void {
    const { sleepy, full, timeout, supervisionInterval } = this.#settings;
    const proof = challenge === undefined ? {} : { challenge };
    // A full device answers for its addresses itself.
    const registered = full ? {} : { addressRegistration: this.#host.registration(true) };
    // The locator of before a restart is said so that the parent can deny it: a power cut may have kept a newer one from
    // being stored.
    const former = state.kind === 'restoring' ? { sourceAddress: state.parent.childRloc16 } : {};
    const tlvs: MleTlvs =
      restoring || state.kind !== 'child'
        ? { mode: this.mode, ...proof, ...former, ...registered }
        : {
            mode: this.mode,
            ...proof,
            sourceAddress: state.rloc16,
            leaderData: state.leader,
            timeout,
            ...(sleepy && { supervisionInterval }),
            ...registered,
          };
    this.#toParent('childUpdateRequest', tlvs, to, now);
  }

  /** Asks for network data, and for newer datasets. */
  dataRequest(to: Uint8Array, now: Instant): void {
    const tlvs = { tlvRequest: [mleTlvType('networkData')], ...this.#timestamps() };
    this.#toParent('dataRequest', tlvs, to, now);
  }

  /** The answer to a parent that asks whether we are there, or tells what is new. */
  updateResponse({ extended, tlvs }: MleArrival, state: Child, now: Instant): void {
    const wanted = new Set(tlvs.tlvRequest);
    const answer: MleTlvs = {
      sourceAddress: state.rloc16,
      leaderData: state.leader,
      ...(tlvs.challenge !== undefined && {
        response: tlvs.challenge.subarray(0, 8),
        mleFrameCounter: this.#host.nextMleCounter,
        linkFrameCounter: this.#host.nextMacCounter,
      }),
      mode: this.mode,
      ...(wanted.has(mleTlvType('timeout')) && { timeout: this.#settings.timeout }),
      ...(wanted.has(mleTlvType('addressRegistration')) && { addressRegistration: this.#host.registration(true) }),
    };
    this.#host.send('childUpdateResponse', answer, { address: linkLocalAddress(extended) }, now);
  }

  #toParent(command: 'childUpdateRequest' | 'dataRequest', tlvs: MleTlvs, to: Uint8Array, now: Instant): void {
    this.#host.send(command, tlvs, { address: linkLocalAddress(to) }, now, (outcome, at) => {
      const acknowledged = outcome === 'sent';
      if (acknowledged || outcome === 'no-acknowledgement') this.#heard(to, acknowledged, at);
    });
    this.#host.link.pollSoon(now);
  }

  #timestamps(): MleTlvs {
    const { active, pending } = this.#host.timestamps;
    return {
      ...(active !== undefined && { activeTimestamp: active }),
      ...(pending !== undefined && { pendingTimestamp: pending }),
    };
  }
}
