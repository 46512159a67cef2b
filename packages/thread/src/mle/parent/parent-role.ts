import type { Entropy, Instant } from '@selvage/core';
import { linkCost, linkQualityOf } from '../../mesh/link-quality.js';
import { routerIdOf } from '../../mesh/mesh-routes.js';
import type { LinkEvent } from '../../mac/link-user.js';
import { connectivityOf } from '../connectivity-of.js';
import { linkMargin } from '../link-margin.js';
import type { MleArrival } from '../mle-host.js';
import type { RouterHost } from '../router/router-host.js';
import type { Standing } from '../standing.js';
import type { Connectivity } from '../tlv/connectivity.js';
import { isSleepy } from './child-entry.js';
import type { ChildTable } from './child-table.js';
import { Parent, type ParentHost } from './parent.js';
import type { Requester } from './parent-inquiry.js';
import { readParentInquiry } from './read-inquiries.js';
import { type ParentFacts, sendParentMessage } from './send-parent-message.js';

/** What a {@link ParentRole} is made of. */
export interface ParentRoleParts {
  readonly host: RouterHost;
  readonly entropy: Entropy;
  readonly standing: Standing;
  readonly mostChildren?: number | undefined;
  /** dBm of the parent of an end device; undefined for a router. */
  readonly parentRssi: () => number | undefined;
  readonly answers: ParentHost['answers'];
  readonly wantsRouterId: ParentHost['wantsRouterId'];
}

/** A full device's side of MLE towards its children: messages in and out of {@link Parent}. */
export class ParentRole {
  readonly parent: Parent;
  readonly #parts: ParentRoleParts;

  constructor(parts: ParentRoleParts) {
    this.#parts = parts;
    const { entropy, mostChildren } = parts;
    this.parent = new Parent({
      entropy,
      host: this.#parentHost(),
      ...(mostChildren !== undefined && { mostChildren }),
    });
  }

  get children(): ChildTable {
    return this.parent.children;
  }

  get deadline(): Instant {
    return this.parent.deadline;
  }

  get connectivity(): Connectivity {
    const { standing, parentRssi, host } = this.#parts;
    const parentMargin = standing.isRouter ? undefined : linkMargin(parentRssi(), host.link);
    return connectivityOf(standing, this.children, parentMargin);
  }

  /** What the link to our own child of this RLOC16 costs; undefined where there is none. */
  childCost(rloc16: number): number | undefined {
    const child = this.children.byRloc16(rloc16);
    if (child === undefined) return undefined;
    const { link } = this.#parts.host;
    const quality = linkQualityOf(linkMargin(link.neighbours.byExtended(child.extended)?.averageRssi, link));
    return linkCost(quality, quality);
  }

  tick(now: Instant): void {
    this.parent.tick(now);
  }

  /** An authentic message; whatever is not for a parent is left alone. */
  receive(arrival: MleArrival, now: Instant): void {
    const { command, tlvs, extended, keySequence, frameCounter, rssi } = arrival;
    const inquiry = readParentInquiry(command, tlvs, this.#parts.host.contexts);
    if (inquiry === undefined || keySequence === undefined) return;
    const { linkFrameCounter, mleFrameCounter = linkFrameCounter } = tlvs;
    const from = { extended, linkFrameCounter, mleFrameCounter, keySequence, frameCounter, rssi };
    this.parent.handle(inquiry, from, now);
  }

  /** Whether somebody who wants to be our child answers our challenge: it is no replay, whatever key sequence it uses. */
  isAuthoritative({ command, tlvs, extended }: MleArrival, now: Instant): boolean {
    if (command !== 'childIdRequest') return false;
    const inquiry = readParentInquiry(command, tlvs, this.#parts.host.contexts);
    return inquiry?.kind === 'child-id-request' && this.parent.isProved(extended, inquiry.answers, now);
  }

  onLinkEvent(event: LinkEvent, now: Instant): void {
    if (event.kind === 'child-polled') this.parent.heard(event.neighbour.extended, now);
  }

  #parentHost(): ParentHost {
    const { host, standing, answers, wantsRouterId } = this.#parts;
    const { mleNeighbours } = host;
    const connectivity = (): Connectivity => this.connectivity;
    const facts: ParentFacts = { host, standing, connectivity };
    return {
      send: (message, now) => sendParentMessage(message, facts, now),
      admit: (child, requester) => {
        const { extended, rloc16: short } = child;
        const counters = requester && countersOf(requester);
        host.link.neighbours.enter(extended, { short, isChild: true, receiveOn: !isSleepy(child), ...counters?.link });
        if (counters === undefined) return;
        mleNeighbours.enter(extended, counters.link.keySequence, counters.mle);
        host.childChanged(child, true);
      },
      dismiss: (child) => {
        host.link.withdrawIndirect(child.extended);
        host.link.neighbours.remove(child.extended);
        mleNeighbours.remove(child.extended);
        host.childChanged(child, false);
      },
      store: () => host.storeChildren(),
      supervise: (child, now) => host.supervise(child, now),
      get timestamps() {
        return host.timestamps;
      },
      answers,
      get routerId() {
        return standing.isRouter ? routerIdOf(standing.rloc16) : undefined;
      },
      wantsRouterId,
      isRouterNeighbour: (extended) => standing.table.linkTo(extended) !== undefined,
    };
  }
}

/** The message itself may have the very counter that it says comes next. */
function countersOf({ keySequence, frameCounter, linkFrameCounter = 0, mleFrameCounter = 0 }: Requester): {
  readonly link: { readonly keySequence: number; readonly nextFrameCounter: number };
  readonly mle: number;
} {
  return {
    link: { keySequence, nextFrameCounter: linkFrameCounter },
    mle: Math.max(mleFrameCounter, frameCounter + 1),
  };
}
