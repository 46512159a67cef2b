import { SelvageError } from '@selvage/core';
import { permissions, type ProvisioningTask, type Uuid } from '@selvage/ocf';
import type { Operator } from '../operator.js';

/** Where a device keeps the name that people give it. */
const configuration = '/oic/wk/con';

/** What a device is given while it is owned: its identity, and its owner the right to read, set and observe it. */
export function firstTasks(owner: Uuid, withCertificate: boolean): ProvisioningTask[] {
  const { retrieve, update, notify } = permissions;
  const entry = { subject: { uuid: owner }, resources: [{ wc: '*' }], permission: retrieve | update | notify } as const;
  return [...(withCertificate ? [{ kind: 'identity' } as const] : []), { kind: 'access', entries: [entry] }];
}

/** Has a device tell the name that it was given; the site calls it so even where the device takes none. */
export async function nameDevice(operator: Operator, device: Uuid, name: string): Promise<void> {
  try {
    const known = operator.devices().find((one) => one.device === device);
    if (known !== undefined) await operator.tool.client.set(await operator.reach(known), configuration, { n: name });
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
  }
}
