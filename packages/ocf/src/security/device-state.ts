/** The states of a device (`dos.s` of pstat), by their numbers on the wire. */
export const deviceStates = { RESET: 0, RFOTM: 1, RFPRO: 2, RFNOP: 3, SRESET: 4 } as const;

/**
 * The name of a device's state: reset, ready for owner transfer, ready for provisioning, ready for normal operation,
 * soft reset.
 */
export type DeviceStateName = keyof typeof deviceStates;

/** All states, by ascending number. */
export const deviceStateNames = Object.keys(deviceStates) as readonly DeviceStateName[];

/** The state of a number; `undefined` for one that is none. */
export function deviceStateOf(number: number): DeviceStateName | undefined {
  return deviceStateNames[number];
}
