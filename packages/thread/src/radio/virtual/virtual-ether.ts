import { carveBytes, type Clock, type Instant, SelvageError } from '@selvage/core';
import { type Seed, SeededRandom } from '@selvage/core/virtual';
import { hasGoodCheck } from '../../mac/frame/frame-check.js';
import { airTime } from '../air-time.js';
import { type AirConditions, arrivals, rssiOf } from './air-conditions.js';
import { captureRatio, collide, type Emission, milliwatts } from './emission.js';
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
  /** dBm at a share of the range, 0 to 1, between radios that have a position and conditions that name no strength. */
  readonly strengthAt?: (share: number) => number;
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

/** Who hears a radio, how, and at whom with how much it arrives. */
interface Hearing {
  readonly conditions: Map<VirtualRadio, AirConditions>;
  /** Milliwatts; also where it is too weak to be received, and may yet disturb. */
  readonly powers: Map<VirtualRadio, number>;
}

/** A radio that measures. */
interface Meter {
  readonly radio: VirtualRadio;
  readonly channel: number;
  strongest: number | undefined;
}

/**
 * The air of a virtual world: in process, in virtual time, from a seed. A frame holds its channel for (PSDU + 6) × 32 µs;
 * of two that overlap, whoever hears both receives neither, or the one that is much stronger; a radio that transmits receives
 * nothing.
 */
export class VirtualEther {
  readonly seed: Seed;
  readonly counters: EtherCounters = { transmitted: 0, delivered: 0, lost: 0, collided: 0, damaged: 0 };
  tamper: AirTamper | undefined;
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #range: number;
  readonly #strengthAt: ((share: number) => number) | undefined;
  #conditions: AirConditions;
  readonly #radios = new Map<string, VirtualRadio>();
  /** By who sends, then by who receives. */
  readonly #links = new Map<string, Map<string, AirConditions>>();
  readonly #positions = new Map<string, Position>();
  /** Who hears a radio, and how: known until somebody comes, goes or moves. In a crowd nobody asks everybody at each frame. */
  readonly #hearers = new Map<VirtualRadio, Hearing>();
  readonly #emissions = new Set<Emission>();
  readonly #meters = new Set<Meter>();
  readonly #taps = new Set<(event: AirEvent) => void>();

  constructor({ clock, seed = 0, conditions = {}, range = Infinity, strengthAt }: VirtualEtherOptions) {
    this.seed = seed;
    this.#conditions = conditions;
    this.#strengthAt = strengthAt;
    this.#clock = clock;
    this.#random = new SeededRandom(seed);
    this.#range = range;
  }

  /** Between any two radios, where nothing else is said of them; may be changed while the world runs. */
  get conditions(): AirConditions {
    return this.#conditions;
  }

