import { toHex } from '@selvage/core';
import type { SessionSecrets } from '../handshake/key-schedule.js';

/**
 * One line of the NSS key log format, which Wireshark reads: `CLIENT_RANDOM <client random> <master secret>`, in hex.
 * Whoever has it reads the session.
 */
export function keyLogLine(secrets: SessionSecrets): string {
  return `CLIENT_RANDOM ${toHex(secrets.clientRandom)} ${toHex(secrets.masterSecret)}`;
}
