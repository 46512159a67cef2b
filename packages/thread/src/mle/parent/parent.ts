import { bytesEqual, type Entropy, type Instant, toHex } from '@selvage/core';
import { sameTimestamp, type Timestamps } from '../timestamps.js';
import { Applicants } from './applicants.js';
import { type ChildEntry, type ChildRecord, isMinimal, isSleepy, type Restored, type Valid } from './child-entry.js';
import { answered, heardWith, type Notice, told } from './child-notice.js';
import { ChildTable, supervisionDue } from './child-table.js';
import type { ParentMessage } from './parent-message.js';
import type { ParentInquiry, Requester } from './parent-inquiry.js';

/** What a {@link Parent} works on. */
export interface ParentHost {
  send(message: ParentMessage, now: Instant): void;
  /** A device is a child from now on, or its link changed: it may send secured frames. */
  admit(child: Valid | Restored, requester: Requester | undefined): void;
  /** It is no child any more. */
  dismiss(child: ChildEntry): void;
  /** The children are to be stored. */
  store(): void;
  /** A sleepy child is to hear from us. */
  supervise(child: Valid, now: Instant): void;
  /** Of the datasets that are in force. */
  readonly timestamps: Timestamps;
  /** Whether whoever asks for parents like this is answered now. */
  answers(asked: { readonly routers: boolean; readonly endDevices: boolean }, now: Instant): boolean;
  /** Ours; undefined for an end device, which must become a router before it has children. */
  readonly routerId: number | undefined;
  /** A device asked an end device for a child id. */
  wantsRouterId(now: Instant): void;
  /** Whether this is a router that we have a link with. */
  isRouterNeighbour(extended: Uint8Array): boolean;
}

/** How a {@link Parent} starts. */
export interface ParentStart {
  readonly entropy: Entropy;
  readonly host: ParentHost;
  /** At most 511; 64 by default. */
  readonly mostChildren?: number;
}

type Inquiry<K extends ParentInquiry['kind']> = Extract<ParentInquiry, { kind: K }>;

/** Parent Responses that may wait at a time, and the version below which nobody is answered. */
const [mostAnswers, leastVersion] = [32, 2] as const;
/** Milliseconds. */
const times = {
  routerResponse: 500,
  /** Where end devices are asked too: routers and they share the time. */
  everybodyResponse: 1000,
  /** How long whoever asked listens beyond that: later answers would but fill the air. */
  listening: 250,
  /** How long a device that asked may ask for a child id. */
  asking: 5_000,
  repetition: 700,
  restoring: 2_000,
  restoreTries: 4,
  /** How long a packet may be under way. */
  underWay: 5_000,
} as const;

/** The children of a router, and of an end device those that would have it become one (Thread 1.3 §4.5, §4.6.3). */
export class Parent {
  readonly children: ChildTable;
  readonly #entropy: Entropy;
  readonly #host: ParentHost;
  readonly #answers: { readonly at: Instant; readonly message: ParentMessage }[] = [];
  readonly #askedAt = new Map<string, Instant>();
  /** Ours to those that asked for parents; their Child ID Requests echo them. */
  readonly #challenges = new Map<string, { readonly challenge: Uint8Array; readonly until: Instant }>();
  /** They asked for a child id before we have a router id. */
  readonly #applicants = new Applicants();

  constructor({ entropy, host, mostChildren = 64 }: ParentStart) {
    this.#entropy = entropy;
    this.#host = host;
    this.children = new ChildTable(mostChildren);
  }

  get deadline(): Instant {
    let least = this.children.deadline;
    for (const { at } of this.#answers) least = Math.min(least, at);
    return least;
  }

  /** Children of before a restart, or of another role: they are asked whether they are there. */
  restore(records: readonly ChildRecord[], now: Instant): void {
    for (const [i, record] of records.entries()) this.#restore(record, i, now);
    // The power may go again before they have answered.
    if (records.length > 0) this.#host.store();
  }

  /** Our router id is another one now: children whose locators are not of it are none of ours. */
  adopt(routerId: number, now: Instant): void {
    for (const child of [...this.children]) if (child.rloc16 >> 10 !== routerId) this.#dismiss(child);
    this.#tellSleepy(now);
    for (const { request, from } of this.#applicants.take(now)) this.#admit(request, from, now);
  }

  /** There will be no router id: nobody is our child. */
  resign(): void {
    for (const child of [...this.children]) this.#dismiss(child);
    this.#applicants.clear();
  }

  /** A child is a router itself from now on: its link is not ended. */
  release(extended: Uint8Array): void {
    this.children.remove(extended);
    this.#host.store();
  }

  /** A child speaks by another router: it is that one's. What it said there before it came to us may have been on its way. */
  left(child: Valid, now: Instant): void {
    if (now - child.attachedAt >= times.underWay) this.#dismiss(child);
    else this.children.looks(child.extended, now);
  }

  /** Tells everybody what is in force. */
  announce(now: Instant): void {
    this.#host.send({ kind: 'data-response', to: undefined, lacksActive: true, lacksPending: true }, now);
    this.#tellSleepy(now);
  }

  /** Who sleeps hears neither advertisements nor what is told to everybody. */
  #tellSleepy(now: Instant): void {
    for (const child of this.children.valid) if (isSleepy(child)) this.#tell(child, child.notice, now);
  }

  #tell(child: Valid, before: Notice | undefined, now: Instant): void {
    this.children.set({ ...child, notice: told(before, now) });
    this.#host.send({ kind: 'child-notice', child }, now);
  }

