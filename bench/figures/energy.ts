/**
 * Charge: what our devices send, hear and compute in virtual time, and what OpenThread's and IoTivity-Lite's did in
 * captures, both by one table of a radio and a microcontroller (`packages/sim/src/energy/energy-table.ts`).
 */
import { type Charge, chargeOf, type EnergyUse, nrf52840 } from '@selvage/sim';
import type { Figure, Outcome } from '../figure.js';
import { liveSleepyDay, sleepyDay } from '../thread/energy-day.js';
import { joinAndBeOwned, type JoinUse } from '../thread/energy-join.js';
import { peersDay, peersJoin } from '../thread/energy-peers.js';

type Crypto = 'native' | 'portable';

const seed = '1';
const milli = 1000;
const parts = { transmit: 'tx', receive: 'rx', assess: 'CSMA', compute: 'CPU', sleep: 'sleep' } as const;
const means = { native: 'CryptoCell', portable: 'software' } as const;
const peerOfJoin = "OpenThread's and IoTivity-Lite's frames";
const peerOfDay = "OpenThread's frames";

/** Where OpenThread's captured network is, and the last channel that a joiner looks at. */
const [ofCapture, last] = [15, 26] as const;

const join = (name: string, crypto: Crypto, channel: number): Figure => ({
  name,
  work: `charge of a join (all channels, the network on ${channel}), attachment and ownership transfer by certificate; ${chipWith(crypto)}`,
  unit: 'mC',
  atMostTimes: 1,
  measure: async () => {
    const ours = await joinAndBeOwned(seed, channel);
    return outcomeOf(partsOf(ours, crypto), partsOf(await peersJoin(seed, ours), crypto), peerOfJoin);
  },
});

const sleepy = (name: string, crypto: Crypto): Figure => ({
  name,
  work: `charge of a sleepy child's day that polls every ${sleepyDay.pollPeriod / milli} s; ${chipWith(crypto)}`,
  unit: 'mC',
  atMostTimes: 1,
  measure: async () => {
    const ours = { day: chargeOf(await liveSleepyDay(seed), nrf52840, crypto) };
    const { use } = peersDay(sleepyDay.duration, sleepyDay.pollPeriod);
    return outcomeOf(ours, { day: chargeOf(use, nrf52840, crypto) }, peerOfDay);
  },
});

export const energy: readonly Figure[] = [
  join('energy.join', 'native', ofCapture),
  join('energy.join.portable', 'portable', ofCapture),
  join('energy.join.last', 'native', last),
  sleepy('energy.sleepy', 'native'),
  sleepy('energy.sleepy.portable', 'portable'),
];

type Charges = Readonly<Record<string, Charge>>;

function partsOf({ join: joined, attach, transfer }: JoinUse, crypto: Crypto): Charges {
  const charge = (use: EnergyUse): Charge => chargeOf(use, nrf52840, crypto);
  return { join: charge(joined), attach: charge(attach), transfer: charge(transfer) };
}

function outcomeOf(ours: Charges, theirs: Charges, name: string): Outcome {
  const note = `${told(ours)}; ${name}: ${told(theirs)}`;
  return {
    measured: { value: totalOf(ours), n: 1, note },
    peer: { name, value: totalOf(theirs), n: 1 },
  };
}

/** Millicoulombs of all. */
function totalOf(charges: Charges): number {
  return Object.values(charges).reduce((sum, { total }) => sum + total, 0) / milli;
}

/** Each part by what it was drawn for. */
function told(charges: Charges): string {
  return Object.entries(charges)
    .map(([name, charge]) => {
      const drawn = Object.entries(parts).map(([part, word]) => `${word} ${mC(charge[part as keyof typeof parts])}`);
      return `${name} ${mC(charge.total)} mC (${drawn.join(', ')})`;
    })
    .join(', ');
}

function mC(microcoulombs: number): string {
  return (microcoulombs / milli).toFixed(2);
}

function chipWith(crypto: Crypto): string {
  return `${nrf52840.name}, 3 V, cryptography by ${means[crypto]}`;
}
