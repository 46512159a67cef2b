import { type Codec, decode, encode, type Engine, FormatError, type Instant, toHex } from '@selvage/core';
import { requireChannel, requirePsdu } from '../channel.js';
import type { RadioEvent, RadioIdentity, RadioTransmission } from '../radio.js';
import {
  properties,
  type PropertyName,
  type PropertyValue,
  rawReceived,
  receivedFlags,
  statuses,
  transmitDone,
} from './properties.js';
import { frameOf, outcomeOf, textOf } from './readings.js';
import { SpinelEngine, type SpinelInput } from './spinel-engine.js';

/** What a driver wants done, and tells. */
export type DriverOutput =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** It may be used from now on; once. */
  | { readonly kind: 'ready'; readonly facts: CoprocessorFacts }
  | { readonly kind: 'event'; readonly event: RadioEvent };

/** What a co-processor says of itself. */
export interface CoprocessorFacts {
  readonly version: string;
  /** 8 bytes in printed order. */
  readonly hardwareAddress: Uint8Array;
  /** dBm below which it hears nothing. */
  readonly sensitivity: number;
}

/** How a driver is made. */
export interface DriverOptions {
  /** Hears whatever is on the channel and acknowledges nothing. */
  readonly promiscuous?: boolean;
}

/** The one version of spinel that there is on the air's side of 2024. */
const protocolMajor = 4;
const everything = 2;
const [idle, measuring] = [0, 2] as const;
const usualPower = 127;
const [usualBackOffs, usualRepetitions] = [4, 0] as const;
/** 16 transmissions with their back-offs, milliseconds. */
const transmitPatience = 5000;
const measurePatience = 2000;
const noShort = 0xfffe;
/** How long a sleeping radio is left listening after a transmission, milliseconds. */
const afterglow = 20;

type Wanted = (status: number, value: Uint8Array | undefined, now: Instant) => void;

/**
 * A radio behind spinel, without the bytes' way to it: what a radio is asked for becomes properties, and what happened
 * to it becomes events. A co-processor that resets itself is set up again as it was.
 */
export class SpinelDriver implements Engine<SpinelInput, DriverOutput> {
  readonly #engine: SpinelEngine;
  readonly #promiscuous: boolean;
  readonly #outputs: DriverOutput[] = [];
  readonly #wanted = new Map<number, Wanted>();
  #identity: RadioIdentity | undefined;
  #listening: number | undefined;
  #told = new Map<PropertyName, string>();
  #transmissions = new Map<number, RadioTransmission>();
  #measurement: { readonly channel: number; readonly milliseconds: number; until: Instant } | undefined;
  #quietAt: Instant | undefined;
  #facts: Partial<CoprocessorFacts> = {};
  /** It was reset and can be told things. */
  #isUp = false;
  #failed = false;
  /** Frames that the co-processor had received with a wrong check sequence, or could not be read. */
  damaged = 0;

  constructor(now: Instant, { promiscuous = false }: DriverOptions = {}) {
    this.#engine = new SpinelEngine(now);
    this.#promiscuous = promiscuous;
  }

