import { type Engine, type Instant, SelvageError } from '@selvage/core';
import { CounterBook } from './counter-book.js';
import { type CounterRecord, writeCounterRecord } from './counter-record.js';
import type { KeyEvent, KeyInput, KeyOutput, SwitchCause } from './key-engine.js';
import { lastSequence, nearSequence } from './key-index.js';
import { Rotation } from './rotation.js';
import { type SequenceKeys, sequenceDerivation, splitSequenceKeys } from './sequence-keys.js';

/** What {@link ThreadKeys} starts from; `openThreadKeys` makes it. */
export interface ThreadKeysStart {
  /** Under which name the counters are stored. */
  readonly recordName: string;
  /** What is durable: the sequence, and the counters to go on from. */
  readonly record: CounterRecord;
  /** The keys of the record's sequence. */
  readonly keys: SequenceKeys;
  /** From the security policy. */
  readonly rotationHours: number;
  readonly now: Instant;
}

/**
 * What the evidence of a neighbour's key sequence means:
 * `known` it is ours or the one before; `switched` it leads by one and we follow; `guarded` it leads by one, and our
 * last switch is too fresh to follow; `ahead` it leads by more: ask it (MLE with a challenge), and only its answer
 * moves us.
 */
export type Lead = 'known' | 'switched' | 'guarded' | 'ahead';

/** Sequences beside the three current ones whose keys are kept. */
const mostOthers = 8;
/** Derivations that may be under way for others. */
const mostRequests = 4;
/** After a failure of the key's home or of the store, milliseconds. */
const retryDelay = 1000;

/**
 * The keys and frame counters of one network key, shared by MAC and MLE (Thread 1.3 §7.1). The network key itself
 * stays in its home; only session keys of single sequences come out of it.
 *
 * The sequence only ever moves up, and ends: at 2^32 − 1 it stays, because the keys of sequence 0 with counters from 0
 * would use nonces twice. The event `exhausted` then asks for a new network key.
 */
export class ThreadKeys implements Engine<KeyInput, KeyOutput> {
  readonly #recordName: string;
  readonly #book: CounterBook;
  readonly #rotation: Rotation;
  readonly #keys = new Map<number, SequenceKeys>();
  readonly #outputs: KeyOutput[] = [];
  readonly #deriving = new Map<number, number>();
  #writing: { readonly id: number; readonly record: CounterRecord } | undefined;
  #wanted: { readonly sequence: number; readonly cause: SwitchCause } | undefined;
  #current: SequenceKeys;
  #nextId = 0;
  #retryAt: Instant | undefined;

  constructor({ recordName, record, keys, rotationHours, now }: ThreadKeysStart) {
    this.#recordName = recordName;
    this.#book = new CounterBook(record);
    this.#rotation = new Rotation(rotationHours, now);
    this.#current = keys;
    this.#keys.set(keys.sequence, keys);
    this.#prepare();
  }

  /** The keys of a sequence, from what `sequenceDerivation` derived (32 bytes, which are wiped). */
  static keysFrom(sequence: number, derived: Uint8Array): SequenceKeys {
    return splitSequenceKeys(sequence, derived);
  }

  /** The keys under which everything is sent. */
  get current(): SequenceKeys {
    return this.#current;
  }

  /** The counter of the next frame that is secured with key id mode 1, as MLE tells it to others. */
  get nextMacCounter(): number {
    return this.#book.mac.next;
  }

  get nextMleCounter(): number {
    return this.#book.mle.next;
  }

