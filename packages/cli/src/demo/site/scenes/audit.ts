import { type AuditEvent, isUuid, parseUuid, readAel, securityPaths } from '@selvage/ocf';
import { calledOnStage, reachOf, type Stage } from '../stage.js';

/** The audit log of a device, whose owner was granted to read it. @throws SelvageError (rejects) as a client. */
export async function auditLog(stage: Stage, name: string): Promise<readonly AuditEvent[]> {
  const value = await stage.owner.tool.client.get(reachOf(stage, name), securityPaths.ael);
  return readAel(value).events;
}

/** Shows what a device has logged. */
export function tellAudit(stage: Stage, name: string, events: readonly AuditEvent[]): void {
  const log = events.map(({ timestamp, aeid, message, auxiliaryinfo }) => ({
    at: timestamp,
    id: aeid,
    message,
    about: called(stage, auxiliaryinfo),
  }));
  stage.screen.tell({ event: 'audit', name, log });
}

/** The name of a device says more than its UUID, and than the address that it had. */
function called(stage: Stage, words: readonly string[]): string[] {
  const rest = words.some(isUuid) ? words.slice(1) : words;
  return rest.map((word) => (isUuid(word) ? calledOnStage(stage, parseUuid(word)) : word));
}
