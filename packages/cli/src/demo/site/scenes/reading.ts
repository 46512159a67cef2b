import { toJson } from '@selvage/core';
import type { JsonValues } from '../../../board/order.js';
import { reachOf, type Stage } from '../stage.js';

/** The values of a device's resource, as its owner reads them. @throws SelvageError (rejects) as a client. */
export async function applicationRead(stage: Stage, name: string, path: string): Promise<JsonValues> {
  const value = await stage.owner.tool.client.get(reachOf(stage, name), path);
  return toJson(value) as JsonValues;
}
