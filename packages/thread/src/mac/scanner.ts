import type { Instant } from '@selvage/core';
import { broadcast } from './address.js';
import { type Beacon, beaconRequest } from './beacon.js';
import type { LinkOutput } from './link-engine.js';
import type { Transmitter } from './transmitter.js';

/** What is to be looked for on a channel, 11 to 26, while the node stays in its network (IEEE 802.15.4-2006 §7.5.2.1). */
export interface ScanRequest {
  /** How strong the channel is, or which PANs answer a Beacon Request there. */
  readonly kind: 'energy' | 'active';
  readonly channel: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** What a scan found. */
export type ScanOutcome =
  /** dBm; undefined where the radio did not tell, or the link was reset. */
  | { readonly kind: 'energy'; readonly dBm: number | undefined }
  | { readonly kind: 'active'; readonly beacons: readonly Beacon[] };

/** Told once: what a scan found. */
export type ScanDone = (outcome: ScanOutcome, now: Instant) => void;

interface Wanted {
  readonly request: ScanRequest;
  readonly done: ScanDone;
}

/**
 * ```
 *          measure                        energy
 *   idle ───────────▶ measuring ───────────────────────────────▶ idle
 *     └──▶ tuning ────▶ asking ─────────▶ listening ───────────▶ idle
 *          there, Beacon Request   it was sent      its time is over
 * ```
 */
type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'measuring'; readonly wanted: Wanted; readonly until: Instant }
  | { readonly kind: 'tuning' | 'asking'; readonly wanted: Wanted; readonly beacons: Beacon[] }
  | { readonly kind: 'listening'; readonly wanted: Wanted; readonly beacons: Beacon[]; readonly until: Instant };

/** A radio that does not tell what it measured has failed this once, milliseconds beyond the measurement. */
const measurePatience = 3000;
/** Beacons of one scan: more than fit its time are a flood. */
const mostBeacons = 64;
const repetitions = 3;

/** Looks at channels one after the other: on another one than its own, the node sends and hears nothing else meanwhile. */
export class Scanner {
  readonly #transmitter: Transmitter;
  readonly #emit: (output: LinkOutput) => void;
  readonly #waiting: Wanted[] = [];
  #state: State = { kind: 'idle' };
  #sequenceNumber = 0;

  constructor(transmitter: Transmitter, emit: (output: LinkOutput) => void) {
    this.#transmitter = transmitter;
    this.#emit = emit;
  }

  get deadline(): Instant {
    return this.#state.kind === 'measuring' || this.#state.kind === 'listening' ? this.#state.until : Infinity;
  }

  /** The channel on which beacons are waited for. */
  get channel(): number | undefined {
    const state = this.#state;
    return state.kind === 'idle' || state.kind === 'measuring' ? undefined : state.wanted.request.channel;
  }

  /** Whether other frames have to wait: the radio is elsewhere, or busy. */
  isHolding(home: number): boolean {
    return this.#state.kind === 'measuring' || (this.channel !== undefined && this.channel !== home);
  }

  add(request: ScanRequest, done: ScanDone): void {
    this.#waiting.push({ request, done });
  }

  /** @param isFree whether the transmitter is idle and nothing is waited for on the own channel */
  tick(isFree: boolean, now: Instant): void {
    if (now >= this.deadline) this.#end(undefined, now);
    if (this.#state.kind !== 'idle' || !isFree) return;
    const wanted = this.#waiting.shift();
    if (wanted === undefined) return;
    const { kind, channel, duration } = wanted.request;
    if (kind === 'active') {
      this.#state = { kind: 'tuning', wanted, beacons: [] };
      return;
    }
    this.#state = { kind: 'measuring', wanted, until: now + duration + measurePatience };
    this.#emit({ kind: 'measure', channel, milliseconds: duration });
  }

  /** The radio has measured. */
  measured(channel: number, dBm: number, now: Instant): void {
    const state = this.#state;
    if (state.kind === 'measuring' && state.wanted.request.channel === channel) this.#end(dBm, now);
  }

  /** False where no beacon is waited for. */
  heard(beacon: Beacon): boolean {
    const state = this.#state;
    if (state.kind === 'idle' || state.kind === 'measuring' || beacon.channel !== this.channel) return false;
    if (state.beacons.length < mostBeacons) state.beacons.push(beacon);
    return true;
  }

  /** All scans end with what they have. */
  reset(now: Instant): void {
    this.#end(undefined, now);
    for (const { request, done } of this.#waiting.splice(0)) done(emptyOutcome(request), now);
  }

  /** Whether the radio is to be told where to receive before anything is sent there. */
  get isTuning(): boolean {
    return this.#state.kind === 'tuning';
  }

  /** The radio receives there. A co-processor that is told while it sends would go back to where it was. */
  tuned(now: Instant): void {
    if (this.#state.kind !== 'tuning') return;
    const { wanted, beacons } = this.#state;
    const { channel } = wanted.request;
    const state: State = { kind: 'asking', wanted, beacons };
    this.#state = state;
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xff;
    const frame = beaconRequest(this.#sequenceNumber);
    const done = (_outcome: unknown, _pending: boolean, at: Instant): void => {
      if (this.#state !== state) return;
      this.#state = { ...state, kind: 'listening', until: at + wanted.request.duration };
    };
    this.#transmitter.start({ frame, channel, destination: broadcast, repetitions, done }, now);
  }

  #end(dBm: number | undefined, now: Instant): void {
    const state = this.#state;
    if (state.kind === 'idle') return;
    this.#state = { kind: 'idle' };
    const { done } = state.wanted;
    if (state.kind === 'measuring') done({ kind: 'energy', dBm }, now);
    else done({ kind: 'active', beacons: state.beacons }, now);
  }
}

function emptyOutcome({ kind }: ScanRequest): ScanOutcome {
  return kind === 'energy' ? { kind, dBm: undefined } : { kind, beacons: [] };
}
