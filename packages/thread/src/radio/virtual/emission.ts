import type { Instant } from '@selvage/core';
import type { AirConditions } from './air-conditions.js';
import type { VirtualRadio } from './virtual-radio.js';

/** What holds a channel for a while: a frame, or a burst of something that is none. */
export interface Emission {
  readonly from: VirtualRadio | undefined;
  readonly channel: number;
  readonly begin: Instant;
  readonly end: Instant;
  readonly isHeardBy: (radio: VirtualRadio) => boolean;
  /** Between its sender and who hears it. */
  readonly conditionsTo: (radio: VirtualRadio) => AirConditions;
  /** With how much it arrives at a radio, milliwatts: 0 for nothing. It disturbs farther than it can be received. */
  readonly powerAt: (radio: VirtualRadio) => number;
  /** Who is receiving it; whoever is disturbed leaves. Empty for interference. */
  readonly receivers: Set<VirtualRadio>;
  /** Who began to receive it, was disturbed, and hears no other until its end. */
  readonly deafened: Set<VirtualRadio>;
}

/**
 * dB by which a frame must be stronger than all else together to survive it. Receivers of IEEE 802.15.4 at 2.4 GHz were
 * measured to need about 3 dB (Gezer et al., Sensors 14 (2014) 5622; Ferrari et al., IPSN 2011 §2.2); the error rates in the
 * standard's annex (IEEE 802.15.4-2006 §E.4.1.8), which OTNS goes by, ask for about 1.
 */
const captureMargin = 3;
/** Until a frame's start delimiter is over a receiver turns to a stronger one: 10 symbols, milliseconds. */
const synchronisation = 0.16;

export function milliwatts(dBm: number): number {
  return 10 ** (dBm / 10);
}

/** Beyond the power of what can be received, less than this share of it disturbs nothing. */
export const captureRatio = milliwatts(captureMargin);

/**
 * A new emission among those on the channel: of frames that overlap at a radio the one survives that is so much stronger
 * than all the others, if the radio is not in the middle of another. Returns how many receptions came to nothing.
 */
export function collide(emission: Emission, others: readonly Emission[]): number {
  let spoiled = 0;
  for (const other of others) {
    for (const radio of other.receivers) {
      if (emission.powerAt(radio) === 0 || survives(other, emission, others, radio)) continue;
      other.receivers.delete(radio);
      other.deafened.add(radio);
      spoiled++;
    }
  }
  for (const radio of emission.receivers) {
    if (others.every((other) => other.powerAt(radio) === 0)) continue;
    if (survives(emission, undefined, others, radio) && turnsTo(emission, others, radio)) continue;
    emission.receivers.delete(radio);
    spoiled++;
  }
  return spoiled;
}

function survives(
  emission: Emission,
  newest: Emission | undefined,
  others: readonly Emission[],
  radio: VirtualRadio,
): boolean {
  let power = newest?.powerAt(radio) ?? 0;
  for (const other of others) if (other !== emission) power += other.powerAt(radio);
  return emission.powerAt(radio) >= captureRatio * power;
}

/** Whether a radio is free to receive a new frame. */
function turnsTo({ begin }: Emission, others: readonly Emission[], radio: VirtualRadio): boolean {
  for (const other of others) {
    if (!other.receivers.has(radio) && !other.deafened.has(radio)) continue;
    if (begin - other.begin >= synchronisation) return false;
    other.deafened.delete(radio);
  }
  return true;
}