  /** A child was heard: an authentic frame or message of it came. */
  heard(extended: Uint8Array, now: Instant): void {
    const child = this.children.get(extended);
    if (child?.kind !== 'valid') return;
    const { notice, isLost } = child.notice === undefined ? {} : heardWith(child.notice, now);
    const next: Valid = { ...child, heardAt: now, notice, goneAt: undefined };
    this.children.set(next);
    // Nothing else tells it of network data, or of the partition that it is in now.
    if (isLost === true) this.#tell(next, undefined, now);
  }

  /** Something was sent to a child, so that it needs no supervision for now. */
  sent(extended: Uint8Array, now: Instant): void {
    const child = this.children.get(extended);
    if (child?.kind === 'valid') this.children.set({ ...child, sentAt: now });
  }

  /** Takes a request; what is not as it should be is answered by silence, as Thread 1.3 §4.5 wants it. */
  handle(inquiry: ParentInquiry, from: Requester, now: Instant): void {
    switch (inquiry.kind) {
      case 'parent-request':
        return this.#parentRequest(inquiry, from, now);
      case 'child-id-request':
        return this.#childIdRequest(inquiry, from, now);
      case 'child-update-request':
        return this.#childUpdateRequest(inquiry, from, now);
      case 'child-update-response':
        return this.#childUpdateResponse(inquiry, from, now);
      case 'data-request':
        return this.#dataRequest(inquiry, from, now);
    }
  }

  tick(now: Instant): void {
    for (let due = this.#dueAnswer(now); due !== undefined; due = this.#dueAnswer(now)) this.#host.send(due, now);
    for (const entry of this.children.expired(now)) this.#dismiss(entry);
    for (const child of this.children.restored) if (now >= child.askAt) this.#askRestored(child, now);
    for (const child of this.children.valid) {
      if (now < supervisionDue(child)) continue;
      this.children.set({ ...child, sentAt: now });
      this.#host.supervise(child, now);
    }
  }

  #dueAnswer(now: Instant): ParentMessage | undefined {
    const at = this.#answers.findIndex((answer) => now >= answer.at);
    return at < 0 ? undefined : this.#answers.splice(at, 1)[0]?.message;
  }

