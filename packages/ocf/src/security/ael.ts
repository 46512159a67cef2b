import type { CborInput, CborValue } from '@selvage/core';
import { anything } from '../property/anything.js';
import { listOf } from '../property/list.js';
import type { Valued } from '../property/property-type.js';
import { optional, record } from '../property/record.js';
import { integer } from '../property/scalars.js';
import { text } from '../property/text.js';

/** What an event is about: bits of `categoryfilter`. */
export const eventCategories = {
  access: 0x01,
  onboarding: 0x02,
  device: 0x04,
  authentication: 0x08,
  modification: 0x10,
  cloud: 0x20,
  communication: 0x40,
} as const;

/** How grave an event is; the smaller the graver. */
export const eventPriorities = { critical: 0, error: 1, warning: 2, information: 3, debug: 4 } as const;

const categoryfilter = integer({ minimum: 0, maximum: 255 });
const priorityfilter = integer({ minimum: 0, maximum: 4 });

/** One auditable event. */
export const auditEvent = record(
  {
    category: integer({ minimum: 0, maximum: 255 }),
    priority: priorityfilter,
    /** RFC 3339. */
    timestamp: text({ format: 'date-time' }),
    /** Such as `AC-1`. */
    aeid: text(),
    message: text(),
    auxiliaryinfo: listOf(text()),
  },
  { unknown: 'ignore' },
);

const ael = record(
  {
    categoryfilter,
    priorityfilter,
    /** Bytes. */
    maxspace: integer({ minimum: 0 }),
    usedspace: integer({ minimum: 0 }),
    events: listOf(auditEvent),
  },
  { unknown: 'ignore' },
);

const aelUpdate = record(
  {
    categoryfilter: optional(categoryfilter),
    priorityfilter: optional(priorityfilter),
    maxspace: optional(anything),
    usedspace: optional(anything),
    unit: optional(anything),
    events: optional(anything),
  },
  { unknown: 'ignore' },
);

/** `/oic/sec/ael`: what happened to the device. */
export type Ael = Valued<typeof ael>;
/** What an update of ael may try to set. */
export type AelUpdate = Valued<typeof aelUpdate>;
/** One auditable event. */
export type AuditEvent = Valued<typeof auditEvent>;

/** @throws FormatError `invalid-value` */
export function readAel(value: CborValue): Ael {
  return ael.read(value);
}

export function writeAel(value: Ael): CborInput {
  return ael.write(value);
}

/** Reads an update of what is logged. @throws FormatError `invalid-value` */
export function readAelUpdate(value: CborValue): AelUpdate {
  return aelUpdate.read(value);
}

export function writeAelUpdate(value: AelUpdate): CborInput {
  return aelUpdate.write(value);
}
