import { bytesEqual, type Entropy, type Instant, toHex } from '@selvage/core';
import type { LeaderData } from '../partition.js';
import { sameTimestamp, type Timestamps } from '../timestamps.js';
import {
  type ChildEntry,
  type ChildRecord,
  isMinimal,
  isSleepy,
  type Restored,
  type Valid,
} from '../parent/child-entry.js';
import { ChildTable, supervisionDue } from '../parent/child-table.js';
import type { ParentMessage } from '../parent/parent-message.js';
import type { ParentInquiry, Requester } from '../parent/parent-inquiry.js';
import { startTrickle, stepTrickle, type Trickle, trickleDeadline } from '../trickle.js';

/** What a leader works on. */
export interface LeaderHost {
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
}

/** How a leader starts. */
export interface LeaderStart {
  readonly entropy: Entropy;
  readonly host: LeaderHost;
  /** At most 511; 64 by default. */
  readonly mostChildren?: number;
  /** From before a restart. */
  readonly routerId?: number | undefined;
  readonly children?: readonly ChildRecord[];
  readonly now: Instant;
}

type Request<K extends ParentInquiry['kind']> = Extract<ParentInquiry, { kind: K }>;

const [leastVersion, lastRouterId] = [2, 62] as const;
/** Parent Responses that may wait at a time. */
const mostAnswers = 32;
const weighting = 64;
/** Milliseconds. */
const times = {
  idSequence: 10_000,
  parentResponse: 500,
  /** How long a device that asked may ask for a child id. */
  asking: 5_000,
  repetition: 700,
  restoring: 2_000,
  restoreTries: 4,
} as const;

/** A leader that is the only router of its partition: children attach to it, and nothing is routed (Thread 1.3 §4.6). */
export class Leader {
  readonly children: ChildTable;
  readonly routerId: number;
  readonly #entropy: Entropy;
  readonly #host: LeaderHost;
  readonly #answers: { readonly at: Instant; readonly message: ParentMessage }[] = [];
  readonly #askedAt = new Map<string, Instant>();
  /** Ours to those that asked for parents; their Child ID Requests echo them. */
  readonly #challenges = new Map<string, { readonly challenge: Uint8Array; readonly until: Instant }>();
  #facts: LeaderData;
  #idSequence: number;
  #nextIdSequence: Instant;
  #trickle: Trickle;