  #parentRequest({ challenge, version, asked }: Inquiry<'parent-request'>, from: Requester, now: Instant): void {
    const known = this.children.get(from.extended);
    this.children.looks(from.extended, now);
    if (version < leastVersion || !this.#host.answers(asked, now) || this.#isRepeated(from.extended, now)) return;
    if ((known === undefined && this.children.isFull) || this.#answers.length >= mostAnswers) return;
    const ours = this.#random(8);
    this.#challenges.set(toHex(from.extended), { challenge: ours, until: now + times.asking });
    const within = asked.endDevices ? times.everybodyResponse : times.routerResponse;
    const at = now + 1 + this.#fraction() * (within - 1);
    const message = { kind: 'parent-response', to: from, answers: challenge, challenge: ours } as const;
    this.#answers.push({ at, message: { ...message, until: now + within + times.listening } });
  }

  /** The same device again, too soon; what is long ago is forgotten. */
  #isRepeated(extended: Uint8Array, now: Instant): boolean {
    for (const [name, at] of this.#askedAt) if (now - at >= times.repetition) this.#askedAt.delete(name);
    for (const [name, { until }] of this.#challenges) if (now >= until) this.#challenges.delete(name);
    const name = toHex(extended);
    if (this.#askedAt.has(name)) return true;
    this.#askedAt.set(name, now);
    return false;
  }

  /** Whether somebody answers the challenge that our Parent Response gave it. */
  isProved(extended: Uint8Array, answers: Uint8Array, now: Instant): boolean {
    const asked = this.#challenges.get(toHex(extended));
    return asked !== undefined && now < asked.until && bytesEqual(answers, asked.challenge);
  }

  #childIdRequest(request: Inquiry<'child-id-request'>, from: Requester, now: Instant): void {
    const { mode, version, answers, addresses } = request;
    const name = toHex(from.extended);
    if (!this.isProved(from.extended, answers, now) || version < leastVersion || from.linkFrameCounter === undefined)
      return;
    if (isMinimal({ mode }) && addresses === undefined) return;
    this.#challenges.delete(name);
    if (this.#host.routerId !== undefined) return this.#admit(request, from, now);
    if (this.#applicants.add({ request, from }, now)) this.#host.wantsRouterId(now);
  }

  #admit(request: Inquiry<'child-id-request'>, from: Requester, now: Instant): void {
    const { mode, timeout, version, supervision, wanted, timestamps, addresses = [] } = request;
    const { extended } = from;
    const { routerId } = this.#host;
    if (routerId === undefined) return;
    const known = this.children.get(extended);
    const isKept = known !== undefined && known.rloc16 >> 10 === routerId;
    const rloc16 = isKept ? known.rloc16 : this.children.newRloc16(routerId);
    if (rloc16 === undefined) return;
    const when = { heardAt: now, attachedAt: now, sentAt: now };
    const child: Valid = { kind: 'valid', extended, rloc16, mode, timeout, version, supervision, addresses, ...when };
    this.children.set(child);
    this.#host.admit(child, from);
    this.#host.store();
    this.#host.send({ kind: 'child-id-response', child, wanted, ...this.#lacks(timestamps) }, now);
  }

  #childUpdateRequest(request: Inquiry<'child-update-request'>, from: Requester, now: Instant): void {
    const child = this.children.get(from.extended);
    const { challenge: answers, mode } = request;
    if (child?.kind === 'valid' && request.timeout === 0) return this.#dismiss(child);
    if (child?.kind !== 'valid' || isElsewhere(child, request)) {
      // Whoever sleeps would not hear it before it has given up.
      if (!isSleepy({ mode })) this.#host.send({ kind: 'refusal', to: from.extended, answers }, now);
      return;
    }
    const { timeout = child.timeout, supervision = child.supervision, addresses = child.addresses } = request;
    const next: Valid = { ...child, mode, timeout, supervision, addresses, heardAt: now };
    this.children.set(next);
    if (next.mode !== child.mode || next.timeout !== child.timeout) {
      this.#host.admit(next, undefined);
      this.#host.store();
    }
    const echoes = {
      timeout: request.timeout !== undefined,
      supervision: request.supervision !== undefined,
      addresses: request.addresses !== undefined,
    };
    this.#host.send({ kind: 'child-update-response', child: next, answers, echoes }, now);
  }

  /** A child of before our restart proves that it is there. */
  #childUpdateResponse(request: Inquiry<'child-update-response'>, from: Requester, now: Instant): void {
    const child = this.children.get(from.extended);
    if (child?.kind === 'valid') {
      if (isElsewhere(child, request)) return this.#dismiss(child);
      return this.children.set({ ...child, heardAt: now, notice: answered(child.notice) });
    }
    if (child?.kind !== 'restored' || from.linkFrameCounter === undefined) return;
    if (request.answers === undefined || !bytesEqual(request.answers, child.challenge)) return;
    if (isElsewhere(child, request)) return this.#dismiss(child);
    const { extended, rloc16, mode, version } = child;
    const { timeout = child.timeout, addresses = [] } = request;
    const record = { extended, rloc16, mode, version, timeout };
    const back: Valid = {
      kind: 'valid',
      ...record,
      addresses,
      supervision: 0,
      heardAt: now,
      attachedAt: now,
      sentAt: now,
    };
    this.children.set(back);
    this.#host.admit(back, from);
  }

  #dataRequest({ timestamps, wanted }: Inquiry<'data-request'>, from: Requester, now: Instant): void {
    const { extended } = from;
    const child = this.children.get(extended);
    const isChild = child?.kind === 'valid';
    if (!isChild && !this.#host.isRouterNeighbour(extended)) return;
    if (isChild) this.heard(extended, now);
    const to = { extended, isWhole: child?.mode.fullNetworkData ?? true, wanted };
    this.#host.send({ kind: 'data-response', to, ...this.#lacks(timestamps) }, now);
  }

  #lacks({ active, pending }: Timestamps): { readonly lacksActive: boolean; readonly lacksPending: boolean } {
    const ours = this.#host.timestamps;
    return {
      lacksActive: !sameTimestamp(active, ours.active),
      lacksPending: ours.pending !== undefined && !sameTimestamp(pending, ours.pending),
    };
  }

  #restore(record: ChildRecord, number: number, now: Instant): void {
    const child: Restored = {
      kind: 'restored',
      ...record,
      challenge: this.#random(8),
      tries: 0,
      askAt: now + 100 * (number + 1),
      until: now + 1000 * record.timeout,
    };
    this.children.set(child);
    this.#host.admit(child, undefined);
  }

  #askRestored(child: Restored, now: Instant): void {
    const tries = child.tries + 1;
    const askAt = tries < times.restoreTries ? now + times.restoring : Infinity;
    const asked = { ...child, tries, askAt };
    this.children.set(asked);
    this.#host.send({ kind: 'child-update-request', child: asked }, now);
  }

  #dismiss(entry: ChildEntry): void {
    this.children.remove(entry.extended);
    this.#host.dismiss(entry);
    this.#host.store();
  }

  #random(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#entropy.fill(bytes);
    return bytes;
  }

  #fraction(): number {
    return new DataView(this.#random(4).buffer).getUint32(0) / 0x1_0000_0000;
  }
}

/** A child that has another locator than the one that it was given: whatever is sent to either would not reach it. */
function isElsewhere({ rloc16 }: ChildRecord, { source }: { readonly source: number | undefined }): boolean {
  return source !== undefined && source !== rloc16;
}
