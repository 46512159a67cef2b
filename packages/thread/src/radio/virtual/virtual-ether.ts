import { carveBytes, type Clock, type Instant, SelvageError } from '@selvage/core';
import { type Seed, SeededRandom } from '@selvage/core/virtual';
import { hasGoodCheck } from '../../mac/frame/frame-check.js';
import { airTime } from '../air-time.js';
import { type AirConditions, arrivals, rssiOf } from './air-conditions.js';
import { VirtualRadio } from './virtual-radio.js';

/** Options of {@link VirtualEther}. */
export interface VirtualEtherOptions {
  readonly clock: Clock;
  /** What loss and delays are drawn from; 0 by default. */
  readonly seed?: Seed;
  /** Between any two radios, where nothing else is said of them. */
  readonly conditions?: AirConditions;
  /** Metres beyond which radios that have a position do not hear each other. */
  readonly range?: number;
}

/** Where a radio is, metres. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** A burst of something that is no frame: a microwave oven, a jammer. Who hears it hears nothing else. */
export interface Interference {
  readonly channel: number;
  readonly from: Instant;
  /** Milliseconds. */
  readonly duration: number;
  /** The radios that hear it, by name; all by default. */
  readonly at?: (name: string) => boolean;
}

/** A frame that was put on the air. */
export interface AirEvent {
  readonly at: Instant;
  /** The radio's name; undefined for what was injected. */
  readonly from: string | undefined;
  readonly channel: number;
  readonly psdu: Uint8Array;
}

/** Replaces a frame on its way from one radio to another: by itself, by others, by several or by none. */
export type AirTamper = (psdu: Uint8Array, from: string | undefined, to: string) => readonly Uint8Array[];

/** What happened on an ether. */
export interface EtherCounters {
  transmitted: number;
  delivered: number;
  lost: number;
  /** Receptions that another transmission or interference spoiled. */
  collided: number;
  /** Receptions whose frame check sequence was wrong: only a tampered frame's is. */
  damaged: number;
}

/** What holds the channel for a while. */
interface Emission {
  readonly from: VirtualRadio | undefined;
  readonly channel: number;
  readonly end: Instant;
  readonly isHeardBy: (radio: VirtualRadio) => boolean;
  /** Who is receiving it; whoever is disturbed leaves. Empty for interference. */
  readonly receivers: Set<VirtualRadio>;
}

/**
 * The air of a virtual world: in process, in virtual time, from a seed. A frame holds its channel for (PSDU + 6) × 32 µs;
 * of two that overlap, whoever hears both receives neither; a radio that transmits receives nothing.
 */
export class VirtualEther {
  readonly seed: Seed;
  readonly counters: EtherCounters = { transmitted: 0, delivered: 0, lost: 0, collided: 0, damaged: 0 };
  /** Between any two radios, where nothing else is said of them; may be changed while the world runs. */
  conditions: AirConditions;
  tamper: AirTamper | undefined;
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #range: number;
  readonly #radios = new Map<string, VirtualRadio>();
  /** By who sends, then by who receives. */
  readonly #links = new Map<string, Map<string, AirConditions>>();
  readonly #positions = new Map<string, Position>();
  readonly #emissions = new Set<Emission>();
  readonly #taps = new Set<(event: AirEvent) => void>();

  constructor({ clock, seed = 0, conditions = {}, range = Infinity }: VirtualEtherOptions) {
    this.seed = seed;
    this.conditions = conditions;
    this.#clock = clock;
    this.#random = new SeededRandom(seed);
    this.#range = range;
  }

  /**
   * A radio on this ether, under a name of its own.
   * @throws SelvageError `address-in-use`.
   */
  open(name: string, position?: Position): VirtualRadio {
    if (this.#radios.has(name)) throw new SelvageError('address-in-use', `there is a radio ${name} already`);
    const radio: VirtualRadio = new VirtualRadio(name, this.#clock, {
      emit: (psdu, channel) => this.#emit(radio, psdu, channel),
      isBusy: (channel) => this.#isBusy(radio, channel),
      strength: (channel) => this.#strength(radio, channel),
      disturb: () => this.#leaveAll(radio),
      close: () => this.#close(radio),
    });
    this.#radios.set(name, radio);
    if (position !== undefined) this.#positions.set(name, position);
    return radio;
  }

  /** The air from one radio to another, that way only; undefined for what holds everywhere. */
  setLink(from: string, to: string, conditions: AirConditions | undefined): void {
    let links = this.#links.get(from);
    if (links === undefined) this.#links.set(from, (links = new Map<string, AirConditions>()));
    if (conditions === undefined) links.delete(to);
    else links.set(to, conditions);
  }

  /** The same both ways. */
  setLinks(a: string, b: string, conditions: AirConditions | undefined): void {
    this.setLink(a, b, conditions);
    this.setLink(b, a, conditions);
  }

  /** Moves a radio. */
  place(name: string, position: Position): void {
    this.#positions.set(name, position);
  }

