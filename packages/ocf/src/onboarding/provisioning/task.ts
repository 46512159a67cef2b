import type { CborInput, CborValue } from '@selvage/core';
import { listOf } from '../../property/list.js';
import { oneOf } from '../../property/one-of.js';
import { inWords, misfit, type PropertyType, type Valued } from '../../property/property-type.js';
import { mapOf, optional, record } from '../../property/record.js';
import { integer } from '../../property/scalars.js';
import { bytes, text } from '../../property/text.js';
import { uuid, uuidOrStar } from '../../property/uuid.js';
import { accessEntryInput } from '../../security/access-entry.js';

const role = record({ role: text({ minimum: 1 }), authority: optional(text()) });

/** Days that a certificate holds; the tool's own choice where it is left out. */
const days = optional(integer({ minimum: 1 }));

const types = {
  /** Adds access control entries. */
  access: record({ kind: oneOf(['access']), entries: listOf(accessEntryInput) }),
  /** Gives the device an identity certificate of the owner's authority, and that authority as its trust anchor. */
  identity: record({ kind: oneOf(['identity']), days }),
  /** Gives the device a role certificate for each role. */
  roles: record({ kind: oneOf(['roles']), roles: listOf(role, { minimum: 1 }), days }),
  /** Has the device trust another authority, in DER, to vouch for one device or for all. */
  anchor: record({ kind: oneOf(['anchor']), certificate: bytes(), subject: optional(uuidOrStar) }),
  'remove-access': record({ kind: oneOf(['remove-access']), aceid: integer() }),
  'remove-credential': record({ kind: oneOf(['remove-credential']), credid: integer() }),
  /** Removes the keys that the device shares with another. */
  unpair: record({ kind: oneOf(['unpair']), peer: uuid }),
} as const;

type TaskTypes = typeof types;

/** One thing that an owner provisions. It holds no secret, so that it can stand in a journal. */
export type ProvisioningTask = { [K in keyof TaskTypes]: Valued<TaskTypes[K]> }[keyof TaskTypes];

/** A task as it stands in the journal. */
export const provisioningTask: PropertyType<ProvisioningTask> = {
  schema: { type: 'object' },
  read(value: CborValue): ProvisioningTask {
    const kind = mapOf(value).get('kind');
    if (typeof kind !== 'string' || !Object.hasOwn(types, kind)) throw misfit(`${inWords(kind)} is no kind of task`);
    return types[kind as keyof TaskTypes].read(value);
  },
  write: (task): CborInput => (types[task.kind] as PropertyType<ProvisioningTask>).write(task),
};
