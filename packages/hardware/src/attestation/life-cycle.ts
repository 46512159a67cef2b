/** Security life cycle states (RFC 9783 §4.3.1), by the high byte of the claim; the low byte is the implementation's own. */
const states = {
  unknown: 0x00,
  'assembly-and-test': 0x10,
  'rot-provisioning': 0x20,
  secured: 0x30,
  'non-rot-debug': 0x40,
  'recoverable-rot-debug': 0x50,
  decommissioned: 0x60,
} as const;

/** Where a device stands in its life, as an attestation says. */
export type AttestedLifeCycle = keyof typeof states;

/** All of them. */
export const attestedLifeCycles = Object.keys(states) as readonly AttestedLifeCycle[];

/** The claim's value for a state. */
export function lifeCycleNumber(state: AttestedLifeCycle): number {
  return states[state] << 8;
}

/** The state of a claim's value, `undefined` for a number that is none. */
export function lifeCycleOf(value: number): AttestedLifeCycle | undefined {
  return attestedLifeCycles.find((state) => states[state] === value >> 8);
}

/** What a board's own life cycle is in the words of attestation. */
export const lifeCycleOfBoard = {
  virgin: 'assembly-and-test',
  provisioned: 'rot-provisioning',
  secured: 'secured',
  returned: 'decommissioned',
} as const satisfies Readonly<Record<string, AttestedLifeCycle>>;
