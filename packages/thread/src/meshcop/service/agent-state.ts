import { u32, mapped } from '@selvage/core';

/** How commissioners prove themselves to a border agent, by its number in the state bitmap. */
export const connectionModes = ['none', 'pskc', 'pskd', 'vendor', 'x509'] as const;
const interfaceStates = ['not-initialised', 'initialised', 'active'] as const;
const roles = ['detached', 'child', 'router', 'leader'] as const;

/** What a border agent says of its state (Thread 1.4 §8.4.1.1, the TXT record's `sb`). */
export interface AgentState {
  readonly connectionMode: (typeof connectionModes)[number] | 'unknown';
  readonly threadInterface: (typeof interfaceStates)[number] | 'unknown';
  /** Whether it is there most of the time. */
  readonly isHighlyAvailable: boolean;
  readonly isBackboneRouter: boolean;
  readonly isPrimaryBackboneRouter: boolean;
  readonly role: (typeof roles)[number];
  /** Whether it can be opened by a one-time passcode. */
  readonly takesPasscodes: boolean;
}

/*
 *  0..2 connection mode · 3..4 interface · 5..6 availability · 7 backbone router active · 8 primary · 9..10 role
 *  11 ePSKc; the others are reserved
 */
const availability = { shift: 5, mask: 0b11, high: 1 } as const;

/** The state bitmap, 32 bits, big-endian. Reserved bits are sent as zero and not looked at. */
export const agentState = mapped(u32, fromBits, toBits);

function fromBits(bits: number): AgentState {
  return {
    connectionMode: connectionModes[bits & 0b111] ?? 'unknown',
    threadInterface: interfaceStates[(bits >>> 3) & 0b11] ?? 'unknown',
    isHighlyAvailable: ((bits >>> availability.shift) & availability.mask) === availability.high,
    isBackboneRouter: ((bits >>> 7) & 1) === 1,
    isPrimaryBackboneRouter: ((bits >>> 8) & 1) === 1,
    role: roles[(bits >>> 9) & 0b11] ?? 'detached',
    takesPasscodes: ((bits >>> 11) & 1) === 1,
  };
}

function toBits(state: AgentState): number {
  return (
    numberOf(connectionModes, state.connectionMode) |
    (numberOf(interfaceStates, state.threadInterface) << 3) |
    (state.isHighlyAvailable ? availability.high << availability.shift : 0) |
    (state.isBackboneRouter ? 1 << 7 : 0) |
    (state.isPrimaryBackboneRouter ? 1 << 8 : 0) |
    (roles.indexOf(state.role) << 9) |
    (state.takesPasscodes ? 1 << 11 : 0)
  );
}

function numberOf(names: readonly string[], name: string): number {
  return Math.max(0, names.indexOf(name));
}