  /** What was dropped on the way, and what was no answer. */
  get counters(): {
    readonly damaged: number;
    readonly tooLong: number;
    readonly malformed: number;
    readonly unexpected: number;
  } {
    return { ...this.#engine.framing, ...this.#engine.counters };
  }

  get deadline(): Instant | undefined {
    const least = Math.min(
      this.#engine.deadline ?? Infinity,
      this.#measurement?.until ?? Infinity,
      this.#quietAt ?? Infinity,
    );
    return least === Infinity || this.#failed ? undefined : least;
  }

  configure(identity: RadioIdentity, now: Instant): void {
    this.#identity = identity;
    if (this.#isUp) this.#tellIdentity(now);
  }

  /** @throws SelvageError `value-out-of-range` */
  listen(channel: number, now: Instant): void {
    requireChannel(channel);
    this.#listening = channel;
    if (this.#isUp) this.#tellListening(now);
  }

  sleep(now: Instant): void {
    this.#listening = undefined;
    if (this.#isUp) this.#tellListening(now);
  }

  /** @throws SelvageError `value-out-of-range`, `payload-too-large` */
  transmit(transmission: RadioTransmission, now: Instant): void {
    const { channel, psdu, assess, backOffs = usualBackOffs, repetitions = usualRepetitions } = transmission;
    requireChannel(channel);
    requirePsdu(psdu);
    const frame = {
      psdu,
      channel,
      backOffs,
      repetitions,
      assess,
      headerUpdated: true,
      isRepetition: false,
      securityProcessed: true,
      delay: 0,
      delayBase: 0,
      channelAfter: this.#listening ?? channel,
      power: usualPower,
    };
    const id = this.#engine.transmit(frame, transmitPatience, now);
    this.#transmissions.set(id, transmission);
    this.#wanted.set(id, (status, value, at) => this.#transmitted(id, status, value, at));
  }

  /** @throws SelvageError `value-out-of-range` */
  measureEnergy(channel: number, milliseconds: number, now: Instant): void {
    requireChannel(channel);
    this.#measurement = { channel, milliseconds, until: now + milliseconds + measurePatience };
    if (this.#isUp) this.#measure(now);
  }

  handle(input: SpinelInput, now: Instant): void {
    this.#engine.handle(input, now);
  }

  poll(now: Instant): DriverOutput | undefined {
    const measurement = this.#measurement;
    if (measurement !== undefined && now >= measurement.until) this.#fail('the co-processor does not measure');
    if (this.#quietAt !== undefined && now >= this.#quietAt) this.#tellListening(now);
    // One at a time: what an event makes its listener do counts for what comes next.
    while (this.#outputs.length === 0) {
      const output = this.#engine.poll(now);
      if (output === undefined) return undefined;
      switch (output.kind) {
        case 'bytes':
          this.#outputs.push(output);
          break;
        case 'reset':
          this.#setUp(now);
          break;
        case 'answer': {
          const wanted = this.#wanted.get(output.id);
          this.#wanted.delete(output.id);
          wanted?.(output.status, output.value, now);
          break;
        }
        case 'notice':
          this.#notice(output.property, output.value, now);
          break;
        case 'failed':
          this.#fail(output.reason);
          break;
      }
    }
    return this.#outputs.shift();
  }

  /** After a reset it knows nothing: it is asked who it is, and told what it was told before. */
  #setUp(now: Instant): void {
    this.#wanted.clear();
    this.#told.clear();
    this.#abortTransmissions(now);
    this.#isUp = true;
    this.#get('protocolVersion', now, ({ major }) => {
      if (major !== protocolMajor)
        this.#fail(`the co-processor speaks version ${major} of spinel, not ${protocolMajor}`);
    });
    this.#get('version', now, (text) => (this.#facts = { ...this.#facts, version: textOf(text) }));
    this.#get('hardwareAddress', now, (address) => {
      this.#facts = { ...this.#facts, hardwareAddress: Uint8Array.from(address) };
    });
    this.#get('sensitivity', now, (sensitivity) => (this.#facts = { ...this.#facts, sensitivity }));
    this.#set('enabled', true, now);
    if (this.#promiscuous) this.#set('promiscuous', everything, now);
    this.#tellIdentity(now);
    this.#tellListening(now, () => this.#becomeReady());
    this.#measure(now);
  }

  #becomeReady(): void {
    const { version, hardwareAddress, sensitivity } = this.#facts;
    if (version === undefined || hardwareAddress === undefined || sensitivity === undefined) return;
    this.#outputs.push({ kind: 'ready', facts: { version, hardwareAddress, sensitivity } });
  }

  #tellIdentity(now: Instant): void {
    const identity = this.#identity;
    if (identity === undefined) return;
    const { panId, short, extended, pendingShort, pendingExtended } = identity;
    this.#tell('panId', panId, now);
    this.#tell('shortAddress', short ?? noShort, now);
    this.#tell('extendedAddress', extended, now);
    this.#tell('pendingEnabled', true, now);
    this.#tell('pendingShort', pendingShort, now);
    this.#tell('pendingExtended', pendingExtended, now);
  }