  interfere({ channel, from, duration, at = () => true }: Interference): void {
    this.#clock.wakeAt(from, () => {
      const end = this.#clock.now() + duration;
      this.#hold({ from: undefined, channel, end, isHeardBy: ({ name }) => at(name), receivers: new Set() });
    });
  }

  /** Puts a frame on the air that no radio sent: an attacker's. Everybody in `at` hears it; all by default. */
  inject(psdu: Uint8Array, channel: number, at: (name: string) => boolean = () => true): void {
    this.#emit(undefined, psdu, channel, at);
  }

  /** Calls `listener` for each frame that is put on the air; returns how to stop it. */
  tap(listener: (event: AirEvent) => void): () => void {
    this.#taps.add(listener);
    return () => this.#taps.delete(listener);
  }

  #close(radio: VirtualRadio): void {
    this.#leaveAll(radio);
    this.#radios.delete(radio.name);
    this.#positions.delete(radio.name);
  }

  /** Starts a frame; returns when it ends. */
  #emit(
    from: VirtualRadio | undefined,
    psdu: Uint8Array,
    channel: number,
    at: (name: string) => boolean = () => true,
  ): Instant {
    this.counters.transmitted++;
    const now = this.#clock.now();
    const end = now + airTime(psdu.length);
    for (const tap of this.#taps) tap({ at: now, from: from?.name, channel, psdu: psdu.slice() });
    if (from !== undefined) this.#leaveAll(from);
    const isHeardBy = (radio: VirtualRadio): boolean => this.#reaches(from, radio) && at(radio.name);
    const receivers = new Set<VirtualRadio>();
    for (const radio of this.#radios.values()) {
      if (radio !== from && radio.receives(channel) && isHeardBy(radio)) receivers.add(radio);
    }
    const emission = { from, channel, end, isHeardBy, receivers };
    this.#hold(emission);
    const isGood = hasGoodCheck(psdu);
    this.#clock.wakeAt(end, () => {
      for (const radio of receivers) this.#arrive(from, radio, psdu, isGood, channel, end);
    });
    return end;
  }

  /** Whoever hears two emissions at a time receives neither. */
  #hold(emission: Emission): void {
    for (const other of this.#emissions) {
      if (other.channel !== emission.channel) continue;
      this.#spoil(emission, other);
      this.#spoil(other, emission);
    }
    this.#emissions.add(emission);
    this.#clock.wakeAt(emission.end, () => this.#emissions.delete(emission));
  }

  #spoil(emission: Emission, by: Emission): void {
    for (const radio of emission.receivers) {
      if (radio === by.from || !by.isHeardBy(radio)) continue;
      emission.receivers.delete(radio);
      this.counters.collided++;
    }
  }

  #arrive(
    from: VirtualRadio | undefined,
    to: VirtualRadio,
    psdu: Uint8Array,
    isGood: boolean,
    channel: number,
    end: Instant,
  ): void {
    const conditions = this.#conditionsOf(from, to);
    const delays = from === undefined ? [0] : arrivals(conditions, this.#random);
    if (delays.length === 0) this.counters.lost++;
    const passed = this.tamper === undefined ? [psdu] : this.tamper(psdu.slice(), from?.name, to.name);
    for (const frame of passed) {
      for (const delay of delays) {
        if (!(frame === psdu ? isGood : hasGoodCheck(frame))) this.counters.damaged++;
        else this.#deliver(to, { psdu: copyOf(frame), channel, rssi: rssiOf(conditions), at: end + delay });
      }
    }
  }

  #deliver(to: VirtualRadio, frame: { psdu: Uint8Array; channel: number; rssi: number; at: Instant }): void {
    const arrive = (): void => {
      this.counters.delivered++;
      to.receive(frame);
    };
    if (frame.at <= this.#clock.now()) arrive();
    else this.#clock.wakeAt(frame.at, arrive);
  }

  #isBusy(radio: VirtualRadio, channel: number): boolean {
    for (const emission of this.#emissions) {
      if (emission.channel === channel && emission.from !== radio && emission.isHeardBy(radio)) return true;
    }
    return false;
  }

  #strength(radio: VirtualRadio, channel: number): number | undefined {
    let strongest: number | undefined;
    for (const emission of this.#emissions) {
      if (emission.channel !== channel || emission.from === radio || !emission.isHeardBy(radio)) continue;
      strongest = Math.max(strongest ?? -Infinity, rssiOf(this.#conditionsOf(emission.from, radio)));
    }
    return strongest;
  }

  #leaveAll(radio: VirtualRadio): void {
    for (const { receivers } of this.#emissions) receivers.delete(radio);
  }

  #conditionsOf(from: VirtualRadio | undefined, to: VirtualRadio): AirConditions {
    if (from === undefined) return this.conditions;
    return this.#links.get(from.name)?.get(to.name) ?? this.conditions;
  }

  #reaches(from: VirtualRadio | undefined, to: VirtualRadio): boolean {
    if (from === undefined) return true;
    const { reaches = true } = this.#conditionsOf(from, to);
    if (!reaches) return false;
    if (this.#positions.size === 0) return true;
    const [a, b] = [this.#positions.get(from.name), this.#positions.get(to.name)];
    return a === undefined || b === undefined || Math.hypot(a.x - b.x, a.y - b.y) <= this.#range;
  }
}

/** A frame's own bytes for each receiver, quickly. */
function copyOf(psdu: Uint8Array): Uint8Array {
  const copy = carveBytes(psdu.length);
  copy.set(psdu);
  return copy;
}
