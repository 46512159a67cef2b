import type { EnergyUse } from './energy-meter.js';
import type { EnergyTable, OperationTimes } from './energy-table.js';
import type { Operations } from './operations.js';

/** Charge by what it was drawn for, microcoulombs. */
export interface Charge {
  readonly transmit: number;
  readonly receive: number;
  /** Assessments of the channel before frames. */
  readonly assess: number;
  /** Cryptography; the receiver's current too, where it is on meanwhile: what is computed lengthens the time. */
  readonly compute: number;
  readonly sleep: number;
  readonly total: number;
}

const microseconds = 1000;

/**
 * What a chip would have drawn for what a node did: times by currents of the table (1 ms of 1 mA is 1 µC). Cryptography
 * is priced by operation; what else a processor does (the stacks themselves) is not.
 */
export function chargeOf(use: EnergyUse, table: EnergyTable, crypto: 'native' | 'portable'): Charge {
  const times = table.operations[crypto];
  const { transmitting, receiving, assessing } = use.radio;
  const asleep = computingTime(use.asleep, times);
  const sleeping = Math.max(0, use.duration - transmitting - receiving - assessing - asleep);
  const parts = {
    transmit: transmitting * table.transmit.value,
    receive: receiving * table.receive.value,
    assess: assessing * table.receive.value,
    compute: computingTime(use.receiving, times) * table.computeReceiving.value + asleep * table.compute.value,
    sleep: sleeping * table.sleep.value,
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { ...parts, total };
}

/** Milliseconds that operations take. */
export function computingTime(operations: Operations, times: OperationTimes): number {
  const spent =
    operations.baseMultiplications * times.baseMultiplication.value +
    operations.multiplications * times.multiplication.value +
    operations.signatures * times.signature.value +
    operations.verifications * times.verification.value +
    operations.aesBlocks * times.aesBlock.value +
    operations.hashBlocks * times.hashBlock.value;
  return spent / microseconds;
}