  get deadline(): Instant | undefined {
    const rotation = this.#current.sequence < lastSequence ? this.#rotation.deadline : Infinity;
    const due = Math.min(rotation, this.#retryAt ?? Infinity);
    return due === Infinity ? undefined : due;
  }

  /** The counter of the next secured frame; `undefined` while none is durable, and then what was to be sent waits. */
  takeMacCounter(): number | undefined {
    const counter = this.#book.mac.take();
    if (this.#book.isLow) this.#prepare();
    return counter;
  }

  /**
   * The counter of a frame that must be secured under a neighbour's key index, as its acknowledgement is: of our own
   * sequence or of the one that we left last. `undefined` for any other, and where none is left.
   */
  takeMacCounterFor(index: number): { readonly keys: SequenceKeys; readonly frameCounter: number } | undefined {
    const keys = this.keysByIndex(index);
    if (keys === undefined) return undefined;
    const isCurrent = keys === this.#current;
    const frameCounter = isCurrent ? this.takeMacCounter() : this.#book.takeFormer(keys.sequence);
    return frameCounter === undefined ? undefined : { keys, frameCounter };
  }

  /** The counter of the next MLE message, likewise. */
  takeMleCounter(): number | undefined {
    const counter = this.#book.mle.take();
    if (this.#book.isLow) this.#prepare();
    return counter;
  }

  /** The keys of a sequence, if they are here: the current ones, those next to them, and what was asked for lately. */
  keysOf(sequence: number): SequenceKeys | undefined {
    return this.#keys.get(sequence);
  }

  /** The keys that a MAC frame's key index means: those of our sequence, the one before, or the next. */
  keysByIndex(index: number): SequenceKeys | undefined {
    if (index === this.#current.index) return this.#current;
    const sequence = nearSequence(index, this.#current.sequence);
    return sequence === undefined ? undefined : this.#keys.get(sequence);
  }

  /** Has the keys of a sequence derived: `derived` tells when. False where too many are under way. */
  request(sequence: number): boolean {
    if (this.#keys.has(sequence) || this.#isDeriving(sequence)) return true;
    if (this.#deriving.size >= mostRequests || sequence < 0 || sequence > lastSequence) return false;
    this.#derive(sequence);
    return true;
  }

  /**
   * A neighbour used this sequence, in an authentic frame or message.
   * @param authoritative it answered our challenge, so that it is no replay and no accident.
   */
  observe(sequence: number, authoritative: boolean, now: Instant): Lead {
    const lead = sequence - this.#current.sequence;
    if (lead <= 0) return 'known';
    if (authoritative) return this.#switch(sequence, 'authoritative', now) ? 'switched' : 'ahead';
    if (lead > 1) return 'ahead';
    if (this.#rotation.isGuarded(now)) return 'guarded';
    return this.#switch(sequence, 'peer', now) ? 'switched' : 'guarded';
  }

  /**
   * Moves on because a person or another protocol says so.
   * @throws SelvageError `value-out-of-range` for a sequence that is not above the current one.
   */
  moveTo(sequence: number, now: Instant): void {
    if (sequence === this.#current.sequence) return;
    if (!(sequence > this.#current.sequence && sequence <= lastSequence)) {
      throw new SelvageError('value-out-of-range', `the key sequence is ${this.#current.sequence} and only moves up`);
    }
    this.#switch(sequence, 'command', now);
  }

  /** The rotation time of a new security policy, hours. */
  setRotationTime(hours: number): void {
    this.#rotation.change(hours);
  }

  handle(input: KeyInput, now: Instant): void {
    switch (input.kind) {
      case 'derived':
        return this.#derived(input.id, input.bytes, now);
      case 'stored':
        return this.#stored(input.id);
      case 'failed':
        return this.#failed(input.id, input.error, now);
    }
  }

  poll(now: Instant): KeyOutput | undefined {
    if (this.#retryAt !== undefined && now >= this.#retryAt) {
      this.#retryAt = undefined;
      this.#prepare();
    }
    if (now >= this.#rotation.deadline) this.#advance('rotation', now);
    else if (this.#book.isNearlySpent) this.#advance('counters', now);
    return this.#outputs.shift();
  }

  #advance(cause: SwitchCause, now: Instant): void {
    if (this.#wanted !== undefined) return;
    if (this.#current.sequence < lastSequence) this.#switch(this.#current.sequence + 1, cause, now);
    else if (cause === 'rotation') {
      this.#rotation.restart(now, false);
      this.#tell({ kind: 'exhausted' });
    }
  }

  /** Switches at once where the keys are here, which is so for the next sequence; otherwise when they are. */
  #switch(sequence: number, cause: SwitchCause, now: Instant): boolean {
    const keys = this.#keys.get(sequence);
    if (keys === undefined) {
      this.#wanted = { sequence, cause };
      if (!this.#isDeriving(sequence)) this.#derive(sequence);
      return false;
    }
    this.#wanted = undefined;
    this.#current = keys;
    this.#book.restart(sequence);
    this.#rotation.restart(now, cause === 'rotation' || cause === 'peer' || cause === 'counters');
    this.#forgetOthers();
    this.#tell({ kind: 'switched', sequence, cause });
    this.#prepare();
    return true;
  }

  /** Has made what will be needed: the neighbouring sequences' keys, and counters ahead. */
  #prepare(): void {
    if (this.#retryAt !== undefined) return;
    const { sequence } = this.#current;
    for (const near of [sequence + 1, sequence - 1]) {
      const isWanted = near >= 0 && near <= lastSequence && !this.#keys.has(near);
      if (isWanted && !this.#isDeriving(near)) this.#derive(near);
    }
    if (this.#wanted !== undefined && !this.#isDeriving(this.#wanted.sequence)) this.#derive(this.#wanted.sequence);
    if (this.#book.isLow && this.#writing === undefined) this.#write();
  }

  #write(): void {
    const id = this.#nextId++;
    const record = this.#book.reservation();
    this.#writing = { id, record };
    this.#outputs.push({ kind: 'store', id, name: this.#recordName, value: writeCounterRecord(record) });
  }

  #derive(sequence: number): void {
    const id = this.#nextId++;
    this.#deriving.set(id, sequence);
    this.#outputs.push({ kind: 'derive', id, derivation: sequenceDerivation(sequence) });
  }

  #isDeriving(sequence: number): boolean {
    for (const pending of this.#deriving.values()) if (pending === sequence) return true;
    return false;
  }

  #derived(id: number, bytes: Uint8Array, now: Instant): void {
    const sequence = this.#deriving.get(id);
    if (sequence === undefined) return;
    this.#deriving.delete(id);
    this.#keys.set(sequence, splitSequenceKeys(sequence, bytes));
    const wanted = this.#wanted;
    if (wanted?.sequence === sequence && sequence > this.#current.sequence) {
      this.#switch(sequence, wanted.cause, now);
    }
    this.#forgetOthers();
    this.#tell({ kind: 'derived', sequence });
  }

  #stored(id: number): void {
    if (this.#writing?.id !== id) return;
    this.#book.stored(this.#writing.record);
    this.#writing = undefined;
    this.#prepare();
  }

  #failed(id: number, error: SelvageError, now: Instant): void {
    const wasWriting = this.#writing?.id === id;
    if (wasWriting) this.#writing = undefined;
    if (!this.#deriving.delete(id) && !wasWriting) return;
    this.#retryAt = now + retryDelay;
    this.#tell({ kind: 'failed', error });
  }

  /** Keeps the three current sequences and the latest others. */
  #forgetOthers(): void {
    const isNear = (sequence: number): boolean => Math.abs(sequence - this.#current.sequence) <= 1;
    const others = [...this.#keys.values()].filter(({ sequence }) => !isNear(sequence));
    for (const { sequence, mac, mle } of others.slice(0, Math.max(0, others.length - mostOthers))) {
      this.#keys.delete(sequence);
      mac.dispose();
      mle.dispose();
    }
  }

  #tell(event: KeyEvent): void {
    this.#outputs.push({ kind: 'event', event });
  }
}
