/** What the process of an operator's vault is asked before the vault's own operations: to open it, once. */
import { enumeration, opaque, struct, u16, u32, u8 } from '@selvage/core';

/** The service of the process itself. */
export const hostService = 3;
export const openOperation = 1;

/** Zero iterations are the usual ones; an empty passphrase is none. */
export const openRequest = struct({
  unlock: opaque(u16),
  create: enumeration(u8, { no: 0, yes: 1 }),
  iterations: u32,
  client: opaque(u8),
});
