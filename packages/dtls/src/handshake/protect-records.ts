import { type Agreed, applyToRecords } from './negotiation.js';
import { protections, type Protections, type SessionSecrets } from './key-schedule.js';
import type { HandshakeHost } from './role.js';

/** Has the records carry what was agreed, and gives both directions' protection of epoch 1. */
export function protectRecords(
  { settings, records, connectionId }: HandshakeHost,
  agreed: Agreed,
  secrets: SessionSecrets,
): Protections {
  const { suite, encryptThenMac } = agreed;
  const made = protections(settings.core, settings.entropy, suite, secrets, encryptThenMac);
  applyToRecords(records, agreed, connectionId);
  return made;
}