  #tellListening(now: Instant, then?: () => void): void {
    const channel = this.#listening;
    this.#quietAt = undefined;
    if (channel !== undefined) this.#tell('channel', channel, now);
    this.#set('receiving', channel !== undefined, now, then);
  }

  #measure(now: Instant): void {
    if (this.#measurement === undefined) return;
    const { channel, milliseconds } = this.#measurement;
    this.#set('scanMask', [channel], now);
    this.#set('scanPeriod', Math.max(1, Math.round(milliseconds)), now);
    this.#set('scanState', measuring, now);
  }

  /** Sets what is not so already. */
  #tell<N extends PropertyName>(property: N, value: PropertyValue<N>, now: Instant): void {
    const text = toHex(encode(properties[property][1] as Codec<PropertyValue<N>>, value));
    if (this.#told.get(property) === text) return;
    this.#told.set(property, text);
    this.#set(property, value, now);
  }

  #set<N extends PropertyName>(property: N, value: PropertyValue<N>, now: Instant, then?: () => void): void {
    this.#wanted.set(this.#engine.set(property, value, now), (status) => {
      if (status === statuses.ok) then?.();
      else this.#fail(`the co-processor refuses to set ${property}: status ${status}`);
    });
  }

  #get<N extends PropertyName>(property: N, now: Instant, use: (value: PropertyValue<N>) => void): void {
    this.#wanted.set(this.#engine.get(property, now), (status, value) => {
      const read = value && this.#read(properties[property][1] as Codec<PropertyValue<N>>, value);
      if (read !== undefined) use(read);
      else this.#fail(`the co-processor does not say its ${property}: status ${status}`);
    });
  }

  #transmitted(id: number, status: number, value: Uint8Array | undefined, now: Instant): void {
    const transmission = this.#transmissions.get(id);
    if (transmission === undefined) return;
    this.#transmissions.delete(id);
    const done = value && value.length > 0 ? this.#read(transmitDone, value) : undefined;
    const answer = status === statuses.ok && done !== undefined ? this.#read(rawReceived, done.rest) : undefined;
    const acknowledgement = answer && answer.psdu.length > 0 ? frameOf(answer, now) : undefined;
    this.#event({ kind: 'transmitted', id: transmission.id, outcome: outcomeOf(status), at: now, acknowledgement });
    // It listens after a transmission, whatever it did before: whoever is to hear something then says so soon.
    if (this.#listening === undefined) this.#quietAt = now + afterglow;
  }

  #notice(property: number, value: Uint8Array, now: Instant): void {
    switch (property) {
      case properties.streamRaw[0]:
        return this.#received(value, now);
      case properties.energy[0]: {
        const measured = this.#read(properties.energy[1], value);
        if (measured?.channel !== this.#measurement?.channel || measured === undefined) return;
        this.#measurement = undefined;
        this.#event({ kind: 'energy', ...measured });
        return;
      }
      case properties.scanState[0]:
        return value[0] === idle ? undefined : void this.damaged++;
      default:
        return;
    }
  }

  #received(value: Uint8Array, now: Instant): void {
    const raw = this.#read(rawReceived, value);
    if (raw === undefined || raw.psdu.length === 0) return;
    if ((raw.flags & receivedFlags.badCheck) !== 0 || raw.vendor.error !== 0) return void this.damaged++;
    if (raw.phy.channel !== this.#listening) return;
    this.#event({ kind: 'received', frame: frameOf(raw, now) });
  }

  #read<T>(codec: Codec<T>, value: Uint8Array): T | undefined {
    try {
      return decode(codec, value, 'spinel');
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.damaged++;
      return undefined;
    }
  }

  #abortTransmissions(now: Instant): void {
    for (const { id } of this.#transmissions.values()) {
      this.#event({ kind: 'transmitted', id, outcome: 'aborted', at: now });
    }
    this.#transmissions.clear();
  }

  #event(event: RadioEvent): void {
    if (!this.#failed) this.#outputs.push({ kind: 'event', event });
  }

  /** Nothing follows but this. */
  #fail(reason: string): void {
    if (this.#failed) return;
    this.#event({ kind: 'failed', reason });
    this.#failed = true;
    this.#wanted.clear();
    this.#transmissions.clear();
    this.#measurement = undefined;
    this.#quietAt = undefined;
  }
}
