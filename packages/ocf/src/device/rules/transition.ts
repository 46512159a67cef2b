import { type DeviceStateName } from '../../security/device-state.js';
import { nilUuid, type Uuid } from '../../uuid/uuid.js';
import type { DurableState } from '../state/durable-state.js';

/**
 * The states that a request may lead to:
 *
 * ```
 *   RESET ──▶ RFOTM ──▶ RFPRO ◀──▶ RFNOP
 *     ▲         │         │  ▲       │
 *     │         └──────────────────▶ │     straight to RFNOP is not refused
 *     │                   ▼  │       ▼
 *     └── from any       SRESET ◀────┘
 * ```
 */
const transitions: Record<DeviceStateName, readonly DeviceStateName[]> = {
  RESET: ['RESET', 'RFOTM'],
  RFOTM: ['RESET', 'RFOTM', 'RFPRO', 'RFNOP'],
  RFPRO: ['RESET', 'RFPRO', 'RFNOP', 'SRESET'],
  RFNOP: ['RESET', 'RFPRO', 'RFNOP', 'SRESET'],
  SRESET: ['RESET', 'RFPRO', 'SRESET'],
};

/** Whether a device may go from one state to another. */
export function mayTransit(from: DeviceStateName, to: DeviceStateName): boolean {
  return transitions[from].includes(to);
}

/**
 * What a device still lacks to be in RFPRO, RFNOP or SRESET, in the words of the specification; `undefined` when it
 * lacks nothing.
 */
export function missingForOperation(state: DurableState): string | undefined {
  if (!state.owned) return 'doxm.owned is false';
  if (state.devowneruuid === nilUuid) return 'doxm.devowneruuid is nil';
  if (state.deviceuuid === nilUuid) return 'doxm.deviceuuid is nil';
  for (const resource of ['doxm', 'pstat', 'acl2', 'cred'] as const) {
    const owner = state.rowners[resource];
    if (owner === nilUuid) return `${resource}.rowneruuid is nil`;
    if (!hasCredentialOf(state, owner)) return `there is no credential of ${resource}.rowneruuid`;
  }
  return undefined;
}

function hasCredentialOf({ credentials }: DurableState, subject: Uuid): boolean {
  return credentials.some(({ subjectuuid }) => subjectuuid === subject);
}