  set conditions(conditions: AirConditions) {
    this.#conditions = conditions;
    this.#hearers.clear();
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
      measure: (channel, milliseconds, done) => this.#measure(radio, channel, milliseconds, done),
      disturb: () => this.#leaveAll(radio),
      close: () => this.#close(radio),
    });
    this.#radios.set(name, radio);
    if (position !== undefined) this.#positions.set(name, position);
    this.#hearers.clear();
    return radio;
  }

  /** The air from one radio to another, that way only; undefined for what holds everywhere. */
  setLink(from: string, to: string, conditions: AirConditions | undefined): void {
    let links = this.#links.get(from);
    if (links === undefined) this.#links.set(from, (links = new Map<string, AirConditions>()));
    if (conditions === undefined) links.delete(to);
    else links.set(to, conditions);
    this.#hearers.clear();
  }

  /** The same both ways. */
  setLinks(a: string, b: string, conditions: AirConditions | undefined): void {
    this.setLink(a, b, conditions);
    this.setLink(b, a, conditions);
  }

  /** Moves a radio. */
  place(name: string, position: Position): void {
    this.#positions.set(name, position);
    this.#hearers.clear();
  }

  /** How the air is from one radio to another, by name; undefined where the other does not hear it, or there is none. */
  linkBetween(from: string, to: string): AirConditions | undefined {
    const [sender, receiver] = [this.#radios.get(from), this.#radios.get(to)];
    return sender && receiver && this.#hearingOf(sender).conditions.get(receiver);
  }

  interfere({ channel, from, duration, at = () => true }: Interference): void {
    this.#clock.wakeAt(from, () => {
      const begin = this.#clock.now();
      const isHeardBy = ({ name }: VirtualRadio): boolean => at(name);
      const conditionsTo = (): AirConditions => this.#conditions;
      const powerAt = ({ name }: VirtualRadio): number => (at(name) ? Infinity : 0);
      const nobody = { receivers: new Set<VirtualRadio>(), deafened: new Set<VirtualRadio>() };
      this.#hold({
        from: undefined,
        channel,
        begin,
        end: begin + duration,
        isHeardBy,
        conditionsTo,
        powerAt,
        ...nobody,
      });
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
    this.#hearers.clear();
  }

  /** Starts a frame; returns when it ends. */
  #emit(
    from: VirtualRadio | undefined,
    psdu: Uint8Array,
    channel: number,
    at: (name: string) => boolean = () => true,
  ): Instant {
    this.counters.transmitted++;
    const begin = this.#clock.now();
    const end = begin + airTime(psdu.length);
    for (const tap of this.#taps) tap({ at: begin, from: from?.name, channel, psdu: psdu.slice() });
    if (from !== undefined) this.#leaveAll(from);
    const hearing = from && this.#hearingOf(from);
    const injected = milliwatts(rssiOf(this.#conditions));
    const isHeardBy = (radio: VirtualRadio): boolean => hearing?.conditions.has(radio) ?? at(radio.name);
    const conditionsTo = (radio: VirtualRadio): AirConditions => hearing?.conditions.get(radio) ?? this.#conditions;
    const powerAt = (radio: VirtualRadio): number =>
      hearing === undefined ? (at(radio.name) ? injected : 0) : (hearing.powers.get(radio) ?? 0);
    const receivers = new Set<VirtualRadio>();
    for (const radio of hearing?.conditions.keys() ?? this.#radios.values()) {
      if (radio.receives(channel) && (from !== undefined || at(radio.name))) receivers.add(radio);
    }
    const deafened = new Set<VirtualRadio>();
    const emission = { from, channel, begin, end, isHeardBy, conditionsTo, powerAt, receivers, deafened };
    this.#hold(emission);
    const isGood = hasGoodCheck(psdu);
    this.#clock.wakeAt(end, () => {
      for (const radio of receivers) this.#arrive(emission, radio, psdu, isGood);
    });
    return end;
  }

  #hold(emission: Emission): void {
    const others = [...this.#emissions].filter(({ channel }) => channel === emission.channel);
    if (others.length > 0) this.counters.collided += collide(emission, others);
    this.#emissions.add(emission);
    for (const meter of this.#meters) meterTakes(meter, emission);
    this.#clock.wakeAt(emission.end, () => this.#emissions.delete(emission));
  }

  #arrive({ from, channel, end, conditionsTo }: Emission, to: VirtualRadio, psdu: Uint8Array, isGood: boolean): void {
    const conditions = conditionsTo(to);
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

  #measure(radio: VirtualRadio, channel: number, milliseconds: number, done: (dBm: number | undefined) => void): void {
    const meter: Meter = { radio, channel, strongest: undefined };
    for (const emission of this.#emissions) meterTakes(meter, emission);
    this.#meters.add(meter);
    this.#clock.wakeAt(this.#clock.now() + milliseconds, () => {
      this.#meters.delete(meter);
      done(meter.strongest);
    });
  }

  #leaveAll(radio: VirtualRadio): void {
    for (const { receivers, deafened } of this.#emissions) {
      receivers.delete(radio);
      deafened.delete(radio);
    }
  }

  /** Who hears a radio, in the order in which they came. */
  #hearingOf(sender: VirtualRadio): Hearing {
    const known = this.#hearers.get(sender);
    if (known !== undefined) return known;
    const hearing: Hearing = { conditions: new Map(), powers: new Map() };
    for (const radio of this.#radios.values()) {
      if (radio === sender) continue;
      const share = this.#shareOf(sender.name, radio.name);
      const conditions = this.#between(sender.name, radio.name, share);
      if (conditions === undefined) continue;
      if (share <= 1) hearing.conditions.set(radio, conditions);
      if (share <= 1 || this.#disturbs(share)) hearing.powers.set(radio, milliwatts(rssiOf(conditions)));
    }
    this.#hearers.set(sender, hearing);
    return hearing;
  }

  /** How far apart two radios are, of the range; 0 where one of them is nowhere in particular. */
  #shareOf(from: string, to: string): number {
    const [a, b] = [this.#positions.get(from), this.#positions.get(to)];
    return a === undefined || b === undefined ? 0 : Math.hypot(a.x - b.x, a.y - b.y) / this.#range;
  }

  /** Whether what is too far away to be received spoils the weakest that is not. */
  #disturbs(share: number): boolean {
    if (this.#strengthAt === undefined) return false;
    return milliwatts(this.#strengthAt(share)) * captureRatio > milliwatts(this.#strengthAt(1));
  }

  /** Undefined where nothing of the one reaches the other. */
  #between(from: string, to: string, share: number): AirConditions | undefined {
    const conditions = this.#links.get(from)?.get(to) ?? this.#conditions;
    if (conditions.reaches === false) return undefined;
    if (this.#strengthAt === undefined || conditions.rssi !== undefined) return conditions;
    const isPlaced = this.#positions.has(from) && this.#positions.has(to);
    return isPlaced ? { ...conditions, rssi: this.#strengthAt(share) } : conditions;
  }
}

function meterTakes(meter: Meter, { channel, from, isHeardBy, conditionsTo }: Emission): void {
  const { radio, strongest = -Infinity } = meter;
  if (channel !== meter.channel || from === radio || !isHeardBy(radio)) return;
  meter.strongest = Math.max(strongest, rssiOf(conditionsTo(radio)));
}

/** A frame's own bytes for each receiver, quickly. */
function copyOf(psdu: Uint8Array): Uint8Array {
  const copy = carveBytes(psdu.length);
  copy.set(psdu);
  return copy;
}
