import { type AuditEvent, readAel, securityPaths } from '@selvage/ocf';
import { reachOf, type Stage } from '../stage.js';

/** The audit log of a device, whose owner was granted to read it. @throws SelvageError (rejects) as a client. */
export async function auditLog(stage: Stage, name: string): Promise<readonly AuditEvent[]> {
  const value = await stage.owner.tool.client.get(reachOf(stage, name), securityPaths.ael);
  return readAel(value).events;
}
