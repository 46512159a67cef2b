import type { Instant } from '@selvage/core';
import { sameExtended } from '../../mac/address.js';
import type { ParentInquiry, Requester } from './parent-inquiry.js';

/** A device that asked for a child id before we have a router id. */
export interface Applicant {
  readonly request: Extract<ParentInquiry, { kind: 'child-id-request' }>;
  readonly from: Requester;
}

/** How many wait at a time, and how long each, milliseconds: whoever asked gives up, and asks somebody else. */
const [most, patience] = [8, 5000] as const;

/** Those that wait for an end device's router id. Who has waited too long is none of them, whether there will be an id or not. */
export class Applicants {
  #waiting: (Applicant & { readonly until: Instant })[] = [];

  /** @returns false where too many wait */
  add(applicant: Applicant, now: Instant): boolean {
    const { extended } = applicant.from;
    const others = this.#present(now).filter(({ from }) => !sameExtended(from.extended, extended));
    this.#waiting = others;
    if (others.length >= most) return false;
    others.push({ ...applicant, until: now + patience });
    return true;
  }

  /** All of them: nobody waits any more. */
  take(now: Instant): readonly Applicant[] {
    const waiting = this.#present(now);
    this.clear();
    return waiting;
  }

  clear(): void {
    this.#waiting = [];
  }

  #present(now: Instant): (Applicant & { readonly until: Instant })[] {
    return this.#waiting.filter(({ until }) => now < until);
  }
}