  constructor({ entropy, host, mostChildren = 64, routerId, children = [], now }: LeaderStart) {
    this.#entropy = entropy;
    this.#host = host;
    this.children = new ChildTable(mostChildren);
    this.routerId = routerId ?? this.#number(1) % (lastRouterId + 1);
    const [dataVersion, stableDataVersion] = [this.#number(1), this.#number(1)];
    const partitionId = this.#number(4);
    this.#facts = { partitionId, weighting, dataVersion, stableDataVersion, leaderRouterId: this.routerId };
    this.#idSequence = this.#number(1);
    this.#nextIdSequence = now + times.idSequence;
    this.#trickle = startTrickle(now, this.#fraction());
    for (const [i, record] of children.entries()) this.#restore(record, i, now);
  }

  get facts(): LeaderData {
    return this.#facts;
  }

  get rloc16(): number {
    return this.routerId << 10;
  }

  /** The Route64 TLV's: this router alone. */
  get idSequence(): number {
    return this.#idSequence;
  }

  get deadline(): Instant {
    const answers = this.#answers.map(({ at }) => at);
    return Math.min(this.#nextIdSequence, trickleDeadline(this.#trickle), this.children.deadline, ...answers);
  }

  /** Network data or a dataset changed: everybody is told. */
  changed(stable: boolean, now: Instant): void {
    const { dataVersion, stableDataVersion } = this.#facts;
    this.#facts = {
      ...this.#facts,
      dataVersion: (dataVersion + 1) & 0xff,
      stableDataVersion: stable ? (stableDataVersion + 1) & 0xff : stableDataVersion,
    };
    this.announce(now);
  }

  /** Tells everybody what is in force. */
  announce(now: Instant): void {
    this.#host.send({ kind: 'data-response', to: undefined, lacksActive: true, lacksPending: true }, now);
    for (const child of this.children.valid) if (isSleepy(child)) this.#host.send({ kind: 'child-notice', child }, now);
  }

  /** A child was heard: an authentic frame or message of it came. */
  heard(extended: Uint8Array, now: Instant): void {
    const child = this.children.get(extended);
    if (child?.kind === 'valid') this.children.set({ ...child, heardAt: now });
  }

  /** Something was sent to a child, so that it needs no supervision for now. */
  sent(extended: Uint8Array, now: Instant): void {
    const child = this.children.get(extended);
    if (child?.kind === 'valid') this.children.set({ ...child, sentAt: now });
  }

  /** Takes a request; what is not as it should be is answered by silence, as Thread 1.3 §4.5 wants it. */
  handle(request: ParentInquiry, from: Requester, now: Instant): void {
    switch (request.kind) {
      case 'parent-request':
        return this.#parentRequest(request, from, now);
      case 'child-id-request':
        return this.#childIdRequest(request, from, now);
      case 'child-update-request':
        return this.#childUpdateRequest(request, from, now);
      case 'child-update-response':
        return this.#childUpdateResponse(request, from, now);
      case 'data-request':
        return this.#dataRequest(request, from, now);
    }
  }

  /** Time passes. */
  tick(now: Instant): void {
    for (let due = this.#dueAnswer(now); due !== undefined; due = this.#dueAnswer(now)) this.#host.send(due, now);
    if (now >= this.#nextIdSequence) {
      this.#idSequence = (this.#idSequence + 1) & 0xff;
      this.#nextIdSequence = now + times.idSequence;
    }
    const { trickle, send } = stepTrickle(this.#trickle, now, this.#fraction());
    this.#trickle = trickle;
    if (send) this.#host.send({ kind: 'advertisement' }, now);
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

  #parentRequest({ challenge, version, asksRouters }: Request<'parent-request'>, from: Requester, now: Instant): void {
    if (version < leastVersion || !asksRouters || this.#isRepeated(from.extended, now)) return;
    const known = this.children.get(from.extended);
    if (known === undefined && this.children.isFull) return;
    if (this.#answers.length >= mostAnswers) return;
    const ours = this.#random(8);
    this.#challenges.set(toHex(from.extended), { challenge: ours, until: now + times.asking });
    const at = now + 1 + this.#fraction() * (times.parentResponse - 1);
    const message = { kind: 'parent-response', to: from, answers: challenge, challenge: ours } as const;
    this.#answers.push({ at, message });
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

  #childIdRequest(request: Request<'child-id-request'>, from: Requester, now: Instant): void {
    const { mode, timeout, version, supervision, wanted, timestamps, answers } = request;
    const name = toHex(from.extended);
    const asked = this.#challenges.get(name);
    const isProved = asked !== undefined && now < asked.until && bytesEqual(answers, asked.challenge);
    if (!isProved || version < leastVersion || from.linkFrameCounter === undefined) return;
    if (isMinimal({ mode }) && request.addresses === undefined) return;
    const known = this.children.get(from.extended);
    const rloc16 = known?.rloc16 ?? this.children.newRloc16(this.routerId);
    if (rloc16 === undefined) return;
    this.#challenges.delete(name);
    const child: Valid = {
      kind: 'valid',
      extended: from.extended,
      rloc16,
      mode,
      timeout,
      version,
      supervision,
      addresses: request.addresses ?? [],
      heardAt: now,
      attachedAt: now,
      sentAt: now,
    };
    this.children.set(child);
    this.#host.admit(child, from);
    this.#host.store();
    const lacks = this.#lacks(timestamps);
    this.#host.send({ kind: 'child-id-response', child, wanted, ...lacks }, now);
  }

  #childUpdateRequest(request: Request<'child-update-request'>, from: Requester, now: Instant): void {
    const child = this.children.get(from.extended);
    const { challenge: answers, mode } = request;
    if (child?.kind !== 'valid') {
      // Whoever sleeps would not hear it before it has given up.
      if (!isSleepy({ mode })) this.#host.send({ kind: 'refusal', to: from.extended, answers }, now);
      return;
    }
    if (request.timeout === 0) return this.#dismiss(child);
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
  #childUpdateResponse(request: Request<'child-update-response'>, from: Requester, now: Instant): void {
    const child = this.children.get(from.extended);
    if (child?.kind === 'valid') return this.children.set({ ...child, heardAt: now });
    if (child?.kind !== 'restored' || from.linkFrameCounter === undefined) return;
    if (request.answers === undefined || !bytesEqual(request.answers, child.challenge)) return;
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

  #dataRequest({ timestamps }: Request<'data-request'>, from: Requester, now: Instant): void {
    const child = this.children.get(from.extended);
    if (child?.kind !== 'valid') return;
    this.heard(from.extended, now);
    this.#host.send({ kind: 'data-response', to: child, ...this.#lacks(timestamps) }, now);
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

  #number(length: number): number {
    return this.#random(length).reduce((number, byte) => number * 256 + byte, 0);
  }

  #fraction(): number {
    return this.#number(4) / 0x1_0000_0000;
  }
}
